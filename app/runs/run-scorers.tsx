import Link from 'next/link';
import { readJudgedId } from '@/lib/scoring/judge';
import type { RunPage, RunScorer } from '@/server/evals/types';
import { Delta } from '../ui/delta';
import { formatCount } from '../ui/format';
import { IntervalText } from '../ui/interval';
import { compareHref } from './compare-url';
import { JudgeButton, RescoreButton, RunProgress } from './writer-tools';

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
                  <code className="text-muted wrap-anywhere">{each.id}</code>
                  <Judged scorer={each} />
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
                <td>
                  {each.id === headline ? null : <Difference run={run} scorer={each} />}
                  {run.mayDecide && each.judgeable !== null ? (
                    <div className="mt-1">
                      <JudgeButton
                        runId={run.id}
                        scorer={each.id}
                        judged={each.judgeable}
                        needsJudge={each.score?.needsJudge ?? 0}
                      />
                    </div>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {run.mayDecide
        ? scorers
            .filter(({ rescoring }) => rescoring?.state === 'scoring')
            .map(({ id, scorer, rescoring }) => (
              <div key={id}>
                <p className="mb-1 font-medium">{scorer?.label ?? id}</p>
                <RunProgress
                  runId={run.id}
                  scorer={id}
                  progress={rescoring?.state === 'scoring' ? rescoring : null}
                />
              </div>
            ))
        : null}
    </section>
  );
}

/** What of a score is no rule's: undecided samples, or a judge's part in it. */
function Judged({ scorer: { score, judged } }: { scorer: RunScorer }) {
  const open =
    score === null || score.needsJudge === 0 ? null : `${formatCount(score.needsJudge)} need a judge`;
  const asked =
    judged === null
      ? null
      : `${judged.model} at temperature ${judged.temperature}: ${formatCount(judged.calls)} calls, ${formatCount(judged.cached)} replies known before${judged.failed === 0 ? '' : `, ${formatCount(judged.failed)} without a reply`}`;
  const words = [open, asked].filter((each) => each !== null).join('; ');
  return words === '' ? null : <p className="text-muted">{words}</p>;
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
  const isJudged = readJudgedId(id) !== null;
  return (
    <>
      {rescoring === null ? null : <p className="text-wrong">The scoring failed: {rescoring.error}</p>}
      <span className="run-scorer-ways">
        {run.mayDecide ? <RescoreButton runId={run.id} scorer={id} label={scorer.label} /> : null}
        {isJudged ? null : <Link href={href}>Score it in this browser</Link>}
      </span>
    </>
  );
}
