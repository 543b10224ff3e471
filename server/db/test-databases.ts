import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from './client';

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
