import Link from 'next/link';
import type { BenchmarkPage, BenchmarkRun } from '@/server/evals/types';
import { EvidenceBadge } from '../../ui/evidence';
import { formatCount, formatDate, formatPercent, formatStage } from '../../ui/format';
import { IntervalBar, IntervalText } from '../../ui/interval';
import { ScrollRegion } from '../../ui/scrolls';
import { EmptyState } from '../../ui/state';

/** All published runs, the best first; those in which samples wait for a judge, or by another rule, after the others. */
export function RunsTable({ page }: { page: BenchmarkPage }) {
  const [rule] = page.scorers;
  const isApart = (run: BenchmarkRun) => run.needsJudge > 0 || run.scorer !== rule?.id;
  const runs = [...page.runs].sort(
    (a, b) => Number(isApart(a)) - Number(isApart(b)) || b.headline - a.headline,
  );
  const secondary = page.secondary.filter(({ id }) => runs.some((run) => run.secondary[id] !== undefined));
  const splits = page.splits.length > 1 && runs.some((run) => run.split !== null);
  return (
    <section aria-labelledby="runs-title">
      <h2 id="runs-title">Published runs</h2>
      {runs.length === 0 ? (
        <EmptyState title="No run is published yet">
          <p>The first predictions file that is handed in and published stands here.</p>
        </EmptyState>
      ) : (
        <ScrollRegion className="panel table-scroll" label="Published runs, scrolls sideways">
          <table className="data-table">
            <caption className="sr-only">
              Published runs of {page.name}, the best first; those that are not whole, or by another rule,
              last
            </caption>
            <thead>
              <tr>
                <th scope="col">Model</th>
                {splits ? <th scope="col">Split</th> : null}
                <th scope="col">{page.headlineLabel}, % (95 % interval)</th>
                <th scope="col" className="num">
                  Correct
                </th>
                {secondary.map(({ id, label, formula }) => (
                  <th key={id} scope="col" className="num" title={formula}>
                    {label}, %
                  </th>
                ))}
                <th scope="col">Evidence</th>
                <th scope="col">Published</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.runId}>
                  <th scope="row">
                    <Link href={`/runs/${run.runId}`} prefetch={false} className="run-link">
                      {run.modelName}
                    </Link>
                    {run.stage === null ? null : <span className="run-stage">{formatStage(run.stage)}</span>}
                  </th>
                  {splits ? <td>{splitLabel(page, run.split)}</td> : null}
                  <td className="run-figure">
                    <IntervalText value={run.headline} interval={run.interval} />
                    <IntervalBar value={run.headline} interval={run.interval} />
                    {run.scorer === rule?.id ? null : (
                      <span className="run-needs-judge">
                        by <code>{run.scorer}</code>
                      </span>
                    )}
                  </td>
                  <td className="num">
                    {run.correct === null || run.total === null ? (
                      <Unknown words="not reported" />
                    ) : (
                      `${formatCount(run.correct)} of ${formatCount(run.total)}`
                    )}
                    {run.needsJudge === 0 ? null : (
                      <span className="run-needs-judge">{formatCount(run.needsJudge)} need a judge</span>
                    )}
                  </td>
                  {secondary.map(({ id }) => {
                    const figure = run.secondary[id];
                    return (
                      <td key={id} className="num">
                        {figure === undefined ? <Unknown words="no figure" /> : formatPercent(figure)}
                      </td>
                    );
                  })}
                  <td>
                    <EvidenceBadge evidence={run.source === 'reported' ? 'reported' : 'recomputed'} />
                  </td>
                  <td className="whitespace-nowrap">
                    {run.publishedAt === null ? (
                      <Unknown words="no date" />
                    ) : (
                      <time dateTime={run.publishedAt.toISOString()}>{formatDate(run.publishedAt)}</time>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      {secondary.length === 0 ? null : (
        <dl className="formulas">
          {secondary.map(({ id, label, formula }) => (
            <div key={id}>
              <dt>{label}</dt>
              <dd>{formula}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

export const splitLabel = (page: BenchmarkPage, split: string | null): string =>
  page.splits.find((each) => each.id === split)?.label ?? 'all splits';

function Unknown({ words }: { words: string }) {
  return (
    <span className="text-muted">
      <span aria-hidden="true">–</span>
      <span className="sr-only">{words}</span>
    </span>
  );
}
