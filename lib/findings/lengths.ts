import { type MeanFigure, meanOf } from '@/lib/stats/mean';

/** How long a run's outputs are, those of right answers apart from those of wrong ones. */

export interface Measured {
  size: number;
  right: boolean;
  /** It ends within its thinking or its answer. */
  truncated: boolean;
  /** The values of a tag that its sample has. */
  groups: readonly string[];
}

export interface Lengths {
  /** Null of all outputs. */
  group: string | null;
  outputs: number;
  truncated: number;
  correct: number;
  all: MeanFigure | null;
  right: MeanFigure | null;
  wrong: MeanFigure | null;
}

/** Of all outputs, then of each group in their order. */
export function lengthsOf(outputs: readonly Measured[], groups: readonly string[]): readonly Lengths[] {
  return [null, ...groups].map((group) => {
    const own = group === null ? outputs : outputs.filter((each) => each.groups.includes(group));
    const sizes = (right: boolean) => own.filter((each) => each.right === right).map(({ size }) => size);
    const [right, wrong] = [sizes(true), sizes(false)];
    return {
      group,
      outputs: own.length,
      truncated: own.filter(({ truncated }) => truncated).length,
      correct: right.length,
      all: meanOf([...right, ...wrong]),
      right: meanOf(right),
      wrong: meanOf(wrong),
    };
  });
}
