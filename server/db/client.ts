import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import pg from 'pg';
import { env } from '../env';
import { log } from '../log';
import { makeFolder } from '../make-folder';
import { stopping } from '../problem';
import { processWide } from '../process-wide';
import { listenPostgres } from './listen';
import { migratePglite, migratePostgres } from './migrate';
import { openPglite } from './pglite';
import * as schema from './schema';

/** The most that a statement takes on Postgres, migrations apart: one that runs away holds a connection no longer. */
const STATEMENT_MS = 60_000;

/** Both drivers speak this: one dialect, one schema. A transaction is one too. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  db: Db;
  driver: 'pglite' | 'postgres';
  /** The connections themselves, for a library that wants them; null of the embedded database. */
  pool: pg.Pool | null;
  /**
   * Calls `onNotice` with the payload of every notice of a channel (`pg_notify`), of whichever process, until the database
   * is closed; with null once the connection is there, and each time it was lost and is there again: notices may have been missed.
   */
  listen(channel: string, onNotice: (payload: string | null) => void): Promise<void>;
  close(): Promise<void>;
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
    const connection = { connectionString: options.url, connectionTimeoutMillis: 10_000, keepAlive: true };
    const pool = new pg.Pool({ ...connection, max: 10, statement_timeout: STATEMENT_MS });
    // A server that went away: the query that meets it fails, the process lives on and connects anew.
    pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
    // One that a transaction holds is nobody's between two of its queries; the next of them fails.
    pool.on('connect', (client) =>
      client.on('error', (error) => log.warn({ err: error }, 'a database connection was lost')),
    );
    try {
      await migratePostgres(pool, migrations);
    } catch (error) {
      await pool.end();
      throw error;
    }
    const listeners: (() => Promise<void>)[] = [];
    return {
      db: drizzlePostgres(pool, { schema }),
      driver: 'postgres',
      pool,
      async listen(channel, onNotice) {
        listeners.push(await listenPostgres(connection, channel, onNotice));
      },
      async close() {
        await Promise.all(listeners.map((stop) => stop()));
        await pool.end();
      },
    };
  }
  makeFolder(options.dataDir);
  const { pglite, listen, close } = await openPglite(options.dataDir);
  const db = drizzlePglite(pglite, { schema });
  try {
    await migratePglite(db, migrations);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    db,
    driver: 'pglite',
    pool: null,
    async listen(channel, onNotice) {
      await listen(channel, onNotice);
      onNotice(null);
    },
    close,
  };
}

const shared = processWide('database', (): { opened: Promise<Database> | null; closed: boolean } => ({
  opened: null,
  closed: false,
}));

/** The process's database: opened at the first call. @throws Problem where this server stops, and while Next builds, where nothing may touch it. */
export function database(): Promise<Database> {
  const { NEXT_PHASE, DATABASE_URL, OCEAN_DATA_DIR } = env();
  if (NEXT_PHASE === 'phase-production-build')
    throw new Error(
      'The database was asked for while building: a page that reads it must be rendered at request time.',
    );
  const state = shared();
  if (state.closed) throw stopping();
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
