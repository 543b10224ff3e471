// `node bench/training-kills.mjs [--kills 50] [--minutes 60] [--seed 1] [--postgres URL]`: server, agent and trainer are killed with SIGKILL at
// random moments, each so often, while toy jobs are trained. Then all that was acknowledged has to be there, nothing twice, exactly
// one attempt of each job has to have finished, and the weights have to be those of a run that nobody disturbed, bit by bit.
// Without --postgres on the embedded database; with it, on a database that is made there and dropped again.
import { deepStrictEqual } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { build, startServer, untilHealthy } from '../scripts/setup.mjs';
import { ask, jsonOf, kill, randomOf, seconds, startAgent, startProxy, toy, trainingOf } from './agents.mjs';

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '4310' },
    postgres: { type: 'string' },
  },
});
const KILLS = Number(options.kills);
/** Nobody is killed after that. */
const UNTIL = Date.now() + Number(options.minutes) * 60_000;
const PORT = Number(options.port);
const TOKEN = 'bench-token-0000001';
const STEPS = 60;
/** Longer than that a job that goes on after a kill never takes. */
const PATIENCE = 600;
const random = randomOf(Number(options.seed));
const address = `http://localhost:${PORT}`;

build();
const folder = mkdtempSync(join(tmpdir(), 'ocean-kills-'));
const toyRun = await toy(join(folder, 'toy'), { steps: STEPS });
const database = options.postgres === undefined ? null : `ocean_kills_${process.pid}`;
const databaseUrl =
  database === null ? '' : Object.assign(new URL(options.postgres), { pathname: database }).href;
if (database !== null) await query(options.postgres, `create database ${database}`);
const env = {
  OCEAN_DATA_DIR: join(folder, 'data'),
  OCEAN_TOKEN: TOKEN,
  DATABASE_URL: databaseUrl,
  LOG_LEVEL: 'error',
};

async function query(url, text) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/* ---------------------------------------------------------------- what was acknowledged */

/** By lease: its job and attempt. */
const leases = new Map();
/** Events that were sent and those of them that were acknowledged, by `job attempt seq`. */
const sent = new Map();
const acknowledged = new Map();
/** By job: the last checkpoint's step that was acknowledged, and the leases by which it succeeded. */
const saved = new Map();
const succeeded = new Map();
const faults = [];

function heard({ url, headers }, body, status, answer) {
  if (url === '/api/agent/lease' && status === 200) {
    const { job } = JSON.parse(answer);
    if (job === null) return;
    leases.set(job.lease, { job: job.id, attempt: job.attempt });
    const known = saved.get(job.id);
    if (known !== undefined && !(job.resume?.step >= known))
      faults.push(
        `attempt ${job.attempt} of ${job.id} goes on from ${job.resume?.step}, and ${known} was acknowledged`,
      );
    return;
  }
  const action = url.match(/^\/api\/agent\/jobs\/[^/]+\/(events|finish)$/)?.[1];
  if (action === undefined) return;
  const { job, attempt } = leases.get(headers['x-lease']) ?? {};
  const told = jsonOf(headers, body);
  if (action === 'finish') {
    if (status !== 204 || told.outcome.kind !== 'succeeded') return;
    succeeded.set(job, (succeeded.get(job) ?? new Set()).add(headers['x-lease']));
    return;
  }
  const next = status === 200 ? JSON.parse(answer).nextSeq : 0;
  if (status !== 200 && status < 500 && status !== 409)
    faults.push(`${status}: ${answer.toString().slice(0, 300)}`);
  for (const { seq, event } of told.events) {
    const key = `${job} ${attempt} ${seq}`;
    sent.set(key, event);
    if (seq >= next) continue;
    acknowledged.set(key, event);
    if (event.type === 'files') saved.set(job, event.step);
    if (event.type === 'begin' && event.step < (saved.get(job) ?? 0))
      faults.push(
        `attempt ${attempt} of ${job} begins at ${event.step}, and ${saved.get(job)} was acknowledged`,
      );
  }
}

/* ---------------------------------------------------------------- who is killed */

let server = null;
let agent = null;
async function startWeb() {
  server = startServer(PORT, env, ['ignore', 'ignore', 'inherit']);
  await untilHealthy(address, server);
}
await startWeb();
const proxy = await startProxy(PORT + 1, address, heard);
const call = async (procedure, input) => {
  const reply = await fetch(`${address}/api/trpc/training.${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ json: input }),
  });
  if (!reply.ok) throw new Error(`${procedure}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()).result.data.json;
};
const { token } = await call('createAgent', { name: 'kills' });
const work = join(folder, 'work');
const startOne = () => {
  agent = startAgent(proxy.address, token, work);
};
startOne();

const killed = { server: 0, agent: 0, trainer: 0 };
const whoIsLeft = () => (Date.now() > UNTIL ? [] : Object.keys(killed).filter((who) => killed[who] < KILLS));
/** False where there is nobody to kill at this moment. */
const KILLERS = {
  async server() {
    await kill(server);
    await startWeb();
  },
  async agent() {
    await kill(agent);
    startOne();
  },
  async trainer(job) {
    const path = join(work, 'jobs', job, 'child.json');
    if (!existsSync(path)) return false;
    try {
      process.kill(JSON.parse(readFileSync(path, 'utf8')).process, 'SIGKILL');
    } catch {
      return false;
    }
  },
};

const begun = (job) =>
  [...acknowledged].filter(([key, { type }]) => key.startsWith(job) && type === 'begin').length;
