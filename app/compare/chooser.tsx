import Link from 'next/link';
import { MAX_RUNS } from '@/lib/compare/compare-runs';
import { checkpointWords } from '@/lib/compare/stored-run';
import type { CompareChoice } from '@/server/evals/types';

/** All that can be compared, as a plain form; and for each model with several checkpoints one click for all of them. */
export function Chooser({
  choices,
  chosen,
}: {
  choices: readonly CompareChoice[];
  /** Ids of checkpoints. */
  chosen: readonly string[];
}) {
  const staged = new Map<string, string>();
  for (const { modelSlug, modelName, stage } of choices)
    if (stage === 'stage1' || stage === 'stage2') staged.set(modelSlug, modelName);
  return (
    <div className="compare-chooser">
      {staged.size === 0 ? null : (
        <section aria-labelledby="compare-lineages">
          <h3 id="compare-lineages">From base to stage 2</h3>
          <ul>
            {[...staged].map(([slug, name]) => (
              <li key={slug}>
                <Link href={`/compare?model=${encodeURIComponent(slug)}`} prefetch={false}>
                  <bdi>{name}</bdi>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      <form action="/compare" method="get" aria-labelledby="compare-checkpoints">
        <h3 id="compare-checkpoints">Choose 2 to {MAX_RUNS} checkpoints</h3>
        <ul className="compare-checkpoints">
          {choices.map(({ checkpointId, modelName, stage, step }) => (
            <li key={checkpointId}>
              <label>
                <input
                  type="checkbox"
                  name="checkpoints"
                  value={checkpointId}
                  defaultChecked={chosen.includes(checkpointId)}
                />
                <span>
                  <bdi>{modelName}</bdi>{' '}
                  <span className="text-muted">{checkpointWords({ id: checkpointId, stage, step })}</span>
                </span>
              </label>
            </li>
          ))}
        </ul>
        <button type="submit" className="button button-primary">
          Compare
        </button>
      </form>
    </div>
  );
}
