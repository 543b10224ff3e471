import { OUTCOMES, type Outcome } from '@/lib/scoring/scorer';
import { clusterPlaces, comparePaired, type PairedComparison } from './paired-comparison';

/** How many samples have the one outcome by a first scorer and the other by a second. */
export interface Transition {
  from: Outcome;
  to: Outcome;
  count: number;
}

/** What two scorers make of the same outputs. */
export interface OutcomeComparison {
  /** Those that occur, in the order of OUTCOMES; equal outcomes among them. */
  transitions: readonly Transition[];
  /** The second over the first, so `fixed` are the samples that become right and `broken` those that cease to be. */
  difference: PairedComparison;
}

/**
 * @param from outcomes by the first scorer, in the order of `samples`, one each; `to` by the second.
 * @throws RangeError where there are no samples, or another number of outcomes.
 */
export function compareOutcomes(
  samples: readonly { cluster: string }[],
  from: readonly Outcome[],
  to: readonly Outcome[],
): OutcomeComparison {
  if (from.length !== samples.length || to.length !== samples.length)
    throw new RangeError(`${from.length} and ${to.length} outcomes for ${samples.length} samples`);
  const counts = new Map<string, number>();
  for (const [i, outcome] of from.entries()) {
    const key = `${outcome} ${to[i]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const transitions = OUTCOMES.flatMap((first) =>
    OUTCOMES.flatMap((second): Transition[] => {
      const count = counts.get(`${first} ${second}`);
      return count === undefined ? [] : [{ from: first, to: second, count }];
    }),
  );
  const right = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome === 'correct');
  return { transitions, difference: comparePaired(clusterPlaces(samples), right(from), right(to)) };
}

/** Samples whose outcome is another. */
export const changedCount = (transitions: readonly Transition[]): number =>
  transitions.reduce((sum, { from, to, count }) => (from === to ? sum : sum + count), 0);
