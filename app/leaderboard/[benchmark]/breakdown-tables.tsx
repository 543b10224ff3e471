import Link from 'next/link';
import type { BreakdownGroup } from '@/lib/stats/score';
import type { BenchmarkPage, BenchmarkRun } from '@/server/evals/types';
import { formatCount, formatStage } from '../../ui/format';
import { IntervalBar, IntervalText } from '../../ui/interval';
import { ScrollRegion } from '../../ui/scrolls';
import { splitLabel } from './runs-table';

/** More runs than these do not fit beside each other; each run's own page has its breakdowns. */
const MOST_RUNS = 6;

/** A table a tag, groups by runs; only runs with verdicts have breakdowns. */
export function BreakdownTables({ page }: { page: BenchmarkPage }) {
  const broken = page.runs.filter((run) => run.breakdown.length > 0).sort((a, b) => b.headline - a.headline);
  const runs = broken.slice(0, MOST_RUNS);
  const tags = page.breakdowns.filter(({ tag }) =>
    runs.some((run) => run.breakdown.some((group) => group.tag === tag)),
  );
  if (page.breakdowns.length === 0) return null;
  return (
    <section aria-labelledby="breakdowns-title">
      <h2 id="breakdowns-title">Breakdowns</h2>
      {tags.length === 0 ? (
        <p className="text-muted">
          By {page.breakdowns.map(({ label }) => label.toLowerCase()).join(', ')}, once a run is scored here:
          a reported figure has no samples to break down.
        </p>
      ) : (
        <>
          {broken.length > runs.length ? (
            <p className="text-muted">
              The {runs.length} best of {broken.length} recomputed runs; every run’s page has its own.
            </p>
          ) : null}
          {tags.map(({ tag, label }) => (
            <BreakdownTable key={tag} page={page} tag={tag} label={label} runs={runs} />
          ))}
        </>
      )}
    </section>
  );
}

function BreakdownTable({
  page,
  tag,
  label,
  runs,
}: {
  page: BenchmarkPage;
  tag: string;
  label: string;
  runs: readonly BenchmarkRun[];
}) {
  const groups = runs.map(
    (run) => new Map(run.breakdown.filter((group) => group.tag === tag).map((group) => [group.value, group])),
  );
  const values = [...new Set(groups.flatMap((each) => [...each.keys()]))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const samples = (value: string) => groups.flatMap((each) => each.get(value)?.total ?? []).at(0);
  return (
    <ScrollRegion className="panel table-scroll" label={`By ${label}, scrolls sideways`}>
      <table className="data-table breakdown">
        <caption>
          By {label.toLowerCase()}: accuracy in percent with its 95 % interval, on an axis from 0 to 100
        </caption>
        <thead>
          <tr>
            <th scope="col">{label}</th>
            <th scope="col" className="num">
              Samples
            </th>
            {runs.map((run) => (
              <th key={run.runId} scope="col">
                <Link href={`/runs/${run.runId}`} prefetch={false} className="run-link">
                  {run.modelName}
                </Link>
                <span className="run-stage">
                  {[
                    ...(run.stage === null ? [] : [formatStage(run.stage)]),
                    ...(page.splits.length > 1 ? [splitLabel(page, run.split)] : []),
                  ].join(', ')}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {values.map((value) => (
            <tr key={value}>
              <th scope="row">{value}</th>
              <td className="num">{formatCount(samples(value) ?? 0)}</td>
              {runs.map((run, index) => (
                <td key={run.runId}>
                  <Group group={groups[index]?.get(value)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Group({ group }: { group: BreakdownGroup | undefined }) {
  if (group === undefined) return <span className="text-muted">no samples</span>;
  return (
    <>
      <IntervalText value={group.accuracy} interval={group.interval} />
      <IntervalBar value={group.accuracy} interval={group.interval} />
    </>
  );
}
