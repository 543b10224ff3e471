import type { PlacedSet } from '@/lib/compare/compare-loaded';
import type { BoxLook } from '../ui/boxes';
import type { Comparison } from './read-comparison';

/** A run among those that are side by side: by letter, name and the line of its boxes. */
export interface Side {
  id: string;
  letter: string;
  name: string;
  look: BoxLook;
}

const LOOKS: readonly BoxLook[] = ['first', 'second', 'third', 'fourth'];

/** The runs of a set that have samples, in its order; where none has, those with a figure. */
export function sidesOf({ runs }: Comparison, { paired, unpaired, baseline, comparison }: PlacedSet): Side[] {
  const names = unpaired.map(({ name }) => name);
  const places =
    comparison !== null
      ? paired
      : [baseline, ...runs.keys()].filter(
          (place, i, all) =>
            all.indexOf(place) === i && (place === baseline || names.includes(runs[place]?.name ?? '')),
        );
  return places.flatMap((place, i) => {
    const run = runs[place];
    return run === undefined
      ? []
      : [
          {
            id: run.id,
            letter: String.fromCharCode(65 + i),
            name: run.name,
            look: LOOKS[i] ?? 'fourth',
          },
        ];
  });
}
