import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** How many ms apart an address is asked. */
const EVERY_MS = 100;

/**
 * Asks addresses ten times a second each, in a thread of its own: what the bench itself does meanwhile delays none of it.
 * @returns what ends it, and gives the times of each address in ms, sorted.
 */
export function probe(addresses) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: addresses });
  return () =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.postMessage('end');
    });
}

/** Of sorted times, in words. */
export function told(times) {
  const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))]?.toFixed(0);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} ms`;
}

if (!isMainThread) {
  const ending = new AbortController();
  parentPort.once('message', () => ending.abort());
  const all = await Promise.all(workerData.map((address) => timesOf(address, ending.signal)));
  parentPort.postMessage(all);
}

async function timesOf(address, signal) {
  const times = [];
  while (!signal.aborted) {
    const started = performance.now();
    const isAnswered = await fetch(address, { signal: AbortSignal.timeout(60_000) })
      .then(async (response) => {
        await response.arrayBuffer();
        return response.ok;
      })
      .catch(() => false);
    times.push(isAnswered ? performance.now() - started : Number.POSITIVE_INFINITY);
    await wait(EVERY_MS);
  }
  return times.toSorted((a, b) => a - b);
}
