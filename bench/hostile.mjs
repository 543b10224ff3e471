// What one visitor can do to all others: health and a static file are asked for ten times a second meanwhile. OCEAN_BENCH_MB says
// how large the submission is (518), on a data folder of its own.
import { createWriteStream, openAsBlob, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { root } from '../scripts/setup.mjs';
import { peakDuring, serving } from './serving.mjs';

const MB = Number(process.env.OCEAN_BENCH_MB ?? 518);
const SAMPLES = 10_834;
const box = (index) => [index % 300, 20, (index % 300) + 60, 90];
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function hostile() {
  await serving(4199, async ({ address, folder, ocean, call, upload, memory }) => {
    const { host, port } = { host: '127.0.0.1', port: Number(new URL(address).port) };
    const chunk = readdirSync(join(root, '.next/static/chunks')).find((name) => name.endsWith('.js'));
    const probed = async (name, work) => {
      const probes = [probe(`${address}/api/health`), probe(`${address}/_next/static/chunks/${chunk}`)];
      const started = performance.now();
      let said = '';
      const peak = await peakDuring(memory, async () => {
        said = (await work()) ?? '';
      });
      const [health, file] = probes.map(({ end }) => end());
      console.log(
        `${name.padEnd(44)} ${((performance.now() - started) / 1_000).toFixed(1).padStart(6)} s` +
          `   health ${health}   static ${file}   memory at most ${peak.toFixed(0)} MB   ${said}`,
      );
    };
    await probed('nothing', () => wait(5_000));

    await probed('24 bodies of 11.5 MB of empty turns', async () => {
      const body = Buffer.from(`{"json":{"conversation":{"turns":[${'{},'.repeat(3_800_000)}{}]}}}`);
      const headers = { 'content-type': 'application/json' };
      return told(
        Array.from({ length: 24 }, () =>
          fetch(`${address}/api/trpc/share.create`, { method: 'POST', headers, body }),
        ),
      );
    });
    await probed('3,000 guesses of a token', async () => {
      const counts = {};
      for (let n = 0; n < 3_000; n += 50)
        await Promise.all(Array.from({ length: 50 }, (_, i) => guess(n + i)));
      async function guess(n) {
        const headers = {
          authorization: `Bearer guess-number-${n}`,
          'x-forwarded-for': `1.2.${n >> 8}.${n & 255}`,
        };
        const { status } = await fetch(`${address}/api/trpc/submissions.session`, { headers });
        counts[status] = (counts[status] ?? 0) + 1;
      }
      return JSON.stringify(counts);
    });
    await probed('100 bodies that stall', async () => {
      const sockets = Array.from({ length: 100 }, () => stalled(host, port));
      await wait(30_000);
      return `${sockets.filter((socket) => !socket.closed).length} still open after 30 s`;
    });

    writeFileSync(
      join(folder, 'refcoco_val.json'),
      JSON.stringify(
        Array.from({ length: SAMPLES }, (_, index) => ({
          image: `train2014/made_up_${index % 1500}.png`,
          problem: `Please provide the bounding box coordinate of the region this sentence describes: shape ${index}.`,
          solution: box(index),
          normalized_solution: box(index),
        })),
      ),
    );
    const target = { benchmark: 'refcoco', split: 'refcoco_val' };
    ocean(
      'benchmarks',
      'install',
      'refcoco',
      '--split',
      target.split,
      '--from',
      join(folder, 'refcoco_val.json'),
    );
    const path = join(folder, 'predictions.jsonl');
    await writePredictions(path);
    let runId = '';
    // The minute of wrong tokens is over by then.
    await wait(30_000);
    await probed(`${MB} MB: uploaded, preflighted, scored, published`, async () => {
      const { sha256 } = await upload(await openAsBlob(path));
      const file = { fileSha256: sha256, fileName: 'predictions.jsonl', ...target };
      await call('submissions.preflight', file);
      const model = {
        kind: 'new',
        name: 'Large',
        family: 'bench',
        parametersB: null,
        openWeights: false,
        link: null,
      };
      const made = await call('submissions.create', {
        ...file,
        model: { ...model, stage: null, parentId: null },
        prompt: null,
        generation: null,
      });
      runId = made.runId;
      await untilScored(address, runId);
      await call('submissions.publish', { runId });
    });
    await probed('ten searches in it', async () => {
      const search = (text) => {
        const input = JSON.stringify({ json: { id: runId, filter: { text }, offset: 0, limit: 100 } });
        return fetch(`${address}/api/trpc/runs.samples?input=${encodeURIComponent(input)}`);
      };
      return told(Array.from({ length: 10 }, (_, n) => search(`words that nobody wrote ${n}`)));
    });
  });
}

/** Asks ten times a second; `end` gives the slowest but one in a hundred, and the slowest. */
function probe(url) {
  const times = [];
  let over = false;
  (async () => {
    while (!over) {
      const started = performance.now();
      await fetch(url, { signal: AbortSignal.timeout(60_000) }).then(
        (response) => response.arrayBuffer(),
        () => times.push(Number.POSITIVE_INFINITY),
      );
      times.push(performance.now() - started);
      await wait(100);
    }
  })();
  return {
    end() {
      over = true;
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share) =>
        sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(0);
      return `p99 ${at(0.99)} ms, most ${at(1)} ms`;
    },
  };
}

async function told(answers) {
  // A body that is not begun ends with its connection.
  const status = (answer) =>
    answer.then(
      (response) => response.status,
      () => 'cut',
    );
  const statuses = await Promise.all(answers.map(status));
  return [...new Set(statuses)]
    .map((each) => `${each} x ${statuses.filter((s) => s === each).length}`)
    .join(', ');
}

function stalled(host, port) {
  const socket = connect(port, host)
    .on('error', () => {})
    .resume();
  socket.write(
    'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 11000000\r\n\r\n{"endpoint":"',
  );
  return socket;
}

async function writePredictions(path) {
  const file = createWriteStream(path);
  const words = 'Looking from left to right, the described region stands beside the others. ';
  const thinking = words.repeat(Math.round((MB * 1e6) / SAMPLES / words.length));
  for (let index = 0; index < SAMPLES; index++) {
    const output = `<think>${index} ${thinking}</think><answer>{"bbox_2d": [${box(index).join(', ')}]}</answer>`;
    if (!file.write(`${JSON.stringify({ sample_id: String(index), output })}\n`))
      await new Promise((resolve) => file.once('drain', resolve));
  }
  file.end();
  await finished(file);
}

async function untilScored(address, id) {
  const input = encodeURIComponent(JSON.stringify({ json: { id } }));
  for (;;) {
    const response = await fetch(`${address}/api/trpc/runs.get?input=${input}`, {
      headers: { authorization: 'Bearer bench-token-0000001' },
    });
    const { state, error } = (await response.json()).result.data.json;
    if (state === 'failed') throw new Error(error);
    if (state === 'scored') return;
    await wait(500);
  }
}
