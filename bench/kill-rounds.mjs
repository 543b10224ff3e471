// A server that is killed at any moment: OCEAN_BENCH_ROUNDS (20) rounds of kill -9 aimed at an upload, a scoring, a publishing, a rescoring
// and a withdrawal, on one data folder (or DATABASE_URL's database, which must be an empty one of yours). What was acknowledged
// is looked for after each start, and in the end that every published run is whole and no file lies about.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, startServer, untilHealthy } from '../scripts/setup.mjs';
import { installWith, TOKEN } from './serving.mjs';

const ROUNDS = Number(process.env.OCEAN_BENCH_ROUNDS ?? 20);
const PORT = 4196;
const SAMPLES = 754;
/** What stands beside the first score of each published run. */
const beside = ({ scorers }) => scorers.find(({ id }) => id.startsWith('geoqa/strict'));
const TARGET = { benchmark: 'geoqa', split: 'test' };
const address = `http://127.0.0.1:${PORT}`;
const auth = { authorization: `Bearer ${TOKEN}` };
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ACTS = ['upload', 'scoring', 'publish', 'rescore', 'withdraw'];

export async function killRounds() {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'ocean-bench-'));
  const dataDir = join(folder, 'data');
  const env = { OCEAN_DATA_DIR: dataDir, OCEAN_TOKEN: TOKEN, LOG_LEVEL: 'error' };
  installGeoqa(folder, env);
  /** What the server said that it has: files by their hash, and runs with the states that each may be in. */
  const acknowledged = { blobs: new Map(), runs: new Map() };
  const started = performance.now();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const server = startServer(PORT, env, 'ignore');
      await untilHealthy(address, server);
      await check(acknowledged, dataDir);
      const act = ACTS[round % ACTS.length];
      const acting = perform(act, round, acknowledged).catch(() => {});
      const within = { upload: 150, scoring: 1_500 }[act] ?? 120;
      const after = Math.random() * within;
      await Promise.race([acting, wait(after)]);
      await wait(Math.random() * 30);
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
      await acting;
    }
    const server = startServer(PORT, env, 'ignore');
    await untilHealthy(address, server);
    await check(acknowledged, dataDir);
    const published = await wholeInTheEnd(acknowledged);
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    console.log(
      `${ROUNDS} rounds of kill -9 in ${((performance.now() - started) / 1_000).toFixed(0)} s: ${acknowledged.blobs.size} files and ` +
        `${acknowledged.runs.size} runs acknowledged, none lost; ${published} published, each whole; ${incoming(dataDir)} unfinished uploads left to the daily tidying`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function perform(act, round, { blobs, runs }) {
  if (act === 'upload') {
    const bytes = predictions(round, 2_000);
    const stored = await send('/api/blobs', bytes, 'application/octet-stream');
    blobs.set(stored.sha256, bytes.length);
    return;
  }
  if (act === 'scoring') {
    const bytes = predictions(round, 500);
    const { sha256 } = await send('/api/blobs', bytes, 'application/octet-stream');
    blobs.set(sha256, bytes.length);
    const model = {
      kind: 'new',
      family: 'bench',
      parametersB: null,
      openWeights: false,
      link: null,
      stage: null,
    };
    const input = {
      fileSha256: sha256,
      fileName: `${round}.jsonl`,
      ...TARGET,
      model: { ...model, name: `Round ${round}`, parentId: null },
      prompt: null,
      generation: null,
    };
    const { runId } = await call('submissions.create', input);
    runs.set(runId, ['scoring', 'scored']);
    await untilScored(runId);
    return;
  }
  const inState = { publish: 'scored', rescore: 'published', withdraw: 'published' }[act];
  for (const [runId] of runs) {
    const run = await read(runId);
    const { state } = run;
    if (state !== inState && !(act === 'publish' && state === 'withdrawn')) continue;
    if (act === 'rescore') return call('runs.rescore', { runId, scorer: beside(run).id }).catch(() => {});
    const to = act === 'publish' ? 'published' : 'withdrawn';
    runs.set(runId, [state, to]);
    await call(`submissions.${act}`, act === 'withdraw' ? { runId, note: 'a round' } : { runId });
    runs.set(runId, [to]);
    return;
  }
}

/** @throws where something is gone or in a state that nobody put it in */
async function check({ blobs, runs }, dataDir) {
  for (const [sha256, bytes] of blobs) {
    const path = join(dataDir, 'blobs', sha256.slice(0, 2), sha256);
    const there = readFileSync(path);
    if (there.length !== bytes || createHash('sha256').update(there).digest('hex') !== sha256)
      throw new Error(`the file ${sha256} is not what was sent`);
  }
  for (const [runId, states] of runs) {
    const { state } = await read(runId);
    if (!states.includes(state)) throw new Error(`run ${runId} is ${state}, not ${states.join(' or ')}`);
    if (states.includes('scored') && state === 'scored') runs.set(runId, ['scored']);
    if (states.length === 2 && states[1] === state) runs.set(runId, [state]);
  }
}

/** Publishes what is scored, and waits until what stands beside each published run is there. @returns how many are published */
async function wholeInTheEnd({ runs }) {
  let published = 0;
  for (const [runId] of runs) {
    await untilScored(runId);
    let { state } = await read(runId);
    if (state === 'withdrawn') continue;
    if (state === 'scored') await call('submissions.publish', { runId });
    for (let tries = 0; ; tries++) {
      const run = await read(runId);
      state = run.state;
      const total = run.score?.total;
      if (state === 'published' && total === SAMPLES && beside(run)?.score) break;
      if (tries > 600)
        throw new Error(`run ${runId} lacks what stands beside: ${JSON.stringify(run.scorers)}`);
      await wait(100);
    }
    published++;
  }
  return published;
}

function predictions(round, repeat) {
  const rows = Array.from({ length: SAMPLES }, (_, index) =>
    JSON.stringify({
      sample_id: String(index),
      output: `<think>${round} ${'By the theorem. '.repeat(repeat / 16)}</think> The final answer is $${2 + (index % 80)}$`,
    }),
  );
  return Buffer.from(rows.join('\n'));
}

function installGeoqa(folder, env) {
  const path = join(folder, 'geoqa.jsonl');
  const rows = Array.from({ length: SAMPLES }, (_, index) => ({
    image_path: `./Geo170K/images/test/${index}.png`,
    question: `As shown in the figure, what is the length of the segment ${index}?`,
    ground_truth: String(2 + (index % 80)),
  }));
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  installWith(env, 'geoqa', '--from', path);
}

const incoming = (dataDir) => {
  const path = join(dataDir, 'blobs', 'incoming');
  return existsSync(path) ? readdirSync(path).length : 0;
};

async function send(path, body, type) {
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { ...auth, 'content-type': type },
    body,
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
const call = async (procedure, input) =>
  (await send(`/api/trpc/${procedure}`, JSON.stringify({ json: input }), 'application/json')).result.data
    .json;

async function read(id) {
  const input = encodeURIComponent(JSON.stringify({ json: { id } }));
  const response = await fetch(`${address}/api/trpc/runs.get?input=${input}`, { headers: auth });
  if (!response.ok) throw new Error(`run ${id}: ${response.status}`);
  return (await response.json()).result.data.json;
}

async function untilScored(runId) {
  for (;;) {
    const { state, error } = await read(runId);
    if (state === 'failed') throw new Error(error);
    if (state !== 'scoring') return;
    await wait(50);
  }
}
