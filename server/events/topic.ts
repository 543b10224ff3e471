import { EventEmitter, setMaxListeners } from 'node:events';
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Database, type Db, database, event, getDb } from '../db';
import { stopping } from '../problem';
import { processWide } from '../process-wide';

/**
 * What happens, told to whoever follows it, in every process on the database. An event is a row: it is there once what it
 * tells of is committed, has its place in the sequence of its key, and can be read again from any place on.
 */
export interface Topic<T> {
  /** Tells it within the transaction that `db` is, or in one of its own. */
  publish(db: Db, id: string, data: T): Promise<void>;
  /** Place of the last event, from 1; 0 where there was none. */
  lastSeq(db: Db, id: string): Promise<number>;
  /** What was told after that place, then what comes, until `signal`. @throws Problem where this server stops meanwhile. */
  follow(id: string, after: number, signal?: AbortSignal): AsyncGenerator<{ seq: number; data: T }>;
  /** Has everybody look who asked for it, once what `db` does is committed, and tells them nothing. */
  wake(db: Db, id: string): Promise<void>;
  /** For whoever looks by itself whenever there may be something. @throws Problem (from `next`) where this server stops meanwhile. */
  watch(id: string, signal?: AbortSignal): Promise<Watch>;
  /** Calls `look` after each event and wake, and where some may have been missed. Returns what ends that. */
  onWake(id: string, look: () => void): Promise<() => void>;
  /** Removes what was told of it. */
  forget(db: Db, id: string): Promise<void>;
}

const CHANNEL = 'ocean_r1';
export interface Watch {
  /** Waits until something was told since the last call, `signal`, or the end of `ms` milliseconds. */
  next(ms?: number): Promise<void>;
  end(): void;
}

/** An event is kept for as long, in ms, and the last of its key for good: sequences go on from it. */
const KEPT_FOR_MS = 24 * 60 * 60 * 1_000;

/** @param name of what has ids; its own, and without spaces. */
export function topic<T>(name: string): Topic<T> {
  const keyOf = (id: string) => `${name} ${id}`;
  return {
    publish: (db, id, data) => publish(db, keyOf(id), data),
    async lastSeq(db, id) {
      const [last] = await db
        .select({ seq: event.seq })
        .from(event)
        .where(eq(event.key, keyOf(id)))
        .orderBy(desc(event.seq))
        .limit(1);
      return last?.seq ?? 0;
    },
    follow: (id, after, signal) => follow<T>(keyOf(id), after, signal),
    watch: (id, signal) => watch(keyOf(id), signal),
    async wake(db, id) {
      await db.execute(sql`select pg_notify(${CHANNEL}, ${keyOf(id)})`);
    },
    async onWake(id, look) {
      const notices = await listening();
      notices.on(keyOf(id), look);
      return () => notices.off(keyOf(id), look);
    },
    async forget(db, id) {
      await db.delete(event).where(eq(event.key, keyOf(id)));
    },
  };
}

function publish(db: Db, key: string, data: unknown): Promise<void> {
  return db.transaction(async (tx) => {
    // Held to the end of the transaction: who reads an event has read all before it.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
    await tx.execute(sql`
      with told as (
        insert into event (key, seq, data)
        select ${key}::text, coalesce(max(seq), 0) + 1, ${JSON.stringify(data)}::jsonb from event where key = ${key}
        returning key)
      select pg_notify(${CHANNEL}, key) from told`);
  });
}

async function* follow<T>(
  key: string,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<{ seq: number; data: T }> {
  const db = await getDb();
  const told = await watch(key, signal);
  try {
    for (let seq = after; !signal?.aborted; await told.next()) {
      const rows = await db
        .select({ seq: event.seq, data: event.data })
        .from(event)
        .where(and(eq(event.key, key), gt(event.seq, seq)))
        .orderBy(asc(event.seq));
      for (const row of rows) {
        seq = row.seq;
        // What `publish` of the same topic wrote.
        yield { seq, data: row.data as T };
      }
    }
  } finally {
    told.end();
  }
}

async function watch(key: string, signal?: AbortSignal): Promise<Watch> {
  const notices = await listening();
  const stop = following().stop.signal;
  // Before the first look nothing was missed.
  let heard = false;
  let wake = () => {};
  const look = () => {
    heard = true;
    wake();
  };
  notices.on(key, look);
  stop.addEventListener('abort', look);
  signal?.addEventListener('abort', look);
  return {
    async next(ms) {
      if (!heard && !signal?.aborted && !stop.aborted) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (ms !== undefined) timer = setTimeout(resolve, ms);
        });
        clearTimeout(timer);
      }
      heard = false;
      if (stop.aborted && !signal?.aborted) throw stopping();
    },
    end() {
      notices.off(key, look);
      stop.removeEventListener('abort', look);
      signal?.removeEventListener('abort', look);
    },
  };
}

const following = processWide('following', () => {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  return { stop };
});

/** Before the end of the process: followers are let go, so that no open answer keeps it. They go on elsewhere, or later. */
export function stopFollowing(): void {
  following().stop.abort();
}

/** A process has one connection that listens, whose notices go to all who wait for their key. */
const listeners = processWide('listeners', () => new WeakMap<Database, Promise<EventEmitter>>());

async function listening(): Promise<EventEmitter> {
  const opened = await database();
  const there = listeners().get(opened);
  if (there !== undefined) return there;
  const notices = new EventEmitter().setMaxListeners(0);
  const begun = opened
    .listen(CHANNEL, (key) => {
      for (const each of key === null ? notices.eventNames() : [key]) notices.emit(each);
    })
    .then(() => notices);
  listeners().set(opened, begun);
  begun.catch(() => listeners().delete(opened));
  return begun;
}

/** Removes what nobody will ask for again. */
export async function tidyEvents(now = Date.now()): Promise<void> {
  const db = await getDb();
  const later = alias(event, 'later');
  await db.delete(event).where(
    and(
      lt(event.createdAt, new Date(now - KEPT_FOR_MS)),
      sql`exists (${db
        .select({ seq: later.seq })
        .from(later)
        .where(and(eq(later.key, event.key), gt(later.seq, event.seq)))})`,
    ),
  );
}
