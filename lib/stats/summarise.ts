import type { Benchmark } from '@/lib/benchmarks/benchmark';
import type { Sample } from '@/lib/samples/sample';
import type { Outcome } from '@/lib/scoring/scorer';
import { type Count, clusteredInterval } from './intervals';
import type { BreakdownGroup, Interval, RunScore } from './score';

/** Counts of a set of samples, by cluster. */
type ByCluster = Map<string, Count>;

function add(clusters: ByCluster, cluster: string, correct: boolean): void {
  const count = clusters.get(cluster) ?? { correct: 0, total: 0 };
  count.correct += Number(correct);
  count.total += 1;
  clusters.set(cluster, count);
}

function figures(clusters: ByCluster): Count & { accuracy: number; interval: Interval } {
  const counts = [...clusters.values()];
  let correct = 0;
  let total = 0;
  for (const count of counts) {
    correct += count.correct;
    total += count.total;
  }
  return { correct, total, accuracy: (100 * correct) / total, interval: clusteredInterval(counts) };
}

/**
 * The score of a run over one split: `outcomes` stand in the order of `samples`, one each. All but `correct` count as
 * wrong. Breakdown groups come in the order of the benchmark's breakdowns, then by value (numbers by size).
 *
 * @throws RangeError where there are no samples, or another number of outcomes.
 */
export function summarise(
  benchmark: Pick<Benchmark, 'breakdowns' | 'secondary'>,
  samples: readonly Pick<Sample, 'tags' | 'cluster'>[],
  outcomes: readonly Outcome[],
): RunScore {
  if (samples.length === 0 || samples.length !== outcomes.length)
    throw new RangeError(`${outcomes.length} outcomes for ${samples.length} samples`);

  const all: ByCluster = new Map();
  const byTag = new Map<string, Map<string, ByCluster>>();
  for (const [i, sample] of samples.entries()) {
    const correct = outcomes[i] === 'correct';
    add(all, sample.cluster, correct);
    for (const [tag, values] of Object.entries(sample.tags)) {
      const groups = byTag.get(tag) ?? new Map<string, ByCluster>();
      byTag.set(tag, groups);
      for (const value of new Set(typeof values === 'string' ? [values] : values)) {
        const clusters: ByCluster = groups.get(value) ?? new Map();
        groups.set(value, clusters);
        add(clusters, sample.cluster, correct);
      }
    }
  }

  const order = new Intl.Collator('en', { numeric: true });
  const breakdown = benchmark.breakdowns.flatMap(({ tag }): BreakdownGroup[] =>
    [...(byTag.get(tag) ?? [])]
      .sort(([a], [b]) => order.compare(a, b))
      .map(([value, clusters]) => ({ tag, value, ...figures(clusters) })),
  );

  const secondary: Record<string, number> = {};
  for (const figure of benchmark.secondary) {
    const value = figure.compute(
      (tag) => new Map([...(byTag.get(tag) ?? [])].map(([group, clusters]) => [group, figures(clusters)])),
    );
    if (value !== null) secondary[figure.id] = value;
  }

  const { accuracy, ...score } = figures(all);
  const needsJudge = outcomes.filter((outcome) => outcome === 'needs-judge').length;
  return { ...score, needsJudge, headline: accuracy, breakdown, secondary };
}
