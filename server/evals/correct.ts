import { and, eq, inArray } from 'drizzle-orm';
import { checkpoint, getDb, run, runChange } from '../db';
import { correctModel, type ModelCorrection } from '../models';
import { Problem } from '../problem';
import { refreshBoard } from './board';
import { ANY, BOARD } from './topics';

/**
 * Corrects what was said of the model behind a run: for all of its runs, and in the history of each.
 * @throws Problem where the run is not there or not scored, or the correction is not taken.
 */
export async function correctRun(
  runId: string,
  by: string,
  { note, ...correction }: ModelCorrection & { note: string | null },
): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    const [found] = await tx
      .select({ modelSlug: checkpoint.modelSlug })
      .from(run)
      .innerJoin(checkpoint, eq(checkpoint.id, run.checkpointId))
      .where(eq(run.id, runId));
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    const changes = await correctModel(tx, found.modelSlug, correction);
    if (Object.keys(changes).length === 0) return;
    const scored = await tx
      .select({ id: run.id })
      .from(run)
      .innerJoin(checkpoint, eq(checkpoint.id, run.checkpointId))
      .where(
        and(
          eq(checkpoint.modelSlug, found.modelSlug),
          inArray(run.state, ['scored', 'published', 'withdrawn']),
        ),
      );
    if (scored.length > 0)
      await tx
        .insert(runChange)
        .values(scored.map(({ id }) => ({ runId: id, kind: 'corrected' as const, by, changes, note })));
    await BOARD.publish(tx, ANY, null);
  });
  await refreshBoard();
}
