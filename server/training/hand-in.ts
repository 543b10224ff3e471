import { getDb } from '../db';
import { createRun } from '../evals';
import { Problem } from '../problem';
import type { Job } from './lease';
import { checkpointOfTraining, filesOf, originOf } from './made-checkpoint';

/**
 * Makes a run of what an evaluation predicted, scored here as anybody's predictions are, and publishes it where the job says
 * so. What was handed in before is the same run. @returns the run's id. @throws Problem
 */
export async function handInPredictions({ id: jobId, spec, owner }: Job): Promise<string> {
  if (spec.kind !== 'eval') throw new Error(`job ${jobId} evaluates nothing`);
  const db = await getDb();
  const [predictions] = await filesOf(db, jobId, 'predictions');
  if (predictions === undefined) throw new Error(`job ${jobId} has sent no predictions`);
  const checkpointId = await db.transaction(async (tx) => {
    if (spec.start.kind === 'checkpoint') return spec.start.id;
    const origin = await originOf(tx, spec.start);
    return origin === null ? null : checkpointOfTraining(tx, origin.training);
  });
  if (checkpointId === null)
    throw new Problem(
      'refused',
      'What was evaluated is no checkpoint of this server, so its figure has no place: start from one, or from a job.',
    );
  const { runId } = await createRun(
    {
      fileSha256: predictions.sha256,
      fileName: predictions.path,
      benchmark: spec.benchmark,
      split: spec.split,
      model: { kind: 'existing', checkpointId },
      prompt: null,
      generation: { decoding: 'greedy', max_new_tokens: spec.maxNewTokens },
    },
    { owner, jobId, publishWhenScored: spec.publish },
  );
  return runId;
}
