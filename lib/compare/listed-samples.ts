import type { PackedOutcomes, PackedSamples } from './packed-samples';
import { transitions } from './transitions';

/** Which of the compared samples are listed, and in which order. */
export interface ComparedFilter {
  /** A sign a run, in their order: `1` right, `0` wrong, `x` either. `0x1`: wrong by the first, right by the last. */
  right?: string | undefined;
  tag?: { tag: string; value: string } | undefined;
  /** A sign a sample: `1` where it has what was searched for. */
  found?: string | undefined;
}

/** `lost`: by what became of them, as the transitions stand, what was lost first. `data`: as the data has them. */
export const ORDERS = ['lost', 'data'] as const;
export type ComparedOrder = (typeof ORDERS)[number];

const CORRECT = '0';

/** Places of the samples that the filter leaves, from 0. */
export function listedPlaces(
  samples: PackedSamples,
  runs: readonly PackedOutcomes[],
  { right, tag, found }: ComparedFilter,
  order: ComparedOrder,
): Int32Array {
  const hasTag = tag === undefined ? () => true : tagged(samples, tag);
  const listed: number[] = [];
  const codes: number[] = [];
  for (let place = 0; place < samples.count; place += 1) {
    if (!hasTag(place) || found?.[place] === '0') continue;
    let code = 0;
    let matches = true;
    for (const [run, outcomes] of runs.entries()) {
      const correct = outcomes[place] === CORRECT;
      const wanted = right?.[run];
      if ((wanted === '1' && !correct) || (wanted === '0' && correct)) matches = false;
      code = 2 * code + Number(correct);
    }
    codes[place] = code;
    if (matches) listed.push(place);
  }
  if (order === 'data') return Int32Array.from(listed);
  const ranks: number[] = [];
  for (const [rank, kind] of transitions(runs.map(() => [])).entries())
    ranks[kind.right.reduce((sum, each) => 2 * sum + Number(each), 0)] = rank;
  const rankOf = (place: number) => ranks[codes[place] ?? 0] ?? 0;
  return Int32Array.from(listed.sort((a, b) => rankOf(a) - rankOf(b) || a - b));
}

function tagged(
  { tags }: PackedSamples,
  { tag, value }: { tag: string; value: string },
): (place: number) => boolean {
  const known = tags[tag];
  const wanted = known?.values.indexOf(value) ?? -1;
  if (known === undefined || wanted === -1) return () => false;
  return (place) => {
    const own = known.of[place];
    return typeof own === 'number' ? own === wanted : (own?.includes(wanted) ?? false);
  };
}

/** The filter of one transition. */
export const patternOf = (right: readonly boolean[]): string => right.map(Number).join('');

/** The pattern of `runs` runs that asks for some of them only. */
export const patternAt = (runs: number, wanted: Readonly<Record<number, boolean>>): string =>
  Array.from({ length: runs }, (_, run) => (run in wanted ? String(Number(wanted[run])) : 'x')).join('');
