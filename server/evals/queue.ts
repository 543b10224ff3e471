import { eq } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { type Db, score, scoring } from '../db';
import { ANY, BOARD, WAITING } from './topics';

/** Has a run scored by a scorer, once `tx` is committed. False where that goes on already. */
export async function queueScoring(tx: Db, runId: string, scorer: string): Promise<boolean> {
  const queued = await tx
    .insert(scoring)
    .values({ runId, scorer })
    .onConflictDoUpdate({
      target: [scoring.runId, scoring.scorer],
      set: { state: 'scoring', error: null, fence: 0, leasedUntil: null, scored: 0, total: 0 },
      setWhere: eq(scoring.state, 'failed'),
    })
    .returning();
  await WAITING.wake(tx, ANY);
  await BOARD.wake(tx, ANY);
  return queued.length > 0;
}

/** What stands beside a run's first score, for a published one. */
export async function queueBeside(
  tx: Db,
  { id, benchmark, scorer }: { id: string; benchmark: string; scorer: string },
): Promise<void> {
  const scored = await tx.select({ scorer: score.scorer }).from(score).where(eq(score.runId, id));
  for (const beside of benchmarkOf(benchmark)?.beside ?? [])
    if (beside !== scorer && !scored.some((each) => each.scorer === beside))
      await queueScoring(tx, id, beside);
}
