import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { newProcess } from '../process-wide';
import { type Database, type Db, openDatabase, setDatabase } from './client';

/** For tests: both drivers, each with a database of its own. */

const ADMIN = 'postgres://postgres@127.0.0.1:5432/postgres';

async function postgresAnswers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: ADMIN, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

const reachable = await postgresAnswers();

export interface TestDatabase {
  url: string | undefined;
  dataDir: string;
  open(migrations?: string): Promise<Database>;
  remove(): Promise<void>;
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ADMIN });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function make(postgres: boolean): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ocean-test-'));
  const name = `ocean_test_${process.pid}_${Date.now()}`;
  const url = postgres ? ADMIN.replace(/postgres$/, name) : undefined;
  if (postgres) await asAdmin(`create database ${name}`);
  return {
    url,
    dataDir,
    open: (migrations) => openDatabase({ url, dataDir }, migrations),
    async remove() {
      if (postgres) await asAdmin(`drop database ${name} with (force)`);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export const DRIVERS = [
  { name: 'PGlite', skip: false, make: () => make(false) },
  {
    name: reachable ? 'Postgres' : 'Postgres (skipped: none answers at 127.0.0.1:5432 as user postgres)',
    skip: !reachable,
    make: () => make(true),
  },
] as const;

/**
 * A database of its own for the tests of a `describe`, which is the process's as if that had just begun. What it gives is there
 * once the tests run, and what they set up for themselves (`beforeAll`).
 */
export function useTestDatabase({ skip, make }: Pick<(typeof DRIVERS)[number], 'skip' | 'make'>): {
  readonly at: TestDatabase;
  readonly db: Db;
} {
  let at: TestDatabase | undefined;
  let opened: Database | undefined;
  beforeAll(async () => {
    if (skip) return;
    at = await make();
    opened = await at.open();
    newProcess();
    setDatabase(opened);
  });
  // Behind what the tests themselves end: hooks end in the opposite order.
  afterAll(async () => {
    await opened?.close();
    await at?.remove();
  });
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the database is there once the tests run');
    return value;
  };
  return {
    get at() {
      return there(at);
    },
    get db() {
      return there(opened).db;
    },
  };
}
