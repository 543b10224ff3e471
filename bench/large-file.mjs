// What the largest submission does to everybody else: health and a static file are asked for ten times a second while 518 MB
// (OCEAN_BENCH_MB) are uploaded, preflighted, scored and published; while ten searches run in them; and while both happen at once.
import { told } from './probe.mjs';
import { installRefcoco, submitted, writePredictions } from './refcoco-runs.mjs';
import { serving } from './serving.mjs';

const MB = Number(process.env.OCEAN_BENCH_MB ?? 518);

export async function largeFile() {
  await serving(4199, async (server) => {
    const { folder, probed } = server;
    installRefcoco(server);
    const first = await writePredictions(folder, MB, 1);
    const second = await writePredictions(folder, MB, 2);
    let runId = '';
    await probed('nothing', () => new Promise((resolve) => setTimeout(resolve, 5_000)));
    await probed(`${MB} MB: uploaded, preflighted, scored, published`, async () => {
      runId = await submitted(server, first, 'First');
    });
    await probed('ten searches in it', () => tenSearches(server, runId, 0));
    await probed('both: ten searches, and as many bytes again', async () => {
      const [, searches] = await Promise.all([
        submitted(server, second, 'Second'),
        tenSearches(server, runId, 10),
      ]);
      return searches;
    });
  });
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
