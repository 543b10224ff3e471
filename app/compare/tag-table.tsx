'use client';

import { bareP } from '@/lib/compare/comparison-report';
import { points } from '@/lib/compare/comparison-words';
import { patternAt, patternOf } from '@/lib/compare/listed-samples';
import { transitionKind, transitions } from '@/lib/compare/transitions';
import { OutcomeMark } from '../samples/outcome';
import { formatCount, formatPercent } from '../ui/format';
import type { CompareAddress } from './compare-url';
import { Difference } from './difference';
import { SamplesLink } from './samples-link';
import { SideName } from './side-name';
import type { Side } from './sides';
import type { TagRows } from './tag-rows';
import { useOpenDetails } from './use-open-details';
import { Columns, figureColumns, VISIBLE, WideTable } from './wide-table';

interface Props {
  address: CompareAddress;
  of: TagRows;
  sides: readonly Side[];
  /** Its place among the sides. */
  baseline: number;
}

/**
 * By a tag: what was lost and gained where, the greatest loss first. Drawn once it is open, and by the browser: the answer
 * above is painted before it.
 */
export function TagTable({ opened, ...props }: Props & { opened: boolean }) {
  const { open, props: details } = useOpenDetails();
  const { label, rows } = props.of;
  return (
    <details
      className="panel compare-tag"
      open={opened}
      // Of which what is below is not moved when it is drawn.
      style={opened && !open ? { minHeight: `${heightOf(props)}rem` } : undefined}
      {...details}
    >
      <summary>
        By {label.toLowerCase()} <span className="text-muted">· {formatCount(rows.length)} values</span>
      </summary>
      {open ? (
        <>
          <Differences {...props} />
          {props.sides.length < 3 ? null : <Kinds {...props} />}
        </>
      ) : (
        <noscript>
          <p className="compare-undrawn">Its table is drawn by a script; the files above hold it too.</p>
        </noscript>
      )}
    </details>
  );
}

/** A line a run and value, and one a value of what became of its samples; with heads and titles. */
const heightOf = ({ of: { rows }, sides }: Props): number =>
  sides.length < 3
    ? 9 + ROW_REM * rows.length * (sides.length - 1)
    : 15 + ROW_REM * rows.length * sides.length;

const ROW_REM = 2.45;

function Differences({ address, of: { tag, label, rows }, sides, baseline }: Props) {
  const family = rows.length * (sides.length - 1);
  return (
    <WideTable label={`Differences by ${label}`}>
      <caption className="compare-caption">
        The greatest loss first; Holm’s correction over {formatCount(family)}{' '}
        {family === 1 ? 'comparison' : 'comparisons'}
      </caption>
      <Columns
        columns={[
          label,
          'Run',
          ...figureColumns('Difference', 'Fixed', 'Broken', 'p', 'p, Holm', 'Baseline %', '%', 'Samples'),
          VISIBLE,
        ]}
      />
      <tbody>
        {rows.flatMap((row) =>
          row.runs.map((change, place) => {
            const side = sides[change.run];
            return (
              <tr key={`${row.value} ${change.run}`} className={place === 0 ? 'compare-first' : undefined}>
                <th scope="row">
                  <bdi className={place === 0 ? undefined : 'sr-only'}>{row.value}</bdi>
                </th>
                <td>{side === undefined ? null : <SideName side={side} />}</td>
                <td className="num">
                  <Difference {...change} pValue={change.adjustedP} />
                </td>
                {(['fixed', 'broken'] as const).map((kind) => (
                  <td key={kind} className="num">
                    <SamplesLink
                      address={address}
                      count={change[kind]}
                      label={`${kind} by ${side?.name}, ${label} ${row.value}`}
                      filter={{
                        right: patternAt(sides.length, {
                          [baseline]: kind === 'broken',
                          [change.run]: kind === 'fixed',
                        }),
                        tag: { tag, value: row.value },
                      }}
                    />
                  </td>
                ))}
                <td className="num">{bareP(change.pValue)}</td>
                <td className="num">{bareP(change.adjustedP)}</td>
                <td className="num">{formatPercent(row.baseline)}</td>
                <td className="num">{formatPercent(change.accuracy)}</td>
                <td className="num">{formatCount(row.total)}</td>
                <td className="num">{change.detectable === null ? 'none' : points(change.detectable)}</td>
              </tr>
            );
          }),
        )}
      </tbody>
    </WideTable>
  );
}

/** What became of the samples of each value, for three runs and more. */
function Kinds({ address, of: { tag, label, rows }, sides }: Props) {
  const kinds = transitions(sides.map(() => [])).map(({ right }) => right);
  const words = (right: readonly boolean[]) => right.map((each) => (each ? 'right' : 'wrong')).join(', ');
  return (
    <WideTable label={`Kinds by ${label}`}>
      <caption className="compare-caption">
        What became of the samples, from {sides.map(({ letter, name }) => `${letter} (${name})`).join(' to ')}
        : what was lost first
      </caption>
      <thead>
        <tr>
          <th scope="col">{label}</th>
          {kinds.map((right) => (
            <th key={patternOf(right)} scope="col" className="num">
              <span className="kind-marks">
                {right.map((each, run) => (
                  <OutcomeMark key={sides[run]?.id} outcome={each ? 'correct' : 'wrong'} />
                ))}
              </span>
              <span className="sr-only">{words(right)}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ value, counts }) => (
          <tr key={value}>
            <th scope="row">
              <bdi>{value}</bdi>
            </th>
            {kinds.map((right, kind) => (
              <td key={patternOf(right)} className={`num kind-${transitionKind(right)}`}>
                <SamplesLink
                  address={address}
                  count={counts[kind] ?? 0}
                  label={`${words(right)}, ${label} ${value}`}
                  filter={{ right: patternOf(right), tag: { tag, value } }}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
