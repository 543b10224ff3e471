// What each question that a visitor may ask costs on large runs (four of OCEAN_BENCH_MB, 50, each), alone and forty at once, all of them
// different, and how health is answered meanwhile; then how somebody who is signed in works while 1,000 requests a
// second of others come.
import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { flood } from './flood.mjs';
import { told } from './probe.mjs';
import { installRefcoco, submitted, writePredictions } from './refcoco-runs.mjs';
import { auth, serving } from './serving.mjs';

const MB = Number(process.env.OCEAN_BENCH_MB ?? 50);
const AT_ONCE = 40;
const SECONDS = 20;

export async function visitors() {
  await serving(4199, async (server) => {
    installRefcoco(server);
    const runs = [];
    for (let n = 0; n < 4; n++)
      runs.push(await submitted(server, await writePredictions(server.folder, MB, n), `Model ${n}`));
    for (const [name, input] of Object.entries(questionsAbout(runs))) {
      const alone = (await ask(server, name, input(0))).ms;
      await server.probed(name, async () => {
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, n) => ask(server, name, input(n + 1))),
        );
        return `alone ${alone.toFixed(0)} ms, ${AT_ONCE} at once ${told(sorted(answers))}, ${statuses(answers)}`;
      });
    }
    await signedIn(server, runs);
  });
}

/** Procedures with what they are asked: with another `n` another question, so that nothing that is kept answers it. */
function questionsAbout(runs) {
  const [id] = runs;
  const scorers = { from: 'refcoco/seed@1', to: 'refcoco/seed@1' };
  const rotated = (n) => runs.map((_, place) => runs[(place + n) % runs.length]);
  return {
    'leaderboard.benchmark': () => ({ id: 'refcoco' }),
    'runs.get': () => ({ id }),
    'runs.samples': (n) => ({ id, filter: { tag: { tag: 'split', value: `${n}` } }, offset: 0, limit: 200 }),
    'runs.position': (n) => ({ id, filter: { tag: { tag: 'size', value: `${n}` } }, sampleId: `${n}` }),
    'runs.sample': (n) => ({ id, sampleId: `${n}` }),
    'runs.changes': (n) => ({
      id,
      ...scorers,
      filter: { tag: { tag: 'a', value: `${n}` } },
      offset: 0,
      limit: 200,
    }),
    'runs.comparison': () => ({ id, ...scorers }),
    'runs.outcomes': (n) => ({ id: runs[n % runs.length] }),
    'runs.sampleGroups': () => ({ id }),
    'runs.compare': (n) => ({
      runs: rotated(n).slice(0, 2 + (n % 3)),
      checkpoints: [],
      model: null,
      baseline: null,
    }),
    'runs.compared': (n) => ({
      ids: runs,
      places: Array.from({ length: 200 }, (_, place) => place * 50 + n),
    }),
    'runs.behaviour': (n) => ({ ids: rotated(n), baseline: n % 4 }),
    'runs.scorable': (n) => ({ id, scorer: scorers.from, after: n * 100 }),
    'runs.compareChoices': () => undefined,
    'training.list': () => ({ limit: 1_000 }),
  };
}

function addressOf({ address }, procedure, input) {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  return `${address}/api/trpc/${procedure}${query}`;
}

async function ask(server, procedure, input, headers = {}) {
  const started = performance.now();
  const response = await fetch(addressOf(server, procedure, input), { headers });
  await response.text();
  return { status: response.status, ms: performance.now() - started };
}

/** As a visitor of another address asks. */
function askElsewhere(server, procedure, input) {
  const url = new URL(addressOf(server, procedure, input));
  url.hostname = '127.0.0.1';
  const started = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { localAddress: '127.0.0.2', agent: false }, (response) => {
      response
        .resume()
        .once('end', () => resolve({ status: response.statusCode, ms: performance.now() - started }));
    }).once('error', reject);
  });
}

const sorted = (answers) => answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
function statuses(answers) {
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return JSON.stringify(counts);
}

/** How somebody who is signed in is answered, one question after the other, alone and while others ask a thousand a second. */
async function signedIn(server, runs) {
  const questions = Object.entries(questionsAbout(runs));
  const work = async (from, asked) => {
    const answers = [];
    const until = performance.now() + SECONDS * 1_000;
    for (let n = from; performance.now() < until; n++) {
      const [name, input] = questions[n % questions.length];
      answers.push(await asked(name, input(n)));
      await wait(50);
    }
    return `${statuses(answers)} ${told(sorted(answers))}`;
  };
  const signed = (name, input) => ask(server, name, input, auth);
  await server.probed('somebody who is signed in, alone', () => work(1_000_000, signed));
  await server.probed('and while 1,000 requests a second of others come', async () => {
    const addresses = Array.from({ length: 20_000 }, (_, n) => {
      const [name, input] = questions[n % questions.length];
      return addressOf(server, name, input(2_000_000 + n));
    });
    const end = flood(addresses, 1_000);
    const [own, elsewhere] = await Promise.all([
      work(3_000_000, signed),
      work(4_000_000, (name, input) => askElsewhere(server, name, input)),
    ]);
    const { asked, counts, times } = await end();
    return `${own}; a visitor of another address ${elsewhere}; ${asked} of others: ${JSON.stringify(counts)}, 200: ${told(times)}`;
  });
}
