import Link from 'next/link';
import type { PlacedSet } from '@/lib/compare/compare-loaded';
import { bareP } from '@/lib/compare/comparison-report';
import { points } from '@/lib/compare/comparison-words';
import { patternAt } from '@/lib/compare/listed-samples';
import { formatInterval, formatPercent } from '../ui/format';
import type { CompareAddress } from './compare-url';
import { Difference } from './difference';
import { SamplesLink } from './samples-link';
import { SideName } from './side-name';
import type { Side } from './sides';
import { Columns, figureColumns, VISIBLE, WideTable } from './wide-table';

/** The runs, each with its figure and what it has over the baseline. */
export function RunsTable({
  address,
  set: { comparison },
  sides,
}: {
  address: CompareAddress;
  set: PlacedSet;
  sides: readonly Side[];
}) {
  if (comparison === null) return null;
  const { all, baseline } = comparison;
  const baselineName = sides[baseline]?.name ?? '';
  return (
    <WideTable className="panel" label="Runs">
      <caption className="compare-caption">
        Runs, each against <bdi>{baselineName}</bdi>, in percentage points with 95 % intervals
      </caption>
      <Columns
        columns={[
          'Run',
          ...figureColumns('% right', 'Difference', 'Fixed', 'Broken', 'p'),
          { figure: 'p, Holm', title: "Corrected for all runs, by Holm's method" },
          { figure: 'p, exact', title: "McNemar's exact test, more cautious" },
          VISIBLE,
        ]}
      />
      <tbody>
        {sides.map((side, run) => {
          const figure = all.figures[run];
          const change = all.changes[run];
          return (
            <tr key={side.id}>
              <th scope="row">
                <Link href={`/runs/${encodeURIComponent(side.id)}`} prefetch={false}>
                  <SideName side={side} />
                </Link>
              </th>
              <td className="num">
                {figure === undefined ? null : (
                  <>
                    <strong>{formatPercent(figure.accuracy)}</strong>{' '}
                    <span className="interval-range">{formatInterval(figure.interval)}</span>
                  </>
                )}
              </td>
              {change === null || change === undefined ? (
                <td colSpan={7} className="text-muted">
                  the baseline
                </td>
              ) : (
                <>
                  <td className="num">
                    <Difference {...change} />
                  </td>
                  {(['fixed', 'broken'] as const).map((kind) => (
                    <td key={kind} className="num">
                      <SamplesLink
                        address={address}
                        count={change[kind]}
                        label={`${kind} by ${side.name}`}
                        filter={{
                          right: patternAt(sides.length, {
                            [baseline]: kind === 'broken',
                            [run]: kind === 'fixed',
                          }),
                        }}
                      />
                    </td>
                  ))}
                  <td className="num">{bareP(change.pValue)}</td>
                  <td className="num">{bareP(change.adjustedP)}</td>
                  <td className="num">
                    {change.exactP === null ? (
                      <span className="text-muted" title="It takes samples as independent">
                        none
                      </span>
                    ) : (
                      bareP(change.exactP)
                    )}
                  </td>
                  <td className="num">{change.detectable === null ? 'none' : points(change.detectable)}</td>
                </>
              )}
            </tr>
          );
        })}
      </tbody>
    </WideTable>
  );
}
