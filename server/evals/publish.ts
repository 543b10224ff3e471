import { and, eq, sql } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { removeUnusedBlob } from '../blobs';
import { getDb, rescoring, run } from '../db';
import { removeUnusedCheckpoint } from '../models';
import { Problem } from '../problem';
import { refreshBoard } from './board';
import { rescoreRun } from './rescore';
import { forgetRun } from './samples';
import { enqueueScoring } from './scoring';
import type { Scoring } from './state';

/**
 * Shows a scored run to all, and queues its scoring by the rules that stand beside the first.
 * @throws Problem where it is not there, or not scored.
 */
export async function publishRun(
  runId: string,
  enqueue: (scoring: Scoring) => void = enqueueScoring,
): Promise<void> {
  const db = await getDb();
  const [row] = await db
    .update(run)
    .set({ state: 'published', publishedAt: sql`now()` })
    .where(and(eq(run.id, runId), eq(run.state, 'scored')))
    .returning({ benchmark: run.benchmark, scorer: run.scorer });
  if (row === undefined) {
    const [found] = await db.select({ state: run.state }).from(run).where(eq(run.id, runId));
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    if (found.state === 'published') return;
    throw new Problem('conflict', `The run is ${found.state}: only a scored run can be published.`);
  }
  await refreshBoard();
  for (const scorer of benchmarkOf(row.benchmark)?.beside ?? [])
    if (scorer !== row.scorer) await rescoreRun(runId, scorer, enqueue);
}

/** Removes a run, a published one too, and what only it used. @throws Problem where it is not there, or being scored. */
export async function discardRun(runId: string): Promise<void> {
  const db = await getDb();
  const fileSha256 = await db.transaction(async (tx) => {
    const [found] = await tx.select().from(run).where(eq(run.id, runId)).for('update');
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    if (found.source === 'reported')
      throw new Problem('conflict', 'A reported figure belongs to the published table and stays.');
    if (found.state === 'scoring')
      throw new Problem('conflict', 'The run is being scored: cancel the scoring first.');
    const again = and(eq(rescoring.runId, runId), eq(rescoring.state, 'scoring'));
    if ((await tx.$count(rescoring, again)) > 0)
      throw new Problem('conflict', 'The run is being scored by another scorer: cancel that first.');
    // Predictions, verdicts and scores go with it.
    await tx.delete(run).where(eq(run.id, runId));
    await removeUnusedCheckpoint(tx, found.checkpointId);
    return found.fileSha256;
  });
  if (fileSha256 !== null) await removeUnusedBlob(fileSha256);
  forgetRun(runId);
  await refreshBoard();
}
