import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** How long an answer is waited for, in ms. */
const PATIENCE_MS = 30_000;

/**
 * Asks for addresses, one after the other and then again from the first, so many times a second, whatever becomes of it; in a thread of
 * its own. @returns what ends it, and gives how many were asked, how many of each status came back, and the times of those.
 */
export function flood(addresses, perSecond) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { addresses, perSecond } });
  return () =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.postMessage('end');
    });
}

if (!isMainThread) {
  const { addresses, perSecond } = workerData;
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });
  const started = performance.now();
  const counts = {};
  const times = [];
  let asked = 0;
  let open = 0;
  let over = false;
  const ask = (address) => {
    const begun = performance.now();
    open++;
    const told = (status) => {
      open--;
      counts[status] = (counts[status] ?? 0) + 1;
      if (status === 200) times.push(performance.now() - begun);
    };
    get(address, { agent, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      response
        .resume()
        .once('end', () => told(response.statusCode))
        .once('error', () => told('cut'));
    }).once('error', () => told('none'));
  };
  const timer = setInterval(() => {
    for (; !over && asked < ((performance.now() - started) / 1_000) * perSecond; asked++)
      ask(addresses[asked % addresses.length]);
    if (!over || open > 0) return;
    clearInterval(timer);
    parentPort.postMessage({ asked, counts, times: times.toSorted((a, b) => a - b) });
  }, 10);
  parentPort.once('message', () => {
    over = true;
  });
}
