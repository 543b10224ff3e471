import type { PlacedSet } from '@/lib/compare/compare-loaded';
import type { Comparison } from '@/server/evals/types';
import type { BoxLook } from '../ui/boxes';

/** A run among those that are side by side: by letter, name and the line of its boxes. */
export interface Side {
  id: string;
  checkpointId: string;
  letter: string;
  name: string;
  look: BoxLook;
}

const LOOKS: readonly BoxLook[] = ['first', 'second', 'third', 'fourth'];

/** The runs of a set: those with samples in the order of its comparison, then those of which only a figure is reported. */
export function sidesOf({ runs }: Comparison, { places }: PlacedSet): Side[] {
  return places.flatMap((place, i) => {
    const run = runs[place];
    return run === undefined
      ? []
      : [
          {
            id: run.id,
            checkpointId: run.checkpointId,
            letter: String.fromCharCode(65 + i),
            name: run.name,
            look: LOOKS[i] ?? 'fourth',
          },
        ];
  });
}
