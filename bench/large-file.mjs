// What the largest submission does to everybody else: health and a static file are asked for ten times a second while 518 MB
// (OCEAN_BENCH_MB) are uploaded, preflighted, scored and published; while ten searches run in them; and while both happen at once.
import { createWriteStream, openAsBlob, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { told } from './probe.mjs';
import { auth, serving } from './serving.mjs';

const MB = Number(process.env.OCEAN_BENCH_MB ?? 518);
const SAMPLES = 10_834;
const TARGET = { benchmark: 'refcoco', split: 'refcoco_val' };
const box = (index) => [index % 300, 20, (index % 300) + 60, 90];

export async function largeFile() {
  await serving(4199, async (server) => {
    const { folder, probed } = server;
    installRefcoco(server);
    const paths = [1, 2].map((n) => join(folder, `predictions-${n}.jsonl`));
    for (const [n, path] of paths.entries()) await writePredictions(path, n);
    let runId = '';
    await probed('nothing', () => new Promise((resolve) => setTimeout(resolve, 5_000)));
    await probed(`${MB} MB: uploaded, preflighted, scored, published`, async () => {
      runId = await submitted(server, paths[0], 'First');
    });
    await probed('ten searches in it', () => tenSearches(server, runId, 0));
    await probed('both: ten searches, and as many bytes again', async () => {
      const [, searches] = await Promise.all([
        submitted(server, paths[1], 'Second'),
        tenSearches(server, runId, 10),
      ]);
      return searches;
    });
  });
}

function installRefcoco({ folder, ocean }) {
  const path = join(folder, 'refcoco_val.json');
  const rows = Array.from({ length: SAMPLES }, (_, index) => ({
    image: `train2014/made_up_${index % 1500}.png`,
    problem: `Please provide the bounding box coordinate of the region this sentence describes: shape ${index}.`,
    solution: box(index),
    normalized_solution: box(index),
  }));
  writeFileSync(path, JSON.stringify(rows));
  ocean('benchmarks', 'install', TARGET.benchmark, '--split', TARGET.split, '--from', path);
}

async function submitted({ address, call, upload }, path, name) {
  const { sha256 } = await upload(await openAsBlob(path));
  const file = { fileSha256: sha256, fileName: 'predictions.jsonl', ...TARGET };
  await call('submissions.preflight', file);
  const model = { kind: 'new', name, family: 'bench', parametersB: null, openWeights: false, link: null };
  const { runId } = await call('submissions.create', {
    ...file,
    model: { ...model, stage: null, parentId: null },
    prompt: null,
    generation: null,
  });
  await untilScored(address, runId);
  await call('submissions.publish', { runId });
  return runId;
}

async function tenSearches({ address }, runId, from) {
  const times = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const input = {
        id: runId,
        filter: { text: `words that nobody wrote ${from + n}` },
        offset: 0,
        limit: 100,
      };
      const started = performance.now();
      const query = encodeURIComponent(JSON.stringify({ json: input }));
      const response = await fetch(`${address}/api/trpc/runs.samples?input=${query}`);
      if (!response.ok) throw new Error(`a search was answered ${response.status}: ${await response.text()}`);
      return performance.now() - started;
    }),
  );
  return `searches: ${told(times.toSorted((a, b) => a - b))}`;
}

async function writePredictions(path, seed) {
  const file = createWriteStream(path);
  const words = 'Looking from left to right, the described region stands beside the others. ';
  const thinking = words.repeat(Math.round((MB * 1e6) / SAMPLES / words.length));
  for (let index = 0; index < SAMPLES; index++) {
    const output = `<think>${seed} ${index} ${thinking}</think><answer>{"bbox_2d": [${box(index).join(', ')}]}</answer>`;
    if (!file.write(`${JSON.stringify({ sample_id: String(index), output })}\n`))
      await new Promise((resolve) => file.once('drain', resolve));
  }
  file.end();
  await finished(file);
}

async function untilScored(address, id) {
  const input = encodeURIComponent(JSON.stringify({ json: { id } }));
  for (;;) {
    const response = await fetch(`${address}/api/trpc/runs.get?input=${input}`, { headers: auth });
    const { state, error } = (await response.json()).result.data.json;
    if (state === 'failed') throw new Error(error);
    if (state === 'scored') return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
