import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { isLostConnection, lacksRoom } from './lost-connection';
import { rowsOf } from './rows-of';
import { DRIVERS, useTestDatabase } from './test-databases';

const [, postgres] = DRIVERS;

test('a full disk is told by the code of what the library wraps, and is no lost connection', () => {
  const full = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
  const wrapped = new Error('Failed query', { cause: full });
  expect(lacksRoom(wrapped)).toBe(true);
  expect(isLostConnection(wrapped)).toBe(false);
  expect(lacksRoom(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBe(false);
});

describe.skipIf(postgres.skip)(postgres.name, () => {
  const database = useTestDatabase(postgres);

  test('a connection that is lost between two queries of a transaction fails that, and nothing else', async () => {
    const { db } = database;
    const cut = db.transaction(async (tx) => {
      const [own] = rowsOf<{ pid: number }>(await tx.execute(sql`select pg_backend_pid() as pid`));
      const isThere = sql`select 1 from pg_stat_activity where pid = ${own?.pid}`;
      await db.execute(sql`select pg_terminate_backend(${own?.pid})`);
      while (rowsOf(await db.execute(isThere)).length > 0);
      await tx.execute(sql`select 1`);
    });
    await expect(cut).rejects.toSatisfy(isLostConnection);
    expect(rowsOf(await db.execute(sql`select 1 as one`))).toEqual([{ one: 1 }]);
  });
});
