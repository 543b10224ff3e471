import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { ensureInstalled } from '../benchmarks';
import { findBlob } from '../blobs';
import { getDb, run } from '../db';
import { env } from '../env';
import { chooseCheckpoint } from '../models';
import { Problem } from '../problem';
import type { NewRun } from './new-run';
import { queueScoring } from './queue';

/** What is known of a run besides what its submitter says. */
export interface RunOrigin {
  /** See `ownerOf`. */
  owner: string;
  /** The job that produced the predictions; left out of an upload. */
  jobId?: string;
  /** Whether it is published as soon as it is scored. */
  publishWhenScored?: boolean;
}

/**
 * Makes a run of an uploaded file and queues its scoring. The same bytes for the same split are the same run: a second
 * submission gives the first one's id, and scores it anew only where that had failed or was cancelled.
 * @throws Problem
 */
export async function createRun(
  input: NewRun,
  { owner, jobId, publishWhenScored = false }: RunOrigin,
): Promise<{ runId: string; existed: boolean }> {
  const benchmark = benchmarkOf(input.benchmark);
  const split = benchmark?.splits.find(({ id }) => id === input.split);
  if (!benchmark || !split)
    throw new Problem('refused', `There is no benchmark "${input.benchmark}" with a split "${input.split}".`);
  const [scorer] = benchmark.scorers;
  if ((await ensureInstalled(env().OCEAN_DATA_DIR, benchmark, split)) === null)
    throw new Problem('refused', `The annotations of ${benchmark.name}, ${split.label}, are not installed.`);
  if ((await findBlob(input.fileSha256)) === null)
    throw new Problem('not-found', 'This file is not here (any more): upload it again.');

  const db = await getDb();
  return db.transaction(async (tx) => {
    const same = and(
      eq(run.fileSha256, input.fileSha256),
      eq(run.benchmark, benchmark.id),
      eq(run.split, split.id),
    );
    const [before] = await tx.select({ id: run.id, state: run.state }).from(run).where(same).for('update');
    if (before !== undefined && before.state !== 'failed' && before.state !== 'cancelled')
      return { runId: before.id, existed: true };
    const checkpointId = await chooseCheckpoint(tx, input.model);
    const values = {
      checkpointId,
      state: 'scoring',
      scorer: scorer.id,
      fileName: input.fileName,
      prompt: input.prompt,
      generation: input.generation,
      owner,
      publishWhenScored,
      error: null,
    } as const;
    if (before !== undefined) {
      await tx.update(run).set(values).where(eq(run.id, before.id));
      await queueScoring(tx, before.id, scorer.id);
      return { runId: before.id, existed: false };
    }
    const [created] = await tx
      .insert(run)
      .values({
        ...values,
        id: randomUUID(),
        benchmark: benchmark.id,
        split: split.id,
        source: jobId === undefined ? 'upload' : 'job',
        jobId,
        fileSha256: input.fileSha256,
      })
      .onConflictDoNothing()
      .returning({ id: run.id });
    if (created !== undefined) {
      await queueScoring(tx, created.id, scorer.id);
      return { runId: created.id, existed: false };
    }
    // Another submission of the same bytes was a moment earlier.
    const [other] = await tx.select({ id: run.id }).from(run).where(same);
    if (other === undefined) throw new Error('a run could be neither made nor found');
    return { runId: other.id, existed: true };
  });
}
