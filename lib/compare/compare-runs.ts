import type { Breakdown } from '@/lib/benchmarks/benchmark';
import type { Sample } from '@/lib/samples/sample';
import type { Outcome } from '@/lib/scoring/scorer';
import { holm } from '@/lib/stats/holm';
import { clusterPlaces, comparePaired, type PairedComparison } from '@/lib/stats/paired-comparison';
import type { Interval, RunScore } from '@/lib/stats/score';
import { summarise } from '@/lib/stats/summarise';
import { type Transition, transitions } from './transitions';

/** So many runs are compared side by side at most. */
export const MAX_RUNS = 4;

/** A run's outcomes, one a sample, in the order of the samples. */
export interface ComparedRun {
  name: string;
  outcomes: readonly Outcome[];
}

/** Accuracy in percent. */
export interface RunFigure {
  correct: number;
  accuracy: number;
  interval: Interval;
}

/** What a run has over the baseline. */
export interface Change extends PairedComparison {
  /** Corrected for all comparisons of its family. */
  adjustedP: number;
}

export interface GroupComparison {
  /** Null for all samples. */
  group: { tag: string; value: string } | null;
  total: number;
  /** One a run. */
  figures: readonly RunFigure[];
  /** One a run; null for the baseline. */
  changes: readonly (Change | null)[];
  transitions: readonly Transition[];
}

/**
 * Several runs over the same samples, each against the same baseline. Two kinds of families are corrected: all runs over
 * all samples, and all runs over all values of one tag.
 */
export interface RunsComparison {
  names: readonly string[];
  /** Place of the baseline among the runs. */
  baseline: number;
  all: GroupComparison;
  /** In the order of the benchmark's breakdowns; within one, what lost most first. */
  groups: readonly GroupComparison[];
  /** Of each run: samples without a prediction, samples that only a judge could decide. All count as wrong. */
  undecided: readonly { missing: number; needsJudge: number; timedOut: number }[];
  /** Over the samples that every run has a prediction for; null where that is all of them, or none. */
  answered: GroupComparison | null;
}

type ComparedSample = Pick<Sample, 'tags' | 'cluster'>;

/** @throws RangeError where there are no samples, or another number of outcomes, or no such baseline */
export function compareRuns(
  breakdowns: readonly Breakdown[],
  samples: readonly ComparedSample[],
  runs: readonly ComparedRun[],
  baseline: number,
): RunsComparison {
  if (runs[baseline] === undefined) throw new RangeError(`no run ${baseline} among ${runs.length}`);
  const clusters = clusterPlaces(samples);
  const right = runs.map(({ outcomes }) => outcomes.map((outcome) => outcome === 'correct'));

  /** Not corrected yet. */
  const compare = (
    group: GroupComparison['group'],
    places: readonly number[],
    figures: readonly RunFigure[],
  ): GroupComparison => {
    const of = <T>(values: ArrayLike<T>, absent: T) => places.map((place) => values[place] ?? absent);
    const cluster = of(clusters, 0);
    const verdicts = right.map((each) => of(each, false));
    const before = verdicts[baseline] ?? [];
    return {
      group,
      total: places.length,
      figures,
      changes: verdicts.map((after, run) =>
        run === baseline ? null : { ...comparePaired(cluster, before, after), adjustedP: 1 },
      ),
      transitions: transitions(verdicts),
    };
  };

  const overall = (places: readonly number[], figures: readonly RunFigure[]): GroupComparison => {
    const compared = compare(null, places, figures);
    return adjusted(compared, holm(pValues(compared)));
  };

  const scores = runs.map(({ outcomes }) => summarise({ breakdowns, secondary: [] }, samples, outcomes));
  const groups = breakdowns.flatMap(({ tag }) => {
    const family = [...placesByValue(samples, tag)].map(([value, places]) =>
      compare(
        { tag, value },
        places,
        scores.flatMap(({ breakdown }) =>
          breakdown.filter((each) => each.tag === tag && each.value === value),
        ),
      ),
    );
    const corrected = holm(family.flatMap(pValues));
    const others = runs.length - 1;
    return family
      .map((group, i) => adjusted(group, corrected.slice(i * others, (i + 1) * others)))
      .sort((a, b) => greatestLoss(a) - greatestLoss(b));
  });

  const everywhere = [...samples.keys()];
  const answered = everywhere.filter((place) => runs.every(({ outcomes }) => outcomes[place] !== 'missing'));
  const answeredFigures = () =>
    runs.map(({ outcomes }) =>
      figureOf(
        summarise(
          { breakdowns: [], secondary: [] },
          answered.flatMap((place) => samples[place] ?? []),
          answered.map((place) => outcomes[place] ?? 'missing'),
        ),
      ),
    );
  return {
    names: runs.map(({ name }) => name),
    baseline,
    all: overall(everywhere, scores.map(figureOf)),
    groups,
    undecided: runs.map(({ outcomes }) => {
      const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
      return { missing: count('missing'), needsJudge: count('needs-judge'), timedOut: count('timed-out') };
    }),
    answered:
      answered.length === 0 || answered.length === samples.length
        ? null
        : overall(answered, answeredFigures()),
  };
}

/** A sample with several values of a tag stands under each. */
function placesByValue(samples: readonly ComparedSample[], tag: string): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, { tags }] of samples.entries()) {
    const values = tags[tag] ?? [];
    for (const value of new Set(typeof values === 'string' ? [values] : values)) {
      const known = places.get(value);
      if (known === undefined) places.set(value, [place]);
      else known.push(place);
    }
  }
  return places;
}

const pValues = ({ changes }: GroupComparison): number[] =>
  changes.flatMap((change) => (change === null ? [] : [change.pValue]));

/** @param corrected one for each of `pValues` */
function adjusted(group: GroupComparison, corrected: readonly number[]): GroupComparison {
  const left = corrected.values();
  return {
    ...group,
    changes: group.changes.map((change) =>
      change === null ? null : { ...change, adjustedP: left.next().value ?? change.pValue },
    ),
  };
}

const figureOf = ({ correct, headline, interval }: RunScore): RunFigure => ({
  correct,
  accuracy: headline,
  interval,
});

/** The least difference to the baseline, in points. */
const greatestLoss = ({ changes }: GroupComparison): number =>
  Math.min(...changes.map((change) => change?.difference ?? Number.POSITIVE_INFINITY));
