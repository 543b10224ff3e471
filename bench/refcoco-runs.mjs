// RefCOCO's first validation split and large predictions for it, made up: what a run of any size is made of.
import { createWriteStream, openAsBlob, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { auth } from './serving.mjs';

const SAMPLES = 10_834;
const TARGET = { benchmark: 'refcoco', split: 'refcoco_val' };
const box = (index) => [index % 300, 20, (index % 300) + 60, 90];

export function installRefcoco({ folder, ocean }) {
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

/** Uploads, looks through, scores and publishes. @returns the run's id */
export async function submitted({ address, call, upload }, path, name) {
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

/** As many MB of them; with another `seed` others. @returns where */
export async function writePredictions(folder, mb, seed) {
  const path = join(folder, `predictions-${seed}.jsonl`);
  const file = createWriteStream(path);
  const words = 'Looking from left to right, the described region stands beside the others. ';
  const thinking = words.repeat(Math.round((mb * 1e6) / SAMPLES / words.length));
  for (let index = 0; index < SAMPLES; index++) {
    const output = `<think>${seed} ${index} ${thinking}</think><answer>{"bbox_2d": [${box(index).join(', ')}]}</answer>`;
    if (!file.write(`${JSON.stringify({ sample_id: String(index), output })}\n`))
      await new Promise((resolve) => file.once('drain', resolve));
  }
  file.end();
  await finished(file);
  return path;
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
