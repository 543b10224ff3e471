import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, type Transaction, types } from '@electric-sql/pglite';
import type { Answer, Ask } from './thread-protocol';

// The entry of the embedded database's thread, bundled to dist/pglite-thread.mjs. PGlite runs a query in one go, and whoever shares
// a thread with it waits.

/** PGlite's own parameters, with a cache that fits a small server: 16 MB serve what 128 do here. */
const START = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

/** Drizzle makes dates and their like by itself; its parsers are functions, which no message carries. */
const asTold = (value: string) => value;
const PARSERS = Object.fromEntries(
  [types.TIMESTAMP, types.TIMESTAMPTZ, types.INTERVAL, types.DATE, 1231, 1115, 1185, 1187, 1182].map(
    (type) => [type, asTold],
  ),
);

const { folder }: { folder: string } = workerData;
const pglite = await PGlite.create({ dataDir: folder, startParams: START });
const turns = new Map<number, { tx: Transaction; end: (commit: boolean) => void }>();

function post(answer: Answer): void {
  parentPort?.postMessage(answer);
}

/** In place of an error where the server ended a transaction. */
const ROLLED_BACK = Symbol('rolled back');

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.type) {
    case 'query': {
      const { sql, params, rowMode } = ask;
      return within(ask.turn).query(sql, params, { rowMode, parsers: PARSERS });
    }
    case 'exec':
      return within(ask.turn).exec(ask.sql);
    case 'begin':
      return new Promise<void>((begun, refused) => {
        begin(ask.id, begun).catch(refused);
      });
    case 'end': {
      const turn = turns.get(ask.turn);
      turns.delete(ask.turn);
      turn?.end(ask.commit);
      return ended.get(ask.turn);
    }
    case 'listen':
      await pglite.listen(ask.channel, (payload) => post({ type: 'notice', channel: ask.channel, payload }));
      return null;
    case 'close':
      return pglite.close();
  }
}

const ended = new Map<number, Promise<void>>();

/** Holds PGlite's one connection until the server says how the transaction ends. */
function begin(id: number, begun: () => void): Promise<void> {
  const done = pglite
    .transaction(async (tx) => {
      const commit = await new Promise<boolean>((end) => {
        turns.set(id, { tx, end });
        begun();
      });
      if (!commit) throw ROLLED_BACK;
    })
    .catch((error: unknown) => {
      if (error !== ROLLED_BACK) throw error;
    })
    .finally(() => ended.delete(id));
  ended.set(id, done);
  return done;
}

function within(turn: number | null): PGlite | Transaction {
  if (turn === null) return pglite;
  const open = turns.get(turn);
  if (open === undefined) throw new Error('A query came after the end of its transaction.');
  return open.tx;
}

parentPort?.on('message', async (ask: Ask) => {
  try {
    post({ type: 'done', id: ask.id, value: await answer(ask) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    const message = error instanceof Error ? error.message : String(error);
    post({ type: 'failed', id: ask.id, message, code });
  }
});
post({ type: 'done', id: 0, value: null });
