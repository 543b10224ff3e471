import { resolve } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as migrateByPostgres } from 'drizzle-orm/node-postgres/migrator';
import type { PgliteDatabase } from 'drizzle-orm/pglite';
import { migrate as migrateByPglite } from 'drizzle-orm/pglite/migrator';
import type pg from 'pg';
import type * as schema from './schema';

const FOLDER = resolve('drizzle');
/** Of no meaning; the same in every process of ours. */
const LOCK = 0x0cea41;

/** The embedded database is this process's alone. */
export function migratePglite(db: PgliteDatabase<typeof schema>, migrationsFolder = FOLDER): Promise<void> {
  return migrateByPglite(db, { migrationsFolder });
}

/** Drizzle takes no lock of its own, so two servers that start together would run the same migration twice. */
export async function migratePostgres(pool: pg.Pool, migrationsFolder = FOLDER): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    try {
      await migrateByPostgres(drizzle(client), { migrationsFolder });
    } finally {
      await client.query('select pg_advisory_unlock($1)', [LOCK]);
      await client.query('reset statement_timeout');
    }
  } finally {
    client.release();
  }
}
