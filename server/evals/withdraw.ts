import { eq } from 'drizzle-orm';
import { getDb, run, runChange } from '../db';
import { Problem } from '../problem';
import { refreshBoard } from './board';
import { ANY, BOARD } from './topics';

/**
 * Takes a published run off the boards. Its page stays, for everybody, and says who withdrew it and why; `publishRun`
 * shows it again. @throws Problem where it is not there, or not published.
 */
export async function withdrawRun(runId: string, by: string, note: string): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    const [found] = await tx.select().from(run).where(eq(run.id, runId)).for('update');
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    if (found.source === 'reported')
      throw new Problem('conflict', 'A reported figure belongs to the published table and stays.');
    if (found.state !== 'published')
      throw new Problem('conflict', `The run is ${found.state}: only a published run can be withdrawn.`);
    await tx.update(run).set({ state: 'withdrawn' }).where(eq(run.id, runId));
    await tx.insert(runChange).values({ runId, kind: 'withdrawn', by, note });
    await BOARD.publish(tx, ANY, null);
  });
  await refreshBoard();
}
