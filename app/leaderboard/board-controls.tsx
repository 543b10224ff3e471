'use client';

import type { Board } from '@/server/evals/types';
import { formatCount, formatStage } from '../ui/format';
import {
  type BoardView,
  defaultView,
  EVIDENCE_CHOICES,
  FACT_COLUMNS,
  facets,
  SIZE_BUCKETS,
  sortParam,
  viewParams,
  WEIGHTS,
} from './board-view';
import { FilterMenu, Menu } from './filter-menu';

/** The header's sort buttons belong to it. */
export const FORM_ID = 'board-form';

/** All choices as one GET form: it works by itself, and faster with JavaScript, which applies each change at once. */
export function BoardControls({
  board,
  view,
  onChange,
}: {
  board: Board;
  view: BoardView;
  onChange: (view: BoardView) => void;
}) {
  const { stages, families } = facets(board);
  const change = (changes: Partial<BoardView>) => onChange({ ...view, ...changes });
  return (
    <form id={FORM_ID} className="board-controls" onSubmit={(event) => event.preventDefault()}>
      <input type="hidden" name="sort" value={sortParam(view.sort)} />
      <input
        type="search"
        name="q"
        className="field board-search"
        aria-label="Search models"
        placeholder="Search models"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        value={view.search}
        onChange={(event) => change({ search: event.target.value })}
      />
      <FilterMenu
        name="size"
        label="Size"
        options={SIZE_BUCKETS}
        chosen={view.sizes}
        onChange={(sizes) => change({ sizes })}
      />
      <FilterMenu
        name="stage"
        label="Stage"
        options={stages.map((stage) => ({ id: stage, label: formatStage(stage) }))}
        chosen={view.stages}
        onChange={(chosen) => change({ stages: chosen })}
      />
      <FilterMenu
        name="family"
        label="Family"
        options={families.map((family) => ({ id: family, label: family }))}
        chosen={view.families}
        onChange={(chosen) => change({ families: chosen })}
      />
      <FilterMenu
        name="weights"
        label="Weights"
        options={WEIGHTS}
        chosen={view.weights}
        onChange={(weights) => change({ weights })}
      />
      <fieldset className="segments">
        <legend className="sr-only">Evidence</legend>
        {EVIDENCE_CHOICES.map((choice) => (
          <label key={choice.id}>
            <input
              type="radio"
              name="evidence"
              value={choice.id}
              checked={view.evidence === choice.id}
              onChange={() => change({ evidence: choice.id })}
            />
            {choice.label}
          </label>
        ))}
      </fieldset>
      <ColumnMenu board={board} view={view} onChange={onChange} />
      <noscript>
        <button type="submit" className="button">
          Apply
        </button>
      </noscript>
    </form>
  );
}

function ColumnMenu({
  board,
  view,
  onChange,
}: {
  board: Board;
  view: BoardView;
  onChange: (view: BoardView) => void;
}) {
  const benchmarks = board.columns.map((column) => ({ id: column.benchmark, label: column.shortName }));
  const all = [...FACT_COLUMNS, ...benchmarks].map((column) => column.id);
  const show = (id: string, on: boolean) => {
    const columns = all.filter((each) => (each === id ? on : view.columns.includes(each)));
    if (columns.length > 0) onChange({ ...view, columns });
  };
  const average = (id: string, on: boolean) => {
    const averaged = all.filter((each) => (each === id ? on : view.averaged.includes(each)));
    if (averaged.length > 0) onChange({ ...view, averaged });
  };
  return (
    <Menu id="columns" label="Columns" value={`${view.columns.length} of ${all.length}`}>
      <table className="column-table">
        <caption className="sr-only">
          Columns that are shown, and benchmarks that count in the average
        </caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Shown</th>
            <th scope="col">Averaged</th>
          </tr>
        </thead>
        <tbody>
          {[...FACT_COLUMNS, ...benchmarks].map(({ id, label }) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              <td>
                <Check
                  name="show"
                  id={id}
                  label={`Show ${label}`}
                  checked={view.columns.includes(id)}
                  onChange={show}
                />
              </td>
              <td>
                {benchmarks.some((benchmark) => benchmark.id === id) ? (
                  <Check
                    name="average"
                    id={id}
                    label={`Count ${label} in the average`}
                    checked={view.averaged.includes(id)}
                    onChange={average}
                  />
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Menu>
  );
}

function Check({
  name,
  id,
  label,
  checked,
  onChange,
}: {
  name: string;
  id: string;
  label: string;
  checked: boolean;
  onChange: (id: string, on: boolean) => void;
}) {
  return (
    <label className="check">
      <input
        type="checkbox"
        name={name}
        value={id}
        aria-label={label}
        checked={checked}
        onChange={(event) => onChange(id, event.target.checked)}
      />
    </label>
  );
}

/** How much is shown, the way back to everything, and the files; the count is announced when it changes. */
export function BoardStatus({
  board,
  view,
  count,
  onReset,
}: {
  board: Board;
  view: BoardView;
  count: number;
  onReset: (view: BoardView) => void;
}) {
  const params = viewParams(view, board);
  const file = (format: string) => {
    const query = new URLSearchParams(params);
    query.set('format', format);
    return `/leaderboard/export?${query}`;
  };
  return (
    <div className="board-status">
      <p role="status">
        {count === board.rows.length
          ? `${formatCount(count)} ${count === 1 ? 'checkpoint' : 'checkpoints'}`
          : `${formatCount(count)} of ${formatCount(board.rows.length)} checkpoints`}
      </p>
      <p>
        <span className="delta delta-up">+</span> <span className="delta delta-down">−</span> in points to the
        base of each model, grey where it may be chance; each leads to the comparison
      </p>
      {params.size === 0 ? null : (
        <a
          href="?"
          onClick={(event) => {
            event.preventDefault();
            onReset(defaultView(board));
          }}
        >
          Reset the view
        </a>
      )}
      <p className="board-files">
        What is shown, as{' '}
        <a href={file('csv')} download>
          CSV
        </a>{' '}
        or{' '}
        <a href={file('json')} download>
          JSON
        </a>
      </p>
    </div>
  );
}
