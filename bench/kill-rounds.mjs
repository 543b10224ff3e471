// A server under which the ground shakes: OCEAN_BENCH_ROUNDS (20) rounds of kill -9, half as many of cut connections, and a tenth as many of
// each a full disk and a restart, in an order of chance, each in the middle of an upload, a scoring, a publishing, a rescoring or
// a withdrawal; on one data folder, or on OCEAN_BENCH_DATABASE_URL's database, which must be an empty one of yours. What was
// acknowledged is looked for after each start, and in the end that every published run is whole and that no file lies
// about. Disks are only filled for root, who may mount one.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { build, startServer, untilHealthy } from '../scripts/setup.mjs';
import { ACTS, filesIn, installGeoqa, promisesOf } from './promises.mjs';
import { oceanWith, TOKEN } from './serving.mjs';

const ROUNDS = Number(process.env.OCEAN_BENCH_ROUNDS ?? 20);
const { OCEAN_BENCH_DATABASE_URL: DATABASE_URL = '' } = process.env;
const MAY_MOUNT = process.getuid() === 0;
const DISK = '2g';
const PORT = 4196;
const address = `http://127.0.0.1:${PORT}`;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** How long an act is waited for that was broken off, in ms. */
const PATIENCE_MS = 30_000;
/** Within how many ms of its beginning an act is broken off. */
const WITHIN = { upload: 150, scoring: 3_000, publish: 120, rescore: 300, withdraw: 120 };

export async function killRounds() {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  if (MAY_MOUNT) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', dataDir]);
  const env = { OCEAN_DATA_DIR: dataDir, OCEAN_TOKEN: TOKEN, LOG_LEVEL: 'error', DATABASE_URL };
  const promises = promisesOf(address, dataDir);
  const started = performance.now();
  let server = null;
  const start = async () => {
    server = startServer(PORT, env);
    await untilHealthy(address, server);
  };
  const end = async (signal) => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  try {
    installGeoqa({ folder, ocean: oceanWith(env) });
    await start();
    // What there is to publish from the first round on.
    for (let n = 1; n <= 5; n++) await promises.act('scoring', -n);
    const rounds = shuffled();
    for (const [round, how] of rounds.entries()) {
      const act = ACTS[round % ACTS.length];
      const cut = new AbortController();
      const acting = promises.act(act, round, how === 'cut' ? cut.signal : undefined).catch((error) => error);
      await Promise.race([acting, wait(Math.random() * WITHIN[act])]);
      if (how === 'kill') await end('SIGKILL');
      if (how === 'restart') await end('SIGTERM');
      if (how === 'full disk') await whileFull(dataDir, () => promises.act('upload', round).catch(() => {}));
      if (how === 'cut') {
        cut.abort();
        await cutDatabase();
      }
      // Node's fetch sometimes never ends where it was cut between head and body.
      await Promise.race([acting, wait(PATIENCE_MS)]);
      if (how === 'kill' || how === 'restart') await start();
      else await untilHealthy(address, server);
      await promises.check();
      if (round % 20 === 19)
        console.log(`${round + 1} of ${rounds.length} rounds: ${told(promises, started)}`);
    }
    const published = await promises.wholeInTheEnd();
    await end('SIGTERM');
    const before = filesIn(dataDir).length;
    makeOld(dataDir);
    await start();
    await promises.check();
    const orphans = await promises.orphans();
    await end('SIGTERM');
    console.log(
      `${rounds.length} rounds (${ROUNDS} kills), ${told(promises, started)} acknowledged, none lost; ${published} published, each whole; ` +
        `${before} files before the check, ${orphans} after it that nobody knows`,
    );
  } finally {
    server?.kill('SIGKILL');
    if (MAY_MOUNT) execFileSync('umount', ['--lazy', dataDir]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const told = (promises, started) => {
  const { files, runs } = promises.counts();
  return `${files} files and ${runs} runs in ${((performance.now() - started) / 1_000).toFixed(0)} s`;
};

function shuffled() {
  const times = {
    kill: ROUNDS,
    cut: ROUNDS / 2,
    'full disk': MAY_MOUNT ? ROUNDS / 10 : 0,
    restart: ROUNDS / 10,
  };
  const all = Object.entries(times).flatMap(([how, count]) => Array.from({ length: count }, () => how));
  return all
    .map((how) => ({ how, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ how }) => how);
}

/** Leaves no room, or a little of it by chance, while `act` is done. */
async function whileFull(dataDir, act) {
  const path = join(dataDir, 'filler');
  const { bavail, bsize } = statfsSync(dataDir);
  try {
    writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - Math.round(Math.random() * 1_000_000))));
  } catch {
    // The server was quicker, and the disk is as full.
  }
  await act();
  rmSync(path);
}

/** All connections to the database of the server; the embedded one has none. */
async function cutDatabase() {
  if (DATABASE_URL === '') return;
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
}

/** What is coming is kept for a day: two have passed. */
function makeOld(dataDir) {
  const at = new Date(Date.now() - 48 * 60 * 60 * 1_000);
  const incoming = join(dataDir, 'blobs', 'incoming');
  for (const name of readdirSync(incoming)) utimesSync(join(incoming, name), at, at);
}
