import { eq, sql } from 'drizzle-orm';
import { type Db, run, runChange } from '../db';
import { queueBeside } from './queue';
import { ANY, BOARD } from './topics';

/** All that publishing a scored run is, in the transaction that `tx` is: it is on the board with all that it must have, or not. */
export async function publishWithin(
  tx: Db,
  found: { id: string; benchmark: string; scorer: string },
  by: string,
): Promise<void> {
  await tx.update(run).set({ state: 'published', publishedAt: sql`now()` }).where(eq(run.id, found.id));
  await tx.insert(runChange).values({ runId: found.id, kind: 'published', by });
  await queueBeside(tx, found);
  await BOARD.publish(tx, ANY, null);
}
