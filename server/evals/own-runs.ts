import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { storeBlob } from '../blobs';
import { checkpoint, getDb, model } from '../db';
import { log } from '../log';
import { createRun } from './create-run';
import { followRun } from './follow-run';
import { publishRun } from './publish';
import { enqueueScoring } from './scoring';
import type { Scoring } from './state';

/** A checkpoint of our own, and its predictions, which lie in the repository. */
export interface OwnRun {
  checkpointId: string;
  stage: 0 | 1 | 2;
  parentId: string | null;
  benchmark: string;
  split: string;
  /** Our own form, JSON lines. */
  file: string;
  generation: Record<string, string | number>;
}

const NANO = {
  slug: 'ocean-r1-nano',
  name: 'Ocean-R1 Nano',
  family: 'Ocean-R1',
  parametersB: 0.00245,
  openWeights: true,
  link: null,
} as const;

const nano = (stage: OwnRun['stage'], file: string): OwnRun => ({
  checkpointId: `ocean-r1-nano-stage-${stage}`,
  stage,
  parentId: stage === 0 ? null : `ocean-r1-nano-stage-${stage - 1}`,
  benchmark: 'ocean-world',
  split: 'test',
  file: join(process.cwd(), 'nano', 'predictions', file),
  generation: { decoding: 'greedy', max_new_tokens: 256 },
});

export const OWN_RUNS: readonly OwnRun[] = [
  nano(0, 'nano-base.jsonl'),
  nano(1, 'nano-stage1.jsonl'),
  nano(2, 'nano-stage2.jsonl'),
];

/**
 * Hands in our own predictions as anybody's are, and publishes them once they are scored. What is here already is left as
 * it is; a run that somebody discarded comes back with the next start.
 * @throws Error where a file is not taken, or scored with an error.
 */
export async function publishOwnRuns(
  runs: readonly OwnRun[] = OWN_RUNS,
  enqueue: (scoring: Scoring) => void = enqueueScoring,
): Promise<void> {
  const db = await getDb();
  await db.insert(model).values(NANO).onConflictDoNothing();
  for (const { checkpointId, stage, parentId, benchmark, split, file, generation } of runs) {
    await db
      .insert(checkpoint)
      .values({ id: checkpointId, modelSlug: NANO.slug, stage, parentId })
      .onConflictDoNothing();
    const { sha256 } = await storeBlob(new Blob([await readFile(file)]).stream(), null);
    const { runId } = await createRun(
      {
        fileSha256: sha256,
        fileName: basename(file),
        benchmark,
        split,
        model: { kind: 'existing', checkpointId },
        prompt: null,
        generation,
      },
      enqueue,
    );
    for await (const { event } of followRun(runId, undefined)) {
      if (event.type !== 'done') continue;
      if (event.state === 'scored') {
        await publishRun(runId, enqueue);
        log.info({ runId, checkpointId }, 'our own predictions are scored and published');
      } else if (event.state !== 'published') {
        // At the end of the process the scoring waits for the next one.
        if (event.state === 'scoring') return;
        throw new Error(`${file} was not scored: ${event.error ?? event.state}`);
      }
    }
  }
}
