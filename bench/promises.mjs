// What a server said that it has, as whoever sent it remembers: files by their hash, and runs with the states that each may be in.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auth } from './serving.mjs';

const SAMPLES = 754;
const TARGET = { benchmark: 'geoqa', split: 'test' };
export const ACTS = ['upload', 'scoring', 'publish', 'rescore', 'withdraw'];
/** What stands beside the first score of each published run. */
const beside = ({ scorers }) => scorers.find(({ id }) => id.startsWith('geoqa/strict'));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function promisesOf(address, dataDir) {
  const blobs = new Map();
  const runs = new Map();

  async function act(name, round, signal) {
    if (name === 'upload' || name === 'scoring') {
      const bytes = predictions(round, name === 'upload' ? 2_000 : 500);
      const { sha256 } = await send('/api/blobs', bytes, 'application/octet-stream', signal);
      blobs.set(sha256, bytes.length);
      if (name === 'scoring') await scored(sha256, round, signal);
      return;
    }
    const from = { publish: ['scored', 'withdrawn'], rescore: ['published'], withdraw: ['published'] }[name];
    for (const runId of runs.keys()) {
      const found = await read(runId, signal);
      if (!from.includes(found.state)) continue;
      if (name === 'rescore') {
        const unscored = found.scorers.find(({ score }) => !score);
        if (unscored === undefined) continue;
        await call('runs.rescore', { runId, scorer: unscored.id }, signal);
      } else {
        const to = name === 'publish' ? 'published' : 'withdrawn';
        runs.set(runId, [found.state, to]);
        await call(
          `submissions.${name}`,
          name === 'withdraw' ? { runId, note: 'a round' } : { runId },
          signal,
        );
        runs.set(runId, [to]);
      }
      return;
    }
  }

  async function scored(fileSha256, round, signal) {
    const model = {
      kind: 'new',
      name: `Round ${round}`,
      family: 'bench',
      parametersB: null,
      openWeights: false,
    };
    const input = {
      fileSha256,
      fileName: `${round}.jsonl`,
      ...TARGET,
      model: { ...model, link: null, stage: null, parentId: null },
      prompt: null,
      generation: null,
    };
    const { runId } = await call('submissions.create', input, signal);
    runs.set(runId, ['scoring', 'scored']);
    await untilScored(runId, signal);
  }

  /** @throws where something is gone or in a state that nobody put it in */
  async function check() {
    for (const [sha256, bytes] of blobs) {
      const there = readFileSync(join(dataDir, 'blobs', sha256.slice(0, 2), sha256));
      if (there.length !== bytes || createHash('sha256').update(there).digest('hex') !== sha256)
        throw new Error(`the file ${sha256} is not what was sent`);
    }
    for (const [runId, states] of runs) {
      const { state } = await read(runId);
      if (!states.includes(state)) throw new Error(`run ${runId} is ${state}, not ${states.join(' or ')}`);
      if (states.at(-1) === state) runs.set(runId, [state]);
    }
  }

  /** Publishes what is scored, and waits until what stands beside each published run is there. @returns how many are published */
  async function wholeInTheEnd() {
    let published = 0;
    for (const runId of runs.keys()) {
      await untilScored(runId);
      const { state } = await read(runId);
      if (state === 'withdrawn') continue;
      if (state === 'scored') await call('submissions.publish', { runId });
      runs.set(runId, ['published']);
      for (let tries = 0; ; tries++) {
        const found = await read(runId);
        if (found.state === 'published' && found.score?.total === SAMPLES && beside(found)?.score) break;
        if (tries > 600)
          throw new Error(`run ${runId} lacks what stands beside: ${JSON.stringify(found.scorers)}`);
        await wait(100);
      }
      published++;
    }
    return published;
  }

  async function untilScored(runId, signal) {
    for (;;) {
      const { state, error } = await read(runId, signal);
      if (state === 'failed') throw new Error(`run ${runId} failed: ${error}`);
      if (state !== 'scoring') return;
      await wait(50);
    }
  }

  /** Of all files that lie in the data folder, how many no row names. */
  async function orphans() {
    let count = readdirSync(join(dataDir, 'blobs', 'incoming')).length;
    for (const sha256 of filesIn(dataDir)) {
      const { headers } = await fetch(`${address}/api/blobs/${sha256}`, { method: 'HEAD', headers: own });
      if (headers.get('upload-offset') === '0') count++;
    }
    return count;
  }

  // A connection of its own for each: one that is kept may be of a server that was killed.
  const own = { ...auth, connection: 'close' };
  /** An answer that does not come is none. */
  const within = (signal) => AbortSignal.any([AbortSignal.timeout(30_000), ...(signal ? [signal] : [])]);
  async function send(path, body, type, signal) {
    const headers = { ...own, 'content-type': type };
    const response = await fetch(`${address}${path}`, {
      method: 'POST',
      headers,
      body,
      signal: within(signal),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
  async function call(procedure, input, signal) {
    const body = JSON.stringify({ json: input });
    return (await send(`/api/trpc/${procedure}`, body, 'application/json', signal)).result.data.json;
  }
  async function read(id, signal) {
    const input = encodeURIComponent(JSON.stringify({ json: { id } }));
    const response = await fetch(`${address}/api/trpc/runs.get?input=${input}`, {
      headers: own,
      signal: within(signal),
    });
    if (!response.ok) throw new Error(`run ${id}: ${response.status}`);
    return (await response.json()).result.data.json;
  }

  return { act, check, wholeInTheEnd, orphans, counts: () => ({ files: blobs.size, runs: runs.size }) };
}

/** Hashes by which files lie in a data folder, those that are still coming apart. */
export function filesIn(dataDir) {
  const blobs = join(dataDir, 'blobs');
  if (!existsSync(blobs)) return [];
  return readdirSync(blobs)
    .filter((place) => place !== 'incoming')
    .flatMap((place) => readdirSync(join(blobs, place)));
}

function predictions(round, length) {
  const rows = Array.from({ length: SAMPLES }, (_, index) =>
    JSON.stringify({
      sample_id: String(index),
      output: `<think>${round} ${'By the theorem. '.repeat(length / 16)}</think> The final answer is $${2 + (index % 80)}$`,
    }),
  );
  return Buffer.from(rows.join('\n'));
}

export function installGeoqa({ folder, ocean }) {
  const path = join(folder, 'geoqa.jsonl');
  const rows = Array.from({ length: SAMPLES }, (_, index) => ({
    image_path: `./Geo170K/images/test/${index}.png`,
    question: `As shown in the figure, what is the length of the segment ${index}?`,
    ground_truth: String(2 + (index % 80)),
  }));
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  ocean('benchmarks', 'install', 'geoqa', '--from', path);
}
