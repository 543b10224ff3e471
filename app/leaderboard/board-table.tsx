'use client';

import { useRouter } from 'next/navigation';
import { type MouseEvent, memo, type ReactNode, useRef } from 'react';
import type { BoardRow } from '@/server/evals/types';
import { Delta } from '../ui/delta';
import { EvidenceMark } from '../ui/evidence';
import { ExplainButton } from '../ui/explain';
import { formatInterval, formatPercent, formatSizeName, formatStage, formatTraining } from '../ui/format';
import { ScrollRegion } from '../ui/scrolls';
import { FORM_ID } from './board-controls';
import {
  apartWords,
  FACT_COLUMNS,
  type FactColumn,
  isComplete,
  nextSort,
  rankText,
  type ShownBoard,
  type ShownCell,
  type ShownDelta,
  type ShownRow,
  type Sort,
  sortParam,
} from './board-view';
import { CellCard } from './cell-card';
import { explainId } from './explain-id';
import { ROW_REM, useRowWindow } from './use-row-window';

const WIDTHS_REM = { model: 14.5, size: 4.5, stage: 5, average: 6.5, 'average-rank': 5.5, benchmark: 7.25 };

export function BoardTable({
  shown,
  sort,
  onSort,
  ticked,
  onTick,
}: {
  shown: ShownBoard;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Ids of the checkpoints that are to be compared. */
  ticked: readonly string[];
  onTick: (id: string, on: boolean) => void;
}) {
  const router = useRouter();
  const scroller = useRef<HTMLElement>(null);
  const [from, to] = useRowWindow(scroller, shown.rows.length);
  const width =
    WIDTHS_REM.model +
    shown.facts.reduce((sum, fact) => sum + WIDTHS_REM[fact], 0) +
    shown.benchmarks.length * WIDTHS_REM.benchmark;
  const columns = 1 + shown.facts.length + shown.benchmarks.length;
  const header = (key: string, label: string, below?: ReactNode) => (
    <SortHeader key={key} column={key} label={label} sort={sort} onSort={onSort}>
      {below}
    </SortHeader>
  );
  return (
    <ScrollRegion
      ref={scroller}
      className="board-scroll panel"
      label="Leaderboard, scrolls in both directions"
    >
      <table
        className="board-table"
        style={{ minWidth: `${width}rem` }}
        aria-rowcount={shown.rows.length + 1}
      >
        <caption className="sr-only">
          Checkpoints by benchmarks, in percent. Each figure links to the run that it comes from.
        </caption>
        <colgroup>
          <col className="board-col-model" />
          {shown.facts.map((fact) => (
            <col key={fact} style={{ width: `${WIDTHS_REM[fact]}rem` }} />
          ))}
          {shown.benchmarks.map(({ benchmark }) => (
            <col key={benchmark} style={{ width: `${WIDTHS_REM.benchmark}rem` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {header('model', 'Model')}
            {FACT_COLUMNS.filter(({ id }) => shown.facts.includes(id)).map(({ id, label }) =>
              header(
                id,
                label,
                id === 'average' || id === 'average-rank' ? (
                  <ExplainButton id={explainId('average')} label={label} />
                ) : null,
              ),
            )}
            {shown.benchmarks.map(({ benchmark, shortName, ability }) =>
              header(
                benchmark,
                shortName,
                <>
                  <span className="board-ability" title={ability}>
                    {ability}
                  </span>
                  <ExplainButton id={explainId(benchmark)} label={shortName} />
                </>,
              ),
            )}
          </tr>
        </thead>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links in it are what is pressed, by key or pointer. */}
        <tbody onClick={(event) => followLink(event, router.push)}>
          <Spacer rows={from} columns={columns} />
          {shown.rows.slice(from, to).map((each, index) => (
            <Row
              key={each.row.checkpointId}
              shown={each}
              board={shown}
              index={from + index + 2}
              ticked={ticked.includes(each.row.checkpointId)}
              onTick={onTick}
            />
          ))}
          <Spacer rows={shown.rows.length - to} columns={columns} />
        </tbody>
      </table>
      <CellCard scroller={scroller} rows={shown.rows} />
    </ScrollRegion>
  );
}

/** Stands for the rows that are not drawn. */
function Spacer({ rows, columns }: { rows: number; columns: number }) {
  if (rows === 0) return null;
  return (
    <tr>
      <td colSpan={columns} className="board-spacer" style={{ height: `${rows * ROW_REM}rem` }} />
    </tr>
  );
}

function SortHeader({
  column,
  label,
  sort,
  onSort,
  children,
}: {
  column: string;
  label: string;
  sort: Sort;
  onSort: (sort: Sort) => void;
  children?: ReactNode;
}) {
  const next = nextSort(sort, column);
  const active = sort.key === column;
  return (
    <th
      scope="col"
      abbr={label}
      className={column === 'model' ? 'board-model' : undefined}
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="submit"
        form={FORM_ID}
        name="sort"
        value={sortParam(next)}
        className={active ? 'board-sort board-sort-active' : 'board-sort'}
        onClick={(event) => {
          event.preventDefault();
          onSort(next);
        }}
      >
        {label}
        <svg width="8" height="10" viewBox="0 0 8 10" aria-hidden="true">
          {active ? <path d={sort.descending ? 'M0 3h8L4 8z' : 'M0 7h8L4 2z'} /> : null}
        </svg>
      </button>
      <span className="board-below">{children}</span>
    </th>
  );
}

const Row = memo(function Row({
  shown,
  board,
  index,
  ticked,
  onTick,
}: {
  shown: ShownRow;
  board: ShownBoard;
  index: number;
  ticked: boolean;
  onTick: (id: string, on: boolean) => void;
}) {
  const { row, cells } = shown;
  return (
    <tr aria-rowindex={index} data-checkpoint={row.checkpointId}>
      <th scope="row" className="board-model">
        <span className="board-name" title={row.modelName}>
          {row.modelName}
        </span>
        <span className="board-facts">{rowFacts(row)}</span>
        <label className="board-tick" title="Compare it">
          <input
            type="checkbox"
            aria-label={`Compare ${row.modelName}, ${rowFacts(row)}`}
            checked={ticked}
            onChange={(event) => onTick(row.checkpointId, event.target.checked)}
          />
        </label>
      </th>
      {board.facts.map((fact) => (
        <td key={fact}>
          <Fact fact={fact} shown={shown} />
        </td>
      ))}
      {board.benchmarks.map(({ benchmark }) => {
        const cell = cells.get(benchmark);
        return (
          <td key={benchmark}>
            {cell === undefined ? <None /> : <Cell cell={cell} row={row} benchmark={benchmark} />}
          </td>
        );
      })}
    </tr>
  );
});

const sizeName = ({ modelName, parametersB }: BoardRow) => formatSizeName({ name: modelName, parametersB });

function rowFacts(row: BoardRow): string {
  const facts = [sizeName(row), formatTraining(row), row.openWeights ? 'open' : 'closed'];
  return facts.filter((fact) => fact !== null).join(' · ');
}

function None() {
  return (
    <span className="board-none">
      <span aria-hidden="true">–</span>
      <span className="sr-only">no figure</span>
    </span>
  );
}

function Fact({ fact, shown: { row, average, lone } }: { fact: FactColumn; shown: ShownRow }) {
  if (fact === 'size') return <span>{row.parametersB === null ? <None /> : sizeName(row)}</span>;
  if (fact === 'stage') return <span>{row.stage === null ? <None /> : formatStage(row.stage)}</span>;
  if (average === null) return fact === 'average' && lone !== null ? <Lone {...lone} /> : <None />;
  const complete = isComplete(average);
  return (
    <span className={complete ? 'cell' : 'cell cell-partial'}>
      <span className="cell-main">
        {fact === 'average' ? (
          <>
            {average.evidence === 'mixed' ? (
              <MixedMark />
            ) : (
              <>
                <EvidenceMark evidence={average.evidence} />
                <span className="sr-only">{average.evidence}</span>
              </>
            )}
            <span className="cell-value">{formatPercent(average.value)}</span>
          </>
        ) : (
          <span className="cell-value">{average.rank === null ? '–' : average.rank.toFixed(1)}</span>
        )}
      </span>
      <span className="cell-sub">
        {complete ? (
          fact === 'average-rank' ? (
            average.rank === null && 'of two kinds'
          ) : average.delta === null ? null : (
            <a className="cell-delta" href={comparedHref(row, average.delta, null)}>
              <Delta
                value={average.delta.value}
                beyondChance={average.delta.beyondChance}
                to={`its base ${average.delta.toName}`}
              />
            </a>
          )
        ) : (
          <span>
            over {average.have} of {average.of}
          </span>
        )}
      </span>
    </span>
  );
}

/** A figure that is in no average, in its place; it stands in its own column too, which may be far to the right. */
function Lone({ column, cell }: NonNullable<ShownRow['lone']>) {
  return (
    <a
      href={`/runs/${cell.runId}`}
      className="cell cell-partial"
      data-benchmark={column.benchmark}
      aria-label={`${formatPercent(cell.value)} ${column.shortName} only, ${cell.evidence}`}
    >
      <span className="cell-main">
        <EvidenceMark evidence={cell.evidence} />
        <span className="cell-value">{formatPercent(cell.value)}</span>
      </span>{' '}
      <span className="cell-sub">{column.shortName} only</span>
    </a>
  );
}

/** Reported and recomputed figures in one mean. */
function MixedMark() {
  return (
    <>
      <span className="board-mixed" aria-hidden="true">
        <EvidenceMark evidence="reported" />
        <EvidenceMark evidence="recomputed" />
      </span>
      <span className="sr-only">mixed evidence</span>
    </>
  );
}

/**
 * One link a figure, and one where it has a difference. What stands in it is small and plain, since a long table has
 * thousands of them: its name is said in one label, and the table follows the links itself (`followLink`).
 */
function Cell({ cell, row, benchmark }: { cell: ShownCell; row: BoardRow; benchmark: string }) {
  const apart = apartWords(cell);
  const { delta } = cell;
  const figure = (
    <a
      href={`/runs/${cell.runId}`}
      className={apart === null ? 'cell' : 'cell cell-partial'}
      data-benchmark={benchmark}
      aria-label={inWords(cell)}
    >
      <span className="cell-main">
        <span className="cell-rank">{rankText(cell)}</span> <EvidenceMark evidence={cell.evidence} />
        <span className="cell-value">{formatPercent(cell.value)}</span>
      </span>{' '}
      <span className="cell-sub">
        {apart}
        {apart !== null || cell.interval === null ? null : (
          <span className="interval-range">{formatInterval(cell.interval)}</span>
        )}
      </span>
    </a>
  );
  if (apart !== null || delta === null) return figure;
  return (
    <span className="cell-with-delta">
      {figure}
      <a className="cell-delta" href={comparedHref(row, delta, benchmark)}>
        <Delta
          value={delta.value}
          beyondChance={delta.beyondChance}
          to={`its base ${delta.toName}: compare the two`}
        />
      </a>
    </span>
  );
}

/** Where a row and its base are compared. */
function comparedHref({ checkpointId }: BoardRow, { toId }: ShownDelta, benchmark: string | null): string {
  const query = `checkpoints=${encodeURIComponent(toId)},${encodeURIComponent(checkpointId)}`;
  return `/compare?${query}${benchmark === null ? '' : `&benchmark=${benchmark}`}`;
}

/** What is seen, in the same order, then what its places and shapes mean. */
function inWords(cell: ShownCell): string {
  const { value, evidence, rank, tied, interval, scorer } = cell;
  const apart = apartWords(cell);
  if (apart !== null) {
    const ranked = rank === null ? 'No rank' : `Rank ${rankText(cell)}`;
    const why = rank === null ? 'the others wait for a judge' : `ranked among the figures by ${scorer} alone`;
    return `${ranked} ${formatPercent(value)} ${apart}, ${evidence}, ${why}`;
  }
  const seen = [
    `Rank ${rankText(cell)}`,
    formatPercent(value),
    interval === null ? [] : formatInterval(interval),
  ].flat();
  const meant = [evidence, tied ? 'tied' : [], interval === null ? [] : 'with its 95 % interval'].flat();
  return `${seen.join(' ')}, ${meant.join(', ')}`;
}

/** An ordinary click on a figure goes there without loading the site anew; any other click is the browser's. */
function followLink(event: MouseEvent<HTMLElement>, go: (href: string) => void) {
  const link =
    event.target instanceof Element ? event.target.closest('a[data-benchmark], a.cell-delta') : null;
  const href = link?.getAttribute('href');
  if (!href || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(href);
}
