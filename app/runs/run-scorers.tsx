import Link from 'next/link';
import type { RunPage, RunScorer } from '@/server/evals/types';
import { TrpcProvider } from '../trpc/client';
import { Delta } from '../ui/delta';
import { formatCount } from '../ui/format';
import { IntervalText } from '../ui/interval';
import { compareHref } from './compare-url';
import { RescoreButton } from './rescore-button';
import { ScoringProgress } from './scoring-progress';

/** What each scorer of the benchmark makes of the run, and the way to what it sees otherwise. */
export function RunScorers({ run }: { run: RunPage }) {
  const { scorers, score } = run;
  if (score === null || scorers.length < 2) return null;
  const headline = run.headlineScorer;
  return (
    <section className="panel run-scorers" aria-labelledby="run-scorers">
      <h2 id="run-scorers" className="label">
        By each scorer
      </h2>
      <div className="table-scroll">
        <table className="data-table run-table">
          <thead>
            <tr>
              <th scope="col">Scorer</th>
              <th scope="col" className="num">
                Accuracy, 95 % interval
              </th>
              <th scope="col" className="num">
                To the headline
              </th>
              <th scope="col">Verdicts that differ</th>
            </tr>
          </thead>
          <tbody>
            {scorers.map((each) => (
              <tr key={each.id}>
                <th scope="row">
                  {each.scorer?.label ?? each.id}{' '}
                  {each.id === headline ? <span className="badge">headline</span> : null}
                  <br />
                  <code className="text-muted">{each.id}</code>
                </th>
                <td className="num">
                  {each.score === null ? (
                    <span className="text-muted">not scored</span>
                  ) : (
                    <IntervalText value={each.score.headline} interval={each.score.interval} />
                  )}
                </td>
                <td className="num">
                  {each.score === null || each.id === headline ? null : (
                    <Delta value={each.score.headline - score.headline} to="the headline" />
                  )}
                </td>
                <td>{each.id === headline ? null : <Difference run={run} scorer={each} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {run.mayDecide
        ? scorers
            .filter(({ rescoring }) => rescoring?.state === 'scoring')
            .map(({ id, scorer, rescoring }) => (
              <TrpcProvider key={id}>
                <p className="font-medium">{scorer?.label ?? id}</p>
                <ScoringProgress
                  runId={run.id}
                  scorer={id}
                  progress={rescoring?.state === 'scoring' ? rescoring : null}
                />
              </TrpcProvider>
            ))
        : null}
    </section>
  );
}

function Difference({
  run,
  scorer: { id, score, changed, rescoring, scorer },
}: {
  run: RunPage;
  scorer: RunScorer;
}) {
  const href = compareHref(run.id, { from: run.headlineScorer, to: id });
  if (score !== null)
    return (
      <>
        {formatCount(changed)} of {formatCount(score.total)} <Link href={href}>Compare</Link>
      </>
    );
  if (rescoring?.state === 'scoring') return 'being scored';
  if (scorer === null) return null;
  return (
    <>
      {rescoring === null ? null : <p className="text-wrong">The scoring failed: {rescoring.error}</p>}
      <span className="run-scorer-ways">
        {run.mayDecide ? <RescoreButton runId={run.id} scorer={id} label={scorer.label} /> : null}
        <Link href={href}>Score it in this browser</Link>
      </span>
    </>
  );
}
