import { and, asc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { blob, type Db, getDb, run, scoring } from '../db';
import { log } from '../log';
import { scoringId, TAKEN_BACK } from './topics';

/**
 * Of all servers on a database one scores a run by a scorer at a time. It holds a lease on it, which it renews while it
 * lives, by the database's clock; when that ends another takes it up, and what the first one still writes is refused by
 * the fence.
 */
export interface Lease {
  runId: string;
  scorer: string;
  fence: number;
  /** Of the predictions file. */
  bytes: number;
  /** Whether it is the run's first scoring, by the scorer of its headline. */
  first: boolean;
}

/** How long a server may be silent before its scorings are taken up by others, and how often it renews, in ms. */
const LEASE_MS = 20_000;
const RENEW_EVERY_MS = 5_000;

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

const UNTIL = sql`now() + ${LEASE_MS} * interval '1 millisecond'`;
const FREE = and(
  eq(scoring.state, 'scoring'),
  or(isNull(scoring.leasedUntil), lt(scoring.leasedUntil, sql`now()`)),
);
const held = ({ runId, scorer, fence }: Lease) =>
  and(
    eq(scoring.runId, runId),
    eq(scoring.scorer, scorer),
    eq(scoring.fence, fence),
    eq(scoring.state, 'scoring'),
  );

/** By which the events of it are told. */
export const eventId = ({ runId, scorer, first }: Omit<Lease, 'fence' | 'bytes'>): string =>
  scoringId(runId, first ? null : scorer);

/** How many bytes of a file put its scoring behind as much as a second of waiting puts it forward. */
const BYTES_A_SECOND = 1_000_000;

/**
 * Takes up what this process `may` score: the shortest file, and of all the longer the more it has waited, so that none waits for
 * ever. Null where there is nothing.
 */
export async function takeLease(
  may: (waiting: { scorer: string; bytes: number }) => boolean,
): Promise<Lease | null> {
  const db = await getDb();
  const waiting = await db
    .select({
      runId: scoring.runId,
      scorer: scoring.scorer,
      fence: scoring.fence,
      state: run.state,
      bytes: sql<number>`coalesce(${blob.bytes}, 0)`.mapWith(Number),
    })
    .from(scoring)
    .innerJoin(run, eq(run.id, scoring.runId))
    .leftJoin(blob, eq(blob.sha256, run.fileSha256))
    .where(FREE)
    .orderBy(
      sql`coalesce(${blob.bytes}, 0)::float8 / ${BYTES_A_SECOND} + extract(epoch from ${scoring.createdAt})`,
      asc(scoring.runId),
    );
  for (const { state, ...each } of waiting) {
    if (!may(each)) continue;
    const before = { ...each, first: state === 'scoring' };
    const taken = await db
      .update(scoring)
      .set({ fence: before.fence + 1, leasedUntil: UNTIL })
      .where(and(held(before), FREE))
      .returning();
    // Another server was a moment earlier where there is none.
    if (taken.length > 0) return { ...before, fence: before.fence + 1 };
  }
  return null;
}

/** In the transaction of each write: that it is still this one's to write. @throws LeaseLost */
export async function requireLease(tx: Db, lease: Lease): Promise<void> {
  const found = await tx.select({ fence: scoring.fence }).from(scoring).where(held(lease)).for('update');
  if (found.length === 0)
    throw new LeaseLost(`the scoring of ${lease.runId} by ${lease.scorer} is not ours any more`);
}

/** Renews it again and again, and at once when one is taken back; `onLost` is called when it is gone. Returns what ends that. */
export async function keepLease(lease: Lease, onLost: () => void): Promise<() => void> {
  const renew = async () => {
    try {
      const db = await getDb();
      const kept = await db.update(scoring).set({ leasedUntil: UNTIL }).where(held(lease)).returning();
      if (kept.length === 0) onLost();
    } catch (error) {
      // Where the database is away for longer than the lease, the next write says so.
      log.warn({ ...lease, err: error }, 'a lease could not be renewed');
    }
  };
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS);
  const unheard = await TAKEN_BACK.onWake(lease.runId, () => void renew());
  return () => {
    clearInterval(timer);
    unheard();
  };
}

/** Leaves it to whoever comes first. */
export async function leaveLease(lease: Lease): Promise<void> {
  const db = await getDb();
  await db.update(scoring).set({ leasedUntil: null }).where(held(lease));
}

/** The embedded database has one process, so whoever held something there is gone. */
export async function endAllLeases(): Promise<void> {
  const db = await getDb();
  await db.update(scoring).set({ leasedUntil: null });
}
