/** What became of samples from run to run: whether each of the runs, in order, has them right. */
export interface Transition {
  right: readonly boolean[];
  count: number;
}

/** `lost`: right in an earlier run, wrong in the last. `gained`: wrong in an earlier one, right in the last. */
export type TransitionKind = 'lost' | 'gained' | 'always-right' | 'always-wrong';

export function transitionKind(right: readonly boolean[]): TransitionKind {
  const last = right.at(-1) === true;
  const steady = right.every((each) => each === last);
  return last ? (steady ? 'always-right' : 'gained') : steady ? 'always-wrong' : 'lost';
}

const KINDS: readonly TransitionKind[] = ['lost', 'gained', 'always-right', 'always-wrong'];

/**
 * All 2^n kinds for n runs, eight for base, stage 1 and stage 2, those of no sample too: what was lost first.
 * @param runs the verdicts of each run on the same samples, one run at least
 */
export function transitions(runs: readonly (readonly boolean[])[]): readonly Transition[] {
  const counts = new Array<number>(2 ** runs.length).fill(0);
  for (const i of runs[0]?.keys() ?? []) {
    const code = runs.reduce((sum, verdicts) => 2 * sum + Number(verdicts[i] === true), 0);
    counts[code] = (counts[code] ?? 0) + 1;
  }
  // What was right for longest comes first within its kind.
  const all = counts
    .map((count, code) => ({
      right: runs.map((_, place) => ((code >> (runs.length - 1 - place)) & 1) === 1),
      count,
    }))
    .reverse();
  return KINDS.flatMap((kind) => all.filter(({ right }) => transitionKind(right) === kind));
}
