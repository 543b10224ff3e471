import Link from 'next/link';
import type { RunPage } from '@/server/evals/types';
import { viewQuery } from '../samples/samples-url';
import { Explain } from '../ui/explain';
import { formatCount, formatPercent } from '../ui/format';
import { IntervalBar, IntervalRange } from '../ui/interval';

/** Where a run is strong and weak: each breakdown as a table, whose values lead to their samples. */
export function RunBreakdowns({ run }: { run: RunPage }) {
  const { score, benchmark } = run;
  if (score === null) return null;
  const breakdowns = benchmark.breakdowns
    .map((breakdown) => ({
      ...breakdown,
      groups: score.breakdown.filter((group) => group.tag === breakdown.tag),
    }))
    .filter(({ groups }) => groups.length > 0);
  const secondary = benchmark.secondary.flatMap((figure) => {
    const value = score.secondary[figure.id];
    return value === undefined ? [] : [{ ...figure, value }];
  });
  if (breakdowns.length === 0 && secondary.length === 0) return null;
  return (
    <section className="panel run-breakdowns" aria-labelledby="run-breakdowns">
      <h2 id="run-breakdowns" className="label">
        Breakdown
      </h2>
      {breakdowns.map(({ tag, label, groups }) => (
        <table key={tag} className="data-table run-table">
          <thead>
            <tr>
              <th scope="col">{label}</th>
              <th scope="col" className="num">
                Samples
              </th>
              <th scope="col" className="num">
                Accuracy
              </th>
              <th scope="col" className="run-range">
                95 % interval
              </th>
              <th scope="col" className="run-bar">
                <span className="sr-only">Picture</span>
                <span className="run-scale" aria-hidden="true">
                  <span>0</span>
                  <span>50</span>
                  <span>100</span>
                </span>
              </th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.value}>
                <th scope="row">
                  {run.outcomes === null ? (
                    group.value
                  ) : (
                    <Link
                      href={`/runs/${encodeURIComponent(run.id)}${viewQuery({ filter: { tag: group }, sampleId: null })}#samples`}
                    >
                      {group.value}
                    </Link>
                  )}
                </th>
                <td className="num">{formatCount(group.total)}</td>
                <td className="num font-semibold">{formatPercent(group.accuracy)}</td>
                <td className="run-range">
                  <IntervalRange interval={group.interval} />
                </td>
                <td className="run-bar">
                  <IntervalBar value={group.accuracy} interval={group.interval} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
      {secondary.map(({ id, label, formula, value }) => (
        <div key={id} className="run-secondary">
          {label}
          <Explain id={`explain-${id}`} title={label}>
            <p>{formula}</p>
          </Explain>
          <strong>{formatPercent(value)}</strong>
        </div>
      ))}
    </section>
  );
}
