import type { Breakdown } from '@/lib/benchmarks/benchmark';
import type { RunsComparison } from '@/lib/compare/compare-runs';
import { bareP, changesOf } from '@/lib/compare/comparison-report';
import { points } from '@/lib/compare/comparison-words';
import { patternAt, patternOf } from '@/lib/compare/listed-samples';
import { transitionKind } from '@/lib/compare/transitions';
import { OutcomeMark } from '../samples/outcome';
import { formatCount, formatPercent } from '../ui/format';
import type { CompareAddress } from './compare-url';
import { Difference } from './runs-table';
import { SamplesLink } from './samples-link';
import { SideName } from './side-name';
import type { Side } from './sides';
import { Columns, figureColumns, VISIBLE, WideTable } from './wide-table';

/** By each of the benchmark's tags: what was lost and gained where, the greatest loss first. */
export function TagTables({
  address,
  comparison,
  breakdowns,
  sides,
}: {
  address: CompareAddress;
  comparison: RunsComparison | null;
  breakdowns: readonly Breakdown[];
  sides: readonly Side[];
}) {
  if (comparison === null) return null;
  const { baseline, groups } = comparison;
  return breakdowns.map(({ tag, label }, i) => {
    const own = groups.filter(({ group }) => group?.tag === tag);
    if (own.length === 0) return null;
    const family = own.length * (sides.length - 1);
    return (
      <details key={tag} className="panel compare-tag" open={i === 0}>
        <summary>
          By {label.toLowerCase()} <span className="text-muted">· {formatCount(own.length)} values</span>
        </summary>
        <WideTable label={`Differences by ${label}`}>
          <caption className="compare-caption">
            The greatest loss first; Holm’s correction over {formatCount(family)}{' '}
            {family === 1 ? 'comparison' : 'comparisons'}
          </caption>
          <Columns
            columns={[
              label,
              ...figureColumns('Samples'),
              'Run',
              ...figureColumns('Baseline %', '%', 'Difference', 'p', 'p, Holm', 'Fixed', 'Broken'),
              VISIBLE,
            ]}
          />
          <tbody>
            {own.flatMap((each) =>
              changesOf(comparison, each).map(({ name, run, change, accuracy }, place) => {
                const value = each.group?.value ?? '';
                const side = sides[run];
                return (
                  <tr key={`${value} ${run}`} className={place === 0 ? 'compare-first' : undefined}>
                    <th scope="row">
                      <bdi className={place === 0 ? undefined : 'sr-only'}>{value}</bdi>
                    </th>
                    <td className="num">{formatCount(each.total)}</td>
                    <td>{side === undefined ? name : <SideName side={side} />}</td>
                    <td className="num">{formatPercent(each.figures[baseline]?.accuracy ?? 0)}</td>
                    <td className="num">{formatPercent(accuracy)}</td>
                    <td className="num">
                      <Difference change={{ ...change, pValue: change.adjustedP }} />
                    </td>
                    <td className="num">{bareP(change.pValue)}</td>
                    <td className="num">{bareP(change.adjustedP)}</td>
                    {(['fixed', 'broken'] as const).map((kind) => (
                      <td key={kind} className="num">
                        <SamplesLink
                          address={address}
                          count={change[kind]}
                          label={`${kind} by ${name}, ${label} ${value}`}
                          filter={{
                            right: patternAt(sides.length, {
                              [baseline]: kind === 'broken',
                              [run]: kind === 'fixed',
                            }),
                            tag: { tag, value },
                          }}
                        />
                      </td>
                    ))}
                    <td className="num">{change.detectable === null ? 'none' : points(change.detectable)}</td>
                  </tr>
                );
              }),
            )}
          </tbody>
        </WideTable>
        {sides.length < 3 ? null : (
          <WideTable label={`Kinds by ${label}`}>
            <caption className="compare-caption">
              What became of the samples, from{' '}
              {sides.map(({ letter, name }) => `${letter} (${name})`).join(' to ')}: what was lost first
            </caption>
            <thead>
              <tr>
                <th scope="col">{label}</th>
                {comparison.all.transitions.map(({ right }) => (
                  <th key={patternOf(right)} scope="col" className="num">
                    <span className="kind-marks">
                      {right.map((each, run) => (
                        <OutcomeMark key={sides[run]?.id} outcome={each ? 'correct' : 'wrong'} />
                      ))}
                    </span>
                    <span className="sr-only">
                      {right.map((each) => (each ? 'right' : 'wrong')).join(', ')}
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {own.map(({ group, transitions }) => (
                <tr key={group?.value}>
                  <th scope="row">
                    <bdi>{group?.value}</bdi>
                  </th>
                  {transitions.map(({ right, count }) => (
                    <td key={patternOf(right)} className={`num kind-${transitionKind(right)}`}>
                      <SamplesLink
                        address={address}
                        count={count}
                        label={`${right.map((each) => (each ? 'right' : 'wrong')).join(', ')}, ${label} ${group?.value}`}
                        filter={{ right: patternOf(right), tag: { tag, value: group?.value ?? '' } }}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </WideTable>
        )}
      </details>
    );
  });
}
