import { compareUnpaired } from '@/lib/stats/unpaired';
import { comparableSets } from './comparable';
import { compareRuns } from './compare-runs';
import type { ComparedSet } from './comparison-report';
import type { LoadedRun } from './loaded-run';

/** Runs that are compared with each other, and where they stand among those that were given. */
export interface PlacedSet extends ComparedSet {
  /** Those of `comparison`, in its order, then those of which only a figure is reported. */
  places: readonly number[];
  /** Of the baseline, whether it has samples or only a figure. */
  baseline: number;
}

/**
 * Compares what can be compared.
 * @param baselines places of the runs that the others of their split are compared with; of a split without one, the first run
 * @returns a set for each split of a benchmark, and a sentence for each run that is left out
 */
export function compareLoaded(
  runs: readonly LoadedRun[],
  baselines: readonly number[],
): { sets: readonly PlacedSet[]; leftOut: readonly string[] } {
  const names = distinctNames(runs);
  const { sets, leftOut } = comparableSets(
    runs.map(({ id, benchmark, split, scored }, place) => ({
      id,
      name: names[place] ?? id,
      benchmark: benchmark.id,
      split: split.id,
      samples: scored,
    })),
    baselines,
  );
  return {
    sets: sets.flatMap((set) => {
      const [own] = set.paired.length > 0 ? set.paired : set.reported;
      const run = own === undefined ? undefined : runs[own];
      if (run === undefined) return [];
      const paired = set.paired.flatMap((place) => {
        const { scored } = runs[place] ?? {};
        return scored ? [{ place, name: names[place] ?? '', outcomes: scored.outcomes }] : [];
      });
      const first = paired.findIndex(({ place }) => place === set.baseline);
      // A reported baseline is compared with all; else the reported ones are with the baseline.
      const apart = first === -1 ? [...set.paired, ...set.reported] : set.reported;
      const base = runs[set.baseline]?.figure;
      return [
        {
          benchmark: run.benchmark,
          split: run.split,
          scorer: run.scored?.scorer ?? null,
          breakdowns: run.benchmark.breakdowns,
          places: [...set.paired, ...set.reported],
          baseline: set.baseline,
          comparison:
            paired.length > 1 && run.scored
              ? compareRuns(run.benchmark.breakdowns, run.scored.samples, paired, Math.max(0, first))
              : null,
          unpaired: apart.flatMap((place) => {
            const figure = runs[place]?.figure;
            return place === set.baseline || !base || !figure
              ? []
              : [
                  {
                    baseline: names[set.baseline] ?? '',
                    name: names[place] ?? '',
                    comparison: compareUnpaired(base, figure),
                  },
                ];
          }),
          notes: [...set.paired, ...set.reported].flatMap((place) =>
            notesOf(names[place] ?? '', runs[place]),
          ),
        },
      ];
    }),
    leftOut,
  };
}

function notesOf(name: string, run: LoadedRun | undefined): string[] {
  return [
    ...(run?.blind ? [`${name} saw none of the pictures: what it answers is answered without looking.`] : []),
    ...(run?.withdrawn ? [`${name} was withdrawn since.`] : []),
  ];
}

/** The shortest names that tell the runs of each split of a benchmark apart. */
export function distinctNames(runs: readonly LoadedRun[]): string[] {
  const splitOf = ({ benchmark, split }: LoadedRun) => `${benchmark.id} ${split.id}`;
  const many = (of: (run: LoadedRun, place: number) => string) =>
    new Set(runs.map((run, place) => `${splitOf(run)} ${of(run, place)}`)).size;
  const ids = many(({ id }) => id);
  for (let length = 0; length < 3; length += 1) {
    const names = runs.map(({ names, id }) => names[length] ?? names.at(-1) ?? id);
    if (many((_, place) => names[place] ?? '') >= ids) return names;
  }
  return runs.map(({ id }) => id);
}
