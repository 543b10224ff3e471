import { sql } from 'drizzle-orm';
import { log } from '../log';
import { inTurn } from '../process-wide';
import { database } from './client';

const oneAtATime = inTurn('vacuum');

/**
 * Gives the room of what was deleted to what comes next, and tells the planner how the tables are: a Postgres server does so by itself, the
 * embedded database has nobody to do it. Never throws: what was not done now is done the next time.
 */
export function reclaimSpace(): Promise<void> {
  return oneAtATime(async () => {
    try {
      const { db, driver } = await database();
      if (driver === 'pglite') await db.execute(sql`vacuum (analyze)`);
    } catch (error) {
      log.warn({ err: error }, 'the room of what was deleted could not be reclaimed');
    }
  });
}

/**
 * Tells the planner of the verdicts that a scoring just wrote: a server that has not counted them joins ten thousand as if they were a few,
 * and takes a minute for it. Never throws: it counts by itself, later.
 */
export async function tellPlanner(): Promise<void> {
  try {
    const { db } = await database();
    await db.execute(
      sql`analyze verdict (run_id, scorer, sample_id, ordinal, outcome), sample (data_id, sample_id, ordinal)`,
    );
  } catch (error) {
    log.warn({ err: error }, 'the planner could not be told of new verdicts');
  }
}
