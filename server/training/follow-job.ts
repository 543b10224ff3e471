import { eq, sql } from 'drizzle-orm';
import type { MetricValue } from '@/lib/training/protocol';
import type { Principal } from '../auth';
import { getDb, type JobState, job } from '../db';
import { hasEnded, LEASE_SECONDS } from './lease';
import { metricsAfter, requireJob } from './read-told';
import { JOBS } from './topics';

/** What a page that shows a job is told, at once and whenever there is more. */
export interface JobTick {
  state: JobState;
  error: string | null;
  cancelRequested: boolean;
  attempt: number;
  step: number;
  steps: number | null;
  /** How long ago, in seconds, contact was lost; 0 while there is contact, or none is to be had. */
  lostFor: number;
  /** What was measured since the last one. */
  metrics: readonly { step: number; at: Date; values: Record<string, MetricValue> }[];
  /** How many events of the log are here, so that a page knows whether there are more. */
  events: number;
  /** True where steps that were told before did not happen: the page reads all anew. */
  reset: boolean;
}

/** Steps in one tick. */
const MOST = 500;
/** Contact is lost without a word. */
const LOOK_EVERY_MS = 5_000;

/** Follows a job from behind a step, until it has ended and all is told. @throws Problem */
export async function* followJob(
  id: string,
  principal: Principal,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobTick> {
  await requireJob(id, principal);
  const db = await getDb();
  const told = await JOBS.watch(id, signal);
  let attempt: number | null = null;
  let said = '';
  try {
    while (!signal?.aborted) {
      const [found] = await db
        .select({
          state: job.state,
          error: job.error,
          cancelRequested: job.cancelRequested,
          attempt: job.attempt,
          step: job.step,
          steps: job.steps,
          events: job.nextSeq,
          // Once its lease has ended; counted from the last word, which began that.
          lostFor: sql<number>`case when ${job.state} = 'running' and ${job.leasedUntil} < now()
            then extract(epoch from now() - ${job.leasedUntil}) + ${LEASE_SECONDS} else 0 end`.mapWith(
            Math.round,
          ),
        })
        .from(job)
        .where(eq(job.id, id));
      if (found === undefined) return;
      const reset = attempt !== null && (found.attempt !== attempt || found.step < after);
      if (reset) after = -1;
      attempt = found.attempt;
      const metrics = await metricsAfter(id, after, MOST);
      after = metrics.at(-1)?.step ?? after;
      const now = JSON.stringify(found);
      if (metrics.length > 0 || reset || now !== said) yield { ...found, metrics, reset };
      said = now;
      if (metrics.length === MOST) continue;
      if (hasEnded(found.state)) return;
      await told.next(LOOK_EVERY_MS);
    }
  } finally {
    told.end();
  }
}
