// What each question that a visitor may ask costs on large runs (four of OCEAN_BENCH_MB, 50, each), alone and forty at once, all of them
// different, and how health is answered meanwhile; then how somebody who is signed in works while 1,000 requests a
// second of others come.
import { setTimeout as wait } from 'node:timers/promises';
import { told } from './probe.mjs';
import { installRefcoco, submitted, writePredictions } from './refcoco-runs.mjs';
import { auth, serving } from './serving.mjs';

const MB = Number(process.env.OCEAN_BENCH_MB ?? 50);
const AT_ONCE = 40;
const FLOOD_SECONDS = 20;

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
    await flood(server, runs);
  });
}

/** Procedures with what they are asked: with another `n` another question, so that nothing that is kept answers it. */
function questionsAbout(runs) {
  const [id] = runs;
  const scorers = { from: 'refcoco/seed@1', to: 'refcoco/box-iou@1' };
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

async function ask({ address }, procedure, input, headers = {}) {
  const started = performance.now();
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const response = await fetch(`${address}/api/trpc/${procedure}${query}`, { headers });
  const body = await response.text();
  return { status: response.status, ms: performance.now() - started, bytes: body.length };
}

const sorted = (answers) => answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
function statuses(answers) {
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return JSON.stringify(counts);
}

/** A thousand requests a second of visitors, whatever becomes of them, and one after the other of somebody who is signed in. */
async function flood(server, runs) {
  const questions = Object.entries(questionsAbout(runs));
  const work = async (seconds) => {
    const answers = [];
    const until = performance.now() + seconds * 1_000;
    for (let n = 0; performance.now() < until; n++) {
      const [name, input] = questions[n % questions.length];
      answers.push(await ask(server, name, input(1_000_000 + n), auth));
      await wait(50);
    }
    return answers;
  };
  await server.probed('somebody who is signed in, alone', async () => {
    const answers = await work(FLOOD_SECONDS);
    return `${statuses(answers)} ${told(sorted(answers))}`;
  });
  await server.probed('and while 1,000 requests a second of others come', async () => {
    const open = [];
    let over = false;
    const flooding = (async () => {
      const started = performance.now();
      for (let n = 0; !over; await wait(10))
        for (; n < performance.now() - started; n++) {
          const [name, input] = questions[n % questions.length];
          open.push(
            ask(server, name, input(2_000_000 + n)).catch(() => ({
              status: 'cut',
              ms: Number.POSITIVE_INFINITY,
            })),
          );
        }
    })();
    const answers = await work(FLOOD_SECONDS);
    over = true;
    await flooding;
    const others = await Promise.all(open);
    return `${statuses(answers)} ${told(sorted(answers))}; ${(others.length / FLOOD_SECONDS).toFixed(0)}/s others ${statuses(others)} ${told(sorted(others))}`;
  });
}
