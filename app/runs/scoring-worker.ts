import { benchmarkOf } from '@/lib/benchmarks/registry';
import type { Scorer } from '@/lib/scoring/scorer';
import type { FromScorer, ToScorer } from './scoring-messages';

// The web worker that a page starts to score in the browser: the same scorers as on the server, unchanged.

let scorer: Scorer | undefined;

const say = (message: FromScorer) => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<ToScorer>) => {
  if (data.type === 'open') {
    scorer = benchmarkOf(data.benchmark)?.scorers.find(({ id }) => id === data.scorer);
    if (scorer === undefined) throw new Error(`There is no scorer ${data.scorer} for ${data.benchmark}.`);
    say({ type: 'ready' });
    return;
  }
  if (scorer === undefined) throw new Error('samples came before a scorer was named');
  for (const { sample, output, extraction } of data.samples)
    say({ type: 'verdict', verdict: scorer.score(sample, output, extraction ?? undefined) });
});
