import { and, eq, isNotNull, lt, or, sql } from 'drizzle-orm';
import type { LeaseRequest } from '@/lib/training/protocol';
import { type Db, getDb, type JobState, job } from '../db';
import { Problem } from '../problem';
import { type Agent, hashOf, newToken } from './agents';
import { ANY, JOBS, WAITING } from './topics';

export type Job = typeof job.$inferSelect;

/** For how long an agent may be silent, and how often it is to say that it lives, in seconds. */
export const LEASE_SECONDS = 45;
export const BEAT_SECONDS = 10;
/** A request for a job that finds none is answered after so long, in ms. */
const POLL_MS = 20_000;
/** Between two looks while nothing is heard: leases end, and waits after a loss, without a word. */
const LOOK_EVERY_MS = 2_000;
/** A job that so many attempts did not survive, without one more checkpoint, has failed. */
const MAX_LOSSES = 10;

const UNTIL = sql`now() + ${LEASE_SECONDS} * interval '1 second'`;
const ENDED: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];
export const hasEnded = (state: JobState): boolean => ENDED.includes(state);

export interface Taken {
  job: Job;
  /** The token by which this attempt writes. */
  lease: string;
}

export type Held = NonNullable<LeaseRequest['held']>;

/**
 * The next job for an agent; null where none came until the end of its patience.
 * @param held what an agent that was ended was at: it goes on with that, if nobody took it up meanwhile.
 */
export async function takeJob(
  agent: Agent,
  signal: AbortSignal,
  { held, pollMs = POLL_MS }: { held?: Held | null | undefined; pollMs?: number } = {},
): Promise<Taken | null> {
  const db = await getDb();
  if (held != null) await giveBack(db, agent, held);
  const until = performance.now() + pollMs;
  const told = await WAITING.watch(ANY, signal);
  try {
    for (;;) {
      await closeLost(db);
      const taken = await take(db, agent, held?.job ?? null);
      const left = until - performance.now();
      if (taken !== null || left <= 0 || signal.aborted) return taken;
      await told.next(Math.min(left, LOOK_EVERY_MS));
    }
  } finally {
    told.end();
  }
}

/** Its lease ends now, and not when it would have run out. */
async function giveBack(db: Db, agent: Agent, held: Held): Promise<void> {
  await db
    .update(job)
    .set({ leasedUntil: sql`now() - interval '1 second'` })
    .where(
      and(
        eq(job.id, held.job),
        eq(job.agentId, agent.id),
        eq(job.leaseHash, hashOf(held.lease)),
        eq(job.state, 'running'),
      ),
    );
}

/** One statement, so that of two agents that ask at the same moment one gets it, by the database's clock. */
async function take(db: Db, agent: Agent, first: string | null): Promise<Taken | null> {
  const lease = newToken('lease');
  const [taken] = await db
    .update(job)
    .set({
      state: 'running',
      attempt: sql`${job.attempt} + 1`,
      losses: sql`${job.losses} + 1`,
      agentId: agent.id,
      leaseHash: hashOf(lease),
      leasedUntil: UNTIL,
      notBefore: null,
      nextSeq: 0,
      error: null,
      startedAt: sql`coalesce(${job.startedAt}, now())`,
    })
    .where(
      eq(
        job.id,
        sql`(
          select id from job as waiting
          where (
              (waiting.state = 'waiting' and (waiting.not_before is null or waiting.not_before <= now()))
              or (waiting.state = 'running' and waiting.leased_until < now())
            )
            and not waiting.cancel_requested
            and waiting.losses < ${MAX_LOSSES}
            and (
              waiting.after_id is null
              or exists (select 1 from job as before where before.id = waiting.after_id and before.state = 'succeeded')
            )
          order by waiting.id = ${first} desc nulls last, waiting.created_at, waiting.id
          limit 1
          for update skip locked
        )`,
      ),
    )
    .returning();
  if (taken === undefined) return null;
  await JOBS.wake(db, taken.id);
  return { job: taken, lease };
}

/** The job that an attempt is at, locked for its write. @throws LeaseLost */
export async function requireLease(tx: Db, agent: Agent, jobId: string, lease: string): Promise<Job> {
  const [found] = await tx
    .select()
    .from(job)
    .where(and(eq(job.id, jobId), eq(job.agentId, agent.id), eq(job.leaseHash, hashOf(lease))))
    .for('update');
  if (found === undefined || found.state !== 'running') throw new LeaseLost(jobId);
  return found;
}

/** The attempt that writes is not the one at work any more: it ends what it does. */
export class LeaseLost extends Problem {
  constructor(jobId: string) {
    super('conflict', `Job ${jobId} is not this attempt's any more: it ended, or another agent took it up.`);
  }
}

/** An agent says that it lives; it is told whether it is to stop. @throws LeaseLost */
export async function beat(
  agent: Agent,
  jobId: string,
  lease: string,
): Promise<{ cancel: boolean; nextSeq: number }> {
  const db = await getDb();
  return db.transaction(async (tx) => {
    const { cancelRequested, nextSeq } = await requireLease(tx, agent, jobId, lease);
    await renew(tx, jobId);
    return { cancel: cancelRequested, nextSeq };
  });
}

/** @param told what else of the job is now otherwise. */
export async function renew(tx: Db, jobId: string, told: Partial<Job> = {}): Promise<void> {
  await tx
    .update(job)
    .set({ ...told, leasedUntil: UNTIL })
    .where(eq(job.id, jobId));
}

/** Ends what nobody will end: jobs whose agent is gone for good, and those that wait for one that did not succeed. */
export async function closeLost(db: Db): Promise<void> {
  const gone = and(eq(job.state, 'running'), lt(job.leasedUntil, sql`now()`));
  const closed = [
    ...(await db
      .update(job)
      .set({ state: 'cancelled', endedAt: sql`now()` })
      .where(and(gone, job.cancelRequested))
      .returning({ id: job.id })),
    ...(await db
      .update(job)
      .set({
        state: 'failed',
        endedAt: sql`now()`,
        error: `${MAX_LOSSES} attempts were lost one after the other, and it is not tried again.`,
      })
      .where(and(or(gone, eq(job.state, 'waiting')), sql`${job.losses} >= ${MAX_LOSSES}`))
      .returning({ id: job.id })),
  ];
  for (const { id } of closed) await JOBS.wake(db, id);
  // Each round ends those that waited for the ones of the round before.
  for (let ended = 1; ended > 0; ) ended = await closeWaiting(db);
}

async function closeWaiting(db: Db): Promise<number> {
  const closed = await db
    .update(job)
    .set({
      state: 'cancelled',
      endedAt: sql`now()`,
      error: sql`(select 'It was to follow "' || before.name || '", which was not done (' || before.state || ').' from job as before where before.id = ${job.afterId})`,
    })
    .where(
      and(
        eq(job.state, 'waiting'),
        isNotNull(job.afterId),
        sql`exists (select 1 from job as before where before.id = ${job.afterId} and before.state in ('failed', 'cancelled'))`,
      ),
    )
    .returning({ id: job.id });
  for (const { id } of closed) await JOBS.wake(db, id);
  return closed.length;
}
