import { and, eq } from 'drizzle-orm';
import { removeUnusedBlob } from '../blobs';
import { getDb, reclaimSpace, run, scoring } from '../db';
import { removeUnusedCheckpoint } from '../models';
import { Problem } from '../problem';
import { refreshBoard } from './board';
import { publishWithin } from './publish-within';
import { ANY, BOARD, SCORINGS, scoringId } from './topics';

/**
 * Shows a scored run to all, or a withdrawn one again, and has it scored by the rules that stand beside the first.
 * @param by whose doing it is; see `ownerOf`.
 * @throws Problem where it is not there, or not scored.
 */
export async function publishRun(runId: string, by: string): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    const [found] = await tx.select().from(run).where(eq(run.id, runId)).for('update');
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    if (found.state === 'published') return;
    if (found.state !== 'scored' && found.state !== 'withdrawn')
      throw new Problem('conflict', `The run is ${found.state}: only a scored run can be published.`);
    await publishWithin(tx, found, by);
  });
  await refreshBoard();
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
    const again = await tx
      .select({ scorer: scoring.scorer })
      .from(scoring)
      .where(and(eq(scoring.runId, runId), eq(scoring.state, 'scoring')));
    if (again.length > 0)
      throw new Problem('conflict', 'The run is being scored by another scorer: cancel that first.');
    // Predictions, verdicts and scores go with it.
    await tx.delete(run).where(eq(run.id, runId));
    await removeUnusedCheckpoint(tx, found.checkpointId);
    await SCORINGS.forget(tx, scoringId(runId, null));
    await BOARD.publish(tx, ANY, null);
    return found.fileSha256;
  });
  if (fileSha256 !== null) await removeUnusedBlob(fileSha256);
  await refreshBoard();
  // It may take a second or two of the embedded database; nobody waits for it.
  void reclaimSpace();
}
