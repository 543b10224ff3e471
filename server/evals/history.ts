import { asc, eq } from 'drizzle-orm';
import { getDb, runChange } from '../db';
import type { RunChange } from './types';

/** What was done with a run since it was scored, the oldest first. */
export async function historyOf(runId: string): Promise<readonly RunChange[]> {
  const db = await getDb();
  return db
    .select({
      kind: runChange.kind,
      by: runChange.by,
      at: runChange.at,
      changes: runChange.changes,
      note: runChange.note,
    })
    .from(runChange)
    .where(eq(runChange.runId, runId))
    .orderBy(asc(runChange.id));
}
