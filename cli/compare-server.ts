import { benchmarkOf } from '@/lib/benchmarks/registry';
import type { Sample } from '@/lib/samples/sample';
import type { Outcome } from '@/lib/scoring/scorer';
import type { RunPage } from '@/server/evals/types';
import type { LoadedRun } from './loaded-run';
import type { Api } from './server-api';

/** The server does not have the run, or not its verdicts. */
export class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

/** A run of a server with its verdicts by the scorer of its headline. @throws RunRefused saying why it cannot be compared */
export async function runOfServer(api: Api, id: string): Promise<LoadedRun> {
  const page = await api.call((trpc) => trpc.runs.get.query({ id }), RunRefused);
  const { score } = page;
  const named = [
    page.model.name,
    page.checkpoint.stage,
    page.checkpoint.step && `step ${page.checkpoint.step}`,
  ];
  const run = {
    id: page.id,
    names: [named.filter(Boolean).join(' '), `${named.filter(Boolean).join(' ')} (${id})`],
    benchmark: page.benchmark,
    split: page.split ?? benchmarkOf(page.benchmark.id)?.splits[0] ?? { id: 'all', label: 'all' },
  };
  if (page.source === 'reported') {
    if (benchmarkOf(page.benchmark.id)?.headline.kind === 'mean-of-splits')
      throw new RunRefused(
        `${id} is a reported mean of several splits; no run has the samples of all of them`,
      );
    const interval = score?.interval;
    if (!score || !interval) throw new RunRefused(`${id} has a reported figure without an interval`);
    return { ...run, scored: null, figure: { value: score.headline, interval } };
  }
  if (page.data === null || (page.state !== 'scored' && page.state !== 'published'))
    throw new RunRefused(`${id} has no verdicts: ${STATES[page.state]}`);
  const scorer = page.headlineScorer;
  const samples: Sample[] = [];
  const outcomes: Outcome[] = [];
  for (let after: number | null = -1; after !== null; ) {
    const from: number = after;
    const answer = await api.call(
      (trpc) => trpc.runs.scorable.query({ id, scorer, after: from }),
      RunRefused,
    );
    for (const { verdict, ...sample } of answer.samples) {
      samples.push(sample);
      outcomes.push(verdict.outcome);
    }
    after = answer.next;
  }
  if (samples.length === 0) throw new RunRefused(`${id} has no samples`);
  return {
    ...run,
    scored: { data: page.data.sha256, scorer, samples, outcomes },
    figure: score?.interval ? { value: score.headline, interval: score.interval } : null,
  };
}

const STATES: Readonly<Record<RunPage['state'], string>> = {
  scoring: 'it is being scored',
  scored: 'its annotations are not known',
  published: 'its annotations are not known',
  withdrawn: 'it is withdrawn',
  failed: 'its scoring failed',
  cancelled: 'its scoring was cancelled',
};
