import type { Change, RunFigure } from '@/lib/compare/compare-runs';
import { SIGNIFICANT } from '@/lib/compare/comparison-words';
import type { StageLine } from './read-line';

/** More than chance, corrected for all comparisons of its family. */
export const isGain = ({ difference, adjustedP }: Change): boolean =>
  difference > 0 && adjustedP < SIGNIFICANT;

/** What a stage has over the one that it is compared with, by the values of a tag, the greatest gain first. */
export function changesOf(
  { comparison }: StageLine,
  run: number,
  tag: string,
): readonly { value: string; total: number; figures: readonly RunFigure[]; change: Change }[] {
  return comparison.groups
    .flatMap(({ group, total, figures, changes }) => {
      const change = changes[run];
      return group?.tag === tag && change ? [{ value: group.value, total, figures, change }] : [];
    })
    .sort((a, b) => b.change.difference - a.change.difference);
}
