import { mkdirSync } from 'node:fs';
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import pg from 'pg';
import { env } from '../env';
import { log } from '../log';
import { processWide } from '../process-wide';
import { LockedError } from './lock';
import { migratePglite, migratePostgres } from './migrate';
import { openPglite } from './pglite';
import * as schema from './schema';

/** Both drivers speak this: one dialect, one schema. A transaction is one too. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  db: Db;
  driver: 'pglite' | 'postgres';
  /**
   * Makes this process the one server of the database: it alone scores, and tells of it. The embedded database has one
   * process anyway. @throws LockedError where another server is.
   */
  claim(): Promise<void>;
  close(): Promise<void>;
}

/** Of no meaning; the same in every process of ours. */
const SERVER_LOCK = 0x0cea42;

/** Held by a connection of its own, so that it ends with the process, however that ends. */
async function claimPostgres(pool: pg.Pool): Promise<pg.PoolClient> {
  const client = await pool.connect();
  client.on('error', (error) => log.warn({ err: error }, 'the connection that holds the database was lost'));
  const { rows } = await client.query<{ taken: boolean; pid: number | null }>(
    `select pg_try_advisory_lock($1) as taken,
            (select pid from pg_locks where locktype = 'advisory' and objid = $1 and granted
              and database = (select oid from pg_database where datname = current_database()) limit 1) as pid`,
    [SERVER_LOCK],
  );
  if (rows[0]?.taken) return client;
  client.release();
  throw new LockedError(
    `Another Ocean-R1 server uses this database (connection ${rows[0]?.pid ?? 'unknown'} of Postgres). Stop that one, or set DATABASE_URL to another database.`,
  );
}

/**
 * Opens and migrates: a Postgres server where a URL is given, else the embedded database of the data folder.
 * `migrations` is for tests.
 */
export async function openDatabase(
  options: { url: string | undefined; dataDir: string },
  migrations?: string,
): Promise<Database> {
  if (options.url !== undefined) {
    const pool = new pg.Pool({ connectionString: options.url, max: 10, connectionTimeoutMillis: 10_000 });
    // A server that went away: the query that meets it fails, the process lives on and connects anew.
    pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
    try {
      await migratePostgres(pool, migrations);
    } catch (error) {
      await pool.end();
      throw error;
    }
    let claim: pg.PoolClient | null = null;
    return {
      db: drizzlePostgres(pool, { schema }),
      driver: 'postgres',
      claim: async () => {
        claim ??= await claimPostgres(pool);
      },
      close: () => {
        claim?.release(true);
        return pool.end();
      },
    };
  }
  mkdirSync(options.dataDir, { recursive: true });
  const { pglite, close } = await openPglite(options.dataDir);
  const db = drizzlePglite(pglite, { schema });
  try {
    await migratePglite(db, migrations);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, driver: 'pglite', claim: async () => {}, close };
}

const shared = processWide('database', (): { opened: Promise<Database> | null; closed: boolean } => ({
  opened: null,
  closed: false,
}));

/** The process's database: opened at the first call. @throws while Next builds, where nothing may touch it. */
export function database(): Promise<Database> {
  const { NEXT_PHASE, DATABASE_URL, OCEAN_DATA_DIR } = env();
  if (NEXT_PHASE === 'phase-production-build')
    throw new Error(
      'The database was asked for while building: a page that reads it must be rendered at request time.',
    );
  const state = shared();
  if (state.closed) throw new Error('The database is closed: the server is stopping.');
  state.opened ??= openDatabase({ url: DATABASE_URL, dataDir: OCEAN_DATA_DIR }).catch((error) => {
    state.opened = null;
    throw error;
  });
  return state.opened;
}

export async function getDb(): Promise<Db> {
  return (await database()).db;
}

/** Makes an open database the process's own: for tests, which run on several. */
export function setDatabase(opened: Database | Promise<Database>): void {
  shared().opened = Promise.resolve(opened);
}

/** For good: what still asks for it is refused. */
export async function closeDatabase(): Promise<void> {
  shared().closed = true;
  await (await shared().opened)?.close();
}
