// `node bench/training-load.mjs [agents, 20] [minutes, 5]`: so many agents tell 20 metrics five times a second, each as the trainer's
// own does: what came together since the last request goes in the next. No write may be refused; what the server needs is said.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ask, median, seconds } from './agents.mjs';
import { serving, TOKEN } from './serving.mjs';

const AGENTS = Number(process.argv[2] ?? 20);
const MINUTES = Number(process.argv[3] ?? 5);
const EVERY = 0.2;
const STEPS = Math.round((MINUTES * 60) / EVERY);
const MACHINE = { host: 'bench', system: '', cores: 1, memory: 1, diskFree: 1, cards: [], versions: {} };
const NAMES = Array.from({ length: 20 }, (_, n) => `group${n % 4}/metric_${n}`);
const TOML = readFileSync(new URL('../trainer/recipes/toy-stage1.toml', import.meta.url), 'utf8');

const refused = [];
const latencies = [];

async function post(url, token, body, lease) {
  const began = performance.now();
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      ...(lease === undefined ? {} : { 'x-lease': lease }),
    },
    body: gzipSync(JSON.stringify(body), { level: 3 }),
  });
  const text = await reply.text();
  latencies.push(performance.now() - began);
  if (!reply.ok) refused.push(`${reply.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** Takes a job up, and tells its steps as they come. */
async function work(address, token) {
  const { job } = await post(`${address}/api/agent/lease`, token, { protocol: 1, machine: MACHINE });
  const door = `${address}/api/agent/jobs/${job.id}`;
  const waiting = [{ type: 'begin', step: 0, steps: STEPS }];
  let step = 0;
  const stepping = setInterval(() => {
    step++;
    waiting.push({
      type: 'metrics',
      step,
      values: Object.fromEntries(NAMES.map((name) => [name, Math.random()])),
    });
    if (step === STEPS) clearInterval(stepping);
  }, EVERY * 1_000);
  const beating = setInterval(() => post(`${door}/beat`, token, {}, job.lease), 10_000);
  let seq = 0;
  while (step < STEPS || waiting.length > 0) {
    const at = new Date().toISOString();
    const events = waiting.splice(0, 1_000).map((event) => ({ seq: seq++, at, event }));
    if (events.length > 0) await post(`${door}/events`, token, { events }, job.lease);
    await seconds(EVERY);
  }
  clearInterval(beating);
  return job.id;
}

await serving(4304, async ({ address, call, memory }) => {
  const spec = {
    kind: 'train',
    recipe: { toml: TOML, overrides: {} },
    start: { kind: 'path', path: 'none' },
    rows: [],
  };
  const tokens = [];
  for (let n = 0; n < AGENTS; n++) {
    tokens.push((await call('training.createAgent', { name: `agent ${n}` })).token);
    await call('training.create', { name: `Job ${n}`, public: true, chain: [spec] });
  }
  let peak = 0;
  const looking = setInterval(() => {
    peak = Math.max(peak, memory());
  }, 1_000);
  const began = performance.now();
  const jobs = await Promise.all(tokens.map((token) => work(address, token)));
  const took = (performance.now() - began) / 1_000;
  clearInterval(looking);
  let there = 0;
  for (const id of jobs)
    for (let from = 1; from <= STEPS; from += 1_000) {
      const range = { from, to: from + 999, points: 5_000 };
      const curve = (await ask(address, TOKEN, 'curves', { id, names: [NAMES[0]], ...range }))[NAMES[0]];
      there += curve.steps.length;
    }
  const sorted = [...latencies].sort((a, b) => a - b);
  console.log(
    `${AGENTS} agents, ${NAMES.length} metrics, ${1 / EVERY} steps/s, ${STEPS} steps each: ${took.toFixed(0)} s`,
  );
  console.log(`requests ${latencies.length}, refused ${refused.length}`);
  console.log(
    `answered in ${median(sorted).toFixed(0)} ms (median), ${sorted[Math.floor(0.99 * sorted.length)].toFixed(0)} ms (99 %)`,
  );
  console.log(`server's memory at most ${peak.toFixed(0)} MB; steps there ${there} of ${AGENTS * STEPS}`);
  for (const each of new Set(refused)) console.log(`  ${each}`);
  if (refused.length > 0 || there !== AGENTS * STEPS) process.exitCode = 1;
});
