import { setImmediate } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../make-folder';
import { type Database, setDatabase } from './client';
import { reclaimSpace } from './reclaim';
import { DRIVERS, type TestDatabase } from './test-databases';

describe('the embedded database', () => {
  let at: TestDatabase;
  let opened: Database;
  beforeAll(async () => {
    at = await DRIVERS[0].make();
    makeFolder(at.dataDir);
    opened = await at.open();
    await opened.db.execute(sql`create table counted (n int primary key)`);
  });
  afterAll(async () => {
    await opened.close();
    await at.remove();
  });

  it('keeps nobody waiting who asks it nothing', async () => {
    let answered = false;
    const heavy = opened.db.execute(sql`select sum(n) from generate_series(1, 300000) n`).then(() => {
      answered = true;
    });
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(answered).toBe(false);
    await heavy;
  });

  it('keeps nothing of a transaction that failed, and says by which rule one was refused', async () => {
    const { db } = opened;
    await expect(
      db.transaction(async (tx) => {
        await tx.execute(sql`insert into counted values (1)`);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await db.transaction((tx) => tx.execute(sql`insert into counted values (2)`));
    await expect(db.execute(sql`insert into counted values (2)`)).rejects.toMatchObject({
      cause: { code: '23505' },
    });
    expect(await db.execute(sql`select n from counted`)).toMatchObject({ rows: [{ n: 2 }] });
  });

  it('holds what comes from outside a transaction until that has ended', async () => {
    const { db } = opened;
    let outside: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      outside = db.execute(sql`delete from counted`);
      await tx.execute(sql`insert into counted values (3)`);
    });
    await outside;
    expect(await db.execute(sql`select n from counted`)).toMatchObject({ rows: [] });
  });

  it('gives the room of what was deleted to what comes next', async () => {
    const { db } = opened;
    setDatabase(opened);
    await db.execute(sql`create table filled (text text)`);
    const sizes: unknown[] = [];
    for (let cycle = 0; cycle < 4; cycle++) {
      await db.execute(
        sql`insert into filled select string_agg(md5((n * m)::text), '') from generate_series(1, 200) n, generate_series(1, 500) m group by n`,
      );
      await db.execute(sql`delete from filled`);
      await reclaimSpace();
      sizes.push(await db.execute(sql`select pg_total_relation_size('filled') as size`));
    }
    expect(sizes[3]).toEqual(sizes[1]);
  });
});