const hasEnded = async (job) => {
  const page = await ask(address, TOKEN, 'page', { id: job });
  if (page === null || page.state === 'running' || page.state === 'waiting') return false;
  if (page.state !== 'succeeded') faults.push(`${job} has ${page.state}: ${page.error}`);
  return true;
};

/** Until `true` holds, or the job has ended. */
async function until(job, holds) {
  const limit = Date.now() + PATIENCE * 1_000;
  while (!(await holds())) {
    if (await hasEnded(job)) return;
    if (Date.now() > limit) throw new Error(`${job} stands still`);
    await seconds(0.2);
  }
}

async function disturb(job) {
  let before = 0;
  for (;;) {
    // Most kills come while it trains, the others while it is being taken up.
    if (random() < 0.7) await until(job, () => begun(job) > before);
    await seconds(3 * random());
    if (await hasEnded(job)) return;
    const left = whoIsLeft();
    if (left.length === 0) return until(job, () => false);
    const who = left[Math.floor(random() * left.length)];
    before = who === 'server' ? before : begun(job);
    if ((await KILLERS[who](job)) === false) continue;
    killed[who]++;
    if (Object.values(killed).reduce((a, b) => a + b) % 10 === 0)
      console.log(new Date().toISOString(), killed);
  }
}

/* ---------------------------------------------------------------- what is there in the end */

/** What a step measured, but for how long it took. */
const lasting = (values) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !/^(timing|perf)/.test(name)));

const overrides = { 'checkpoints.every': 5, 'logging.rollouts_every': 10 };
const create = async (name) => (await call('create', { name, chain: [trainingOf(toyRun, overrides)] }))[0];

try {
  const alone = await create('undisturbed');
  await until(alone, () => false);
  const jobs = [];
  while (whoIsLeft().length > 0) {
    jobs.push(await create(`disturbed ${jobs.length + 1}`));
    await disturb(jobs.at(-1));
  }
  await kill(agent, 'SIGTERM');
  await kill(server, 'SIGTERM');
  const embedded = database === null ? new PGlite(join(env.OCEAN_DATA_DIR, 'pglite')) : null;
  const rows = async (text) =>
    embedded === null ? query(databaseUrl, text) : (await embedded.query(text)).rows;
  await check(rows, alone, jobs);
  await embedded?.close();
  console.log(`${jobs.length} jobs in ${leases.size - 1} attempts, killed ${JSON.stringify(killed)}`);
  console.log(`${sent.size} events sent, ${acknowledged.size} acknowledged`);
  console.log(
    faults.length === 0 ? 'nothing lost, nothing twice, equal weights' : `${faults.length} faults:`,
  );
  for (const fault of faults.slice(0, 50)) console.log(`  ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  proxy.close();
  await kill(agent);
  await kill(server);
  if (database !== null) await query(options.postgres, `drop database ${database} with (force)`);
  if (faults.length === 0) rmSync(folder, { recursive: true, force: true });
}

async function check(rows, alone, jobs) {
  const all = async (table, order) => {
    const found = await rows(`select * from ${table} order by ${order}`);
    return (job) => found.filter(({ job_id }) => job_id === job);
  };
  const metrics = await all('job_metric', 'step');
  const rollouts = await all('rollout', 'step, ordinal');
  const files = await all('job_file', 'path');
  const events = await all('job_event', 'attempt, seq');
  const same = (what, ours, theirs) => {
    try {
      deepStrictEqual(ours, theirs);
    } catch (error) {
      faults.push(`${what}: ${error.message.slice(0, 400)}`);
    }
  };
  const measured = (job) => metrics(job).map(({ step, values }) => ({ step, values: lasting(values) }));
  const rolled = (job) => rollouts(job).map(({ step, ordinal, data }) => ({ step, ordinal, data }));
  // What a checkpoint says of its run names its folder; the rest is weights, moments and places.
  const made = (job) => files(job).map(({ step, path, sha256 }) => ({ step, path, sha256 }));
  for (const job of jobs) {
    same(`steps of ${job}`, measured(job), measured(alone));
    same(`rollouts of ${job}`, rolled(job), rolled(alone));
    same(`files of ${job}`, made(job), made(alone));
    if (succeeded.get(job)?.size !== 1)
      faults.push(`${succeeded.get(job)?.size ?? 0} attempts of ${job} succeeded`);
    const told = new Set();
    for (const { attempt, seq, at, data } of events(job)) {
      const key = `${job} ${attempt} ${seq}`;
      if (!isDeepStrictEqual(sent.get(key), data)) faults.push(`event ${key} is not what was sent`);
      const once = `${at.toISOString()} ${JSON.stringify(data)}`;
      if (told.has(once)) faults.push(`event ${key} is there twice: ${once.slice(0, 200)}`);
      told.add(once);
    }
    const here = new Set(events(job).map(({ attempt, seq }) => `${job} ${attempt} ${seq}`));
    for (const [key, { type }] of acknowledged)
      if (key.startsWith(job) && ['log', 'notice', 'machine'].includes(type) && !here.has(key))
        faults.push(`event ${key} (${type}) was acknowledged, and is not there`);
  }
  for (const { sha256, bytes } of await rows('select sha256, bytes from blob')) {
    const path = join(env.OCEAN_DATA_DIR, 'blobs', sha256.slice(0, 2), sha256);
    if (!existsSync(path)) faults.push(`blob ${sha256} of ${bytes} bytes is not on the disk`);
  }
}
