import { sql } from 'drizzle-orm';
import { describe, expect, test, vi } from 'vitest';
import { event, openDatabase } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { stopFollowing, tidyEvents, topic } from '.';

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent';
});

const NUMBERS = topic<number>('numbers');

/** The next so many of what a follower is told. */
async function take<T>(told: AsyncGenerator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = await told.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

describe.each(DRIVERS)('events on $name', ({ name, skip, make }) => {
  const database = useTestDatabase({ skip, make });

  test.skipIf(skip)('are told in order, from the place that a follower has', async () => {
    const { db } = database;
    for (const data of [10, 20, 30]) await NUMBERS.publish(db, 'a', data);
    await NUMBERS.publish(db, 'b', 99);
    expect(await NUMBERS.lastSeq(db, 'a')).toBe(3);
    expect(await NUMBERS.lastSeq(db, 'none')).toBe(0);
    expect(await take(NUMBERS.follow('a', 0), 3)).toEqual([
      { seq: 1, data: 10 },
      { seq: 2, data: 20 },
      { seq: 3, data: 30 },
    ]);
    const told = NUMBERS.follow('a', 2);
    expect(await take(told, 1)).toEqual([{ seq: 3, data: 30 }]);
    const next = told.next();
    await NUMBERS.publish(db, 'a', 40);
    expect((await next).value).toEqual({ seq: 4, data: 40 });
  });

  test.skipIf(skip)('are told with what they tell of, or not at all', async () => {
    const { db } = database;
    const next = NUMBERS.follow('whole', 0).next();
    await expect(
      db.transaction(async (tx) => {
        await NUMBERS.publish(tx, 'whole', 1);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await db.transaction((tx) => NUMBERS.publish(tx, 'whole', 2));
    expect((await next).value).toEqual({ seq: 1, data: 2 });
  });

  test.skipIf(skip)('of many writers at once have each a place of its own', async () => {
    const { db } = database;
    const told = take(NUMBERS.follow('many', 0), 40);
    await Promise.all(Array.from({ length: 40 }, (_, n) => NUMBERS.publish(db, 'many', n)));
    const events = await told;
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    expect(new Set(events.map(({ data }) => data)).size).toBe(40);
  });

  test.skipIf(skip)('end for a follower who goes', async () => {
    const gone = new AbortController();
    const told = NUMBERS.follow('quiet', 0, gone.signal);
    const next = told.next();
    gone.abort();
    expect((await next).done).toBe(true);
  });

  test.skipIf(skip)('are kept for a day, the last of each for good', async () => {
    const { db } = database;
    const tomorrow = Date.now() + 25 * 60 * 60 * 1_000;
    for (const data of [1, 2]) await NUMBERS.publish(db, 'old', data);
    await tidyEvents();
    expect(await db.$count(event, sql`${event.key} = 'numbers old'`)).toBe(2);
    await tidyEvents(tomorrow);
    expect(await take(NUMBERS.follow('old', 0), 1)).toEqual([{ seq: 2, data: 2 }]);
    await NUMBERS.publish(db, 'old', 3);
    expect(await NUMBERS.lastSeq(db, 'old')).toBe(3);
    await NUMBERS.forget(db, 'old');
    expect(await NUMBERS.lastSeq(db, 'old')).toBe(0);
  });

  if (name !== 'PGlite')
    test.skipIf(skip)('of another process are told here, whatever connections are lost', async () => {
      const other = await openDatabase({ url: database.at.url, dataDir: database.at.dataDir });
      const told = NUMBERS.follow('across', 0);
      const first = told.next();
      await NUMBERS.publish(other.db, 'across', 1);
      expect((await first).value).toEqual({ seq: 1, data: 1 });
      const second = told.next();
      await other.db.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
      await NUMBERS.publish(other.db, 'across', 2);
      expect((await second).value).toEqual({ seq: 2, data: 2 });
      await other.close();
    });

  test.skipIf(skip)(
    'end in a sentence where the server stops, for followers to go on elsewhere',
    async () => {
      const next = NUMBERS.follow('stopping', 0).next();
      stopFollowing();
      await expect(next).rejects.toMatchObject({ kind: 'stopping' });
    },
  );
});
