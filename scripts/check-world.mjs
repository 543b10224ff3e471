// `node scripts/check-world.mjs [--count 100000] [--seed 0]`: asks random questions over all tasks and splits, has the
// checker answer each of them again, and prints how far one would get with constant answers. It ends with 1 where the
// checker finds a fault or a constant wins too often. Interrupted, it tells what it has seen so far.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const SIZES = [96, 112, 160, 224];

if (isMainThread) await main();
else await work();

async function main() {
  const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
  const count = Number(values.count ?? 100_000);
  const seed = Number(values.seed ?? 0);
  const folder = mkdtempSync(join(tmpdir(), 'ocean-world-'));
  try {
    const world = join(folder, 'world.mjs');
    await bundle(world);
    const { SPLITS, isTooLarge, shares } = await import(pathToFileURL(world).href);
    const faults = [];
    let tooLarge = 0;
    const asked = Object.fromEntries(SPLITS.map((split) => [split, []]));
    const workers = availableParallelism();
    let done = 0;
    await Promise.all(
      Array.from({ length: workers }, (_, first) => {
        const worker = new Worker(new URL(import.meta.url), {
          workerData: { world, count, seed, first, workers },
        });
        process.once('SIGINT', () => worker.terminate());
        return new Promise((resolve, reject) => {
          worker.on('error', reject);
          worker.on('exit', resolve);
          worker.on('message', (batch) => {
            for (const { split, question, fault } of batch) {
              asked[split].push(question);
              if (fault) faults.push(fault);
              if (fault && faults.length <= 20) console.log(fault);
            }
            const before = done;
            done += batch.length;
            if (Math.floor(before / 5000) < Math.floor(done / 5000))
              console.log(`${done} of ${count} questions, ${faults.length} faults`);
          });
        });
      }),
    );
    for (const split of SPLITS) {
      console.log(`\n${split}: ${asked[split].length} questions`);
      for (const share of shares(asked[split])) {
        if (isTooLarge(share)) tooLarge++;
        console.log(
          `${isTooLarge(share) ? '!' : ' '} ${share.of.padEnd(22)} ${share.by.padEnd(7)} ${String(share.count).padStart(6)} asked, ${String(share.answers).padStart(5)} answers; best constant ${(100 * share.share).toFixed(1).padStart(5)} % (at most ${(100 * share.limit).toFixed(1)} %): ${share.majority}`,
        );
      }
    }
    console.log(
      `\n${done} questions, ${faults.length} faults, ${tooLarge} constants that win too often (marked !)`,
    );
    process.exitCode = faults.length + tooLarge > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundle(outfile) {
  const { build } = await import('esbuild');
  const from = (name, file) => `export { ${name} } from './lib/world/${file}';`;
  await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    stdin: {
      contents: [
        from('ask', 'world'),
        from('fault', 'check'),
        from('isTooLarge, shares', 'balance'),
        from('TASKS', 'question'),
        from('SPLITS, seedIn', 'scene'),
      ].join('\n'),
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
}

/** Every question's task and split follow from its number; its seed is random but follows from it too. */
async function work() {
  const { world, count, seed, first, workers } = workerData;
  const { SPLITS, TASKS, ask, fault, seedIn } = await import(pathToFileURL(world).href);
  let batch = [];
  for (let n = first; n < count; n += workers) {
    const split = SPLITS[Math.floor(n / TASKS.length) % SPLITS.length];
    const size = SIZES[Math.floor(n / TASKS.length / SPLITS.length) % SIZES.length];
    const asked = ask(TASKS[n % TASKS.length], seedIn(split, ((n + seed) * 2_654_435_761) % 2 ** 51), size);
    const { task, kind, options, answer } = asked.question;
    batch.push({ split, question: { task, kind, options, answer }, fault: fault(asked, size) });
    if (batch.length === 200) {
      parentPort.postMessage(batch);
      batch = [];
    }
  }
  parentPort.postMessage(batch);
}
