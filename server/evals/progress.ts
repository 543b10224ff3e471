import { and, eq } from 'drizzle-orm';
import { type Db, scoring } from '../db';
import { eventId, type Lease } from './lease';
import { SCORINGS } from './topics';

/** Writes down how far a scoring is, and tells it. */
export async function tellProgress(tx: Db, lease: Lease, scored: number, total: number): Promise<void> {
  await tx
    .update(scoring)
    .set({ scored, total })
    .where(and(eq(scoring.runId, lease.runId), eq(scoring.scorer, lease.scorer)));
  await SCORINGS.publish(tx, eventId(lease), { type: 'progress', state: 'scoring', scored, total });
}
