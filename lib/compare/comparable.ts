import { MAX_RUNS } from './compare-runs';

/** What decides whether two runs can be compared. */
export interface RunIdentity {
  /** Two with the same id are one run. */
  id: string;
  name: string;
  benchmark: string;
  split: string;
  /** Null where only a figure is reported: no samples, and which rule made it is its authors' word. */
  samples: {
    /** Names the version of the annotations. */
    data: string;
    scorer: string;
  } | null;
}

/** Places of runs that are compared with each other: over the same samples, by the same rule. */
export interface ComparableSet {
  baseline: number;
  /** In the order given, the baseline among them. */
  paired: readonly number[];
  /** Those of which only a figure is reported; where the baseline is one, `paired` is compared like these. */
  reported: readonly number[];
}

/**
 * Which of the runs can be compared, a set for each split of a benchmark; and a sentence for each that is left out.
 * @param baselines places of the runs that are baselines where they stand; of a set without one, the first run is
 */
export function comparableSets(
  runs: readonly RunIdentity[],
  baselines: readonly number[],
): { sets: readonly ComparableSet[]; leftOut: readonly string[] } {
  const leftOut: string[] = [];
  const bySplit = new Map<string, number[]>();
  const first = [...baselines, ...runs.keys()].filter((place, i, all) => all.indexOf(place) === i);
  for (const place of first) {
    const run = runs[place];
    if (run === undefined) continue;
    const key = `${run.benchmark} ${run.split}`;
    const kept = bySplit.get(key) ?? [];
    const same = kept.find((other) => runs[other]?.id === run.id);
    if (same !== undefined) leftOut.push(`${run.name} is the same run as ${runs[same]?.name}.`);
    else if (kept.length === MAX_RUNS)
      leftOut.push(`${run.name} is one too many: at most ${MAX_RUNS} runs are compared with each other.`);
    else bySplit.set(key, [...kept, place]);
  }

  const sets: ComparableSet[] = [];
  for (const [split, places] of bySplit) {
    const [own = 0] = places;
    const reference = runs[places.find((place) => runs[place]?.samples !== null) ?? own];
    const paired: number[] = [];
    const reported: number[] = [];
    for (const place of places) {
      const run = runs[place];
      if (run === undefined) continue;
      const reason = difference(run, reference);
      if (reason !== null) leftOut.push(reason);
      else if (run.samples === null) reported.push(place);
      else paired.push(place);
    }
    if (paired.length + reported.length > 1)
      sets.push({ baseline: own, paired: paired.sort((a, b) => a - b), reported });
    else if (places.length === 1)
      leftOut.push(`${runs[own]?.name} is the only run of ${split}: there is none to compare it with.`);
  }
  return { sets, leftOut };
}

/** Why a run is not compared with another of the same split; null where it is. */
function difference(run: RunIdentity, other: RunIdentity | undefined): string | null {
  if (run.samples === null || other === undefined || other.samples === null) return null;
  if (run.samples.data !== other.samples.data)
    return `${run.name} was scored on another version of ${run.benchmark} ${run.split} than ${other.name}: their samples are not the same.`;
  if (run.samples.scorer !== other.samples.scorer)
    return `${run.name} was scored by ${run.samples.scorer} and ${other.name} by ${other.samples.scorer}: where two rules differ, so would one run. Score it again by ${other.samples.scorer}.`;
  return null;
}
