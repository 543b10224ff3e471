import { execFile } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { log } from '../log';
import { takeLock } from './lock';

/** PGlite's own parameters, with a cache that fits a small server: 16 MB serve what 128 do here. */
const START = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

/** Opens the embedded database of a data folder, made when it is not there; one process at a time. */
export async function openPglite(dataDir: string): Promise<{ pglite: PGlite; close(): Promise<void> }> {
  const folder = resolve(dataDir, 'pglite');
  // Beside the database's folder: what lies in it belongs to Postgres.
  const release = takeLock(resolve(dataDir, 'pglite.lock'), `The embedded database in ${dataDir}`);
  try {
    if (!existsSync(folder)) await initialise(dataDir, folder);
    const pglite = await PGlite.create({ dataDir: folder, startParams: START });
    return {
      pglite,
      async close() {
        await pglite.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Makes a new database in a process of its own, as initdb leaves half a gigabyte of memory behind, and moves it into
 * place when it is whole.
 */
async function initialise(dataDir: string, folder: string): Promise<void> {
  const started = performance.now();
  for (const name of readdirSync(dataDir))
    if (name.startsWith('pglite.new-')) rmSync(join(dataDir, name), { recursive: true });
  const draft = `${folder}.new-${process.pid}`;
  const script = `
    import { PGlite } from '@electric-sql/pglite';
    const database = await PGlite.create(${JSON.stringify(draft)});
    await database.close();
    process.exit(0);`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  renameSync(draft, folder);
  log.info({ folder, ms: Math.round(performance.now() - started) }, 'made a new embedded database');
}
