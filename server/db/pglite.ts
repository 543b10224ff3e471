import { execFile } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { log } from '../log';
import { takeLock } from './lock';
import type { Answer, Ask } from './thread-protocol';

/** Bundled by scripts/bundle.mjs; named from the working folder, as a bundler must not touch it. */
const THREAD_FILE = resolve('dist', 'pglite-thread.mjs');

/** What of PGlite is used here, by Drizzle and by us; its queries run in a thread of their own. */
interface Client {
  query(sql: string, params?: unknown[], options?: { rowMode?: 'array' | 'object' }): Promise<unknown>;
  exec(sql: string): Promise<unknown>;
}

export interface EmbeddedDatabase {
  /** As Drizzle wants it. */
  pglite: PGlite;
  listen(channel: string, onNotice: (payload: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Opens the embedded database of a data folder, made when it is not there; one process at a time. */
export async function openPglite(dataDir: string): Promise<EmbeddedDatabase> {
  const folder = resolve(dataDir, 'pglite');
  // Beside the database's folder: what lies in it belongs to Postgres.
  const release = takeLock(resolve(dataDir, 'pglite.lock'), `The embedded database in ${dataDir}`);
  try {
    if (!existsSync(folder)) await initialise(dataDir, folder);
    const thread = await startThread(folder);
    return {
      pglite: clientOf(thread),
      listen: thread.listen,
      async close() {
        await thread.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

type Thread = Awaited<ReturnType<typeof startThread>>;
type Question = Ask extends infer Each ? (Each extends Ask ? Omit<Each, 'id'> : never) : never;

/** The thread, once its database is open. */
async function startThread(folder: string) {
  // Nothing of our environment (a token, a key) is of use in there.
  const worker = new Worker(THREAD_FILE, { workerData: { folder }, env: {} });
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, (payload: string) => void>();
  let last = 0;
  let over: Error | null = null;

  worker.on('message', (answer: Answer) => {
    if (answer.type === 'notice') return listeners.get(answer.channel)?.(answer.payload);
    const asked = open.get(answer.id);
    open.delete(answer.id);
    if (answer.type === 'done') asked?.resolve(answer.value);
    else asked?.reject(Object.assign(new Error(answer.message), answer.code && { code: answer.code }));
  });
  const end = (error: Error) => {
    over ??= error;
    for (const { reject } of open.values()) reject(over);
    open.clear();
  };
  worker.on('error', (error) => {
    log.fatal({ err: error }, 'the embedded database ended; start the server again');
    end(error);
  });
  worker.on('exit', () => end(new Error('The embedded database is closed.')));

  const answered = (id: number) =>
    new Promise((resolve, reject) => {
      if (over === null) open.set(id, { resolve, reject });
      else reject(over);
    });
  const ask = (question: Question): Promise<unknown> & { id: number } => {
    const id = ++last;
    const answer = answered(id);
    if (over === null) worker.postMessage({ ...question, id } satisfies Ask);
    return Object.assign(answer, { id });
  };
  // What it says first.
  await answered(0);
  return {
    ask,
    async listen(channel: string, onNotice: (payload: string) => void) {
      listeners.set(channel, onNotice);
      await ask({ type: 'listen', channel });
    },
    async close() {
      await ask({ type: 'close' });
      await worker.terminate();
    },
  };
}

function clientOf({ ask }: Thread): PGlite {
  const within = (turn: number | null): Client => ({
    query: (sql, params = [], { rowMode = 'object' } = {}) =>
      ask({ type: 'query', turn, sql, params, rowMode }),
    exec: (sql) => ask({ type: 'exec', turn, sql }),
  });
  const client = {
    ...within(null),
    async transaction<T>(work: (tx: Client) => Promise<T>): Promise<T> {
      const begun = ask({ type: 'begin' });
      const turn = begun.id;
      await begun;
      let result: T;
      try {
        result = await work(within(turn));
      } catch (error) {
        await ask({ type: 'end', turn, commit: false });
        throw error;
      }
      await ask({ type: 'end', turn, commit: true });
      return result;
    },
  };
  // Drizzle names PGlite's own class, and calls these three of it.
  return client as unknown as PGlite;
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
