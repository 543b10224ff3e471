import type { PreflightReport } from '@/server/evals/types';
import { formatCount, formatPercent } from '../ui/format';

type Reported = Pick<
  PreflightReport,
  'claimedAccuracy' | 'recomputed' | 'missing' | 'unknown' | 'duplicates' | 'scorer'
>;

/**
 * Why the figure that is recomputed here is another than the file's own, as far as the file lets it be told; nothing
 * where the file claims none, or the same.
 */
export function whyDifferent(report: Reported): readonly string[] {
  const { claimedAccuracy: claimed, recomputed, missing, unknown, duplicates, scorer } = report;
  if (claimed === null || recomputed === null || Math.abs(claimed - recomputed.accuracy) < 0.05) return [];
  const { needsJudge, marks } = recomputed;
  const rule = scorer?.id ?? 'the rule here';
  const reasons = [
    needsJudge > 0 &&
      `Samples that wait for a judge model, and count as wrong until one is asked: ${formatCount(needsJudge)}.`,
    missing > 0 && `Samples without a row, which count as wrong here: ${formatCount(missing)}.`,
    unknown > 0 && `Rows that name no sample of it, and do not count here: ${formatCount(unknown)}.`,
    duplicates > 0 &&
      `Rows for a sample that an earlier row is for, which alone counts: ${formatCount(duplicates)}.`,
    marks.rightAndWrongHere > 0 &&
      `Rows that the file marks as right and that are not by ${rule}: ${formatCount(marks.rightAndWrongHere)}.`,
    marks.wrongAndRightHere > 0 &&
      `Rows that the file marks as wrong and that are right by ${rule}: ${formatCount(marks.wrongAndRightHere)}.`,
    marks.total > 0 &&
      Math.abs(claimed - (100 * marks.right) / marks.total) >= 0.05 &&
      `The file’s own marks, row by row, come to ${formatPercent((100 * marks.right) / marks.total)} %, not to the ${formatPercent(claimed)} % that it states.`,
  ].filter((reason) => reason !== false);
  return reasons.length > 0
    ? reasons
    : [
        'Every row is matched and none is marked in the file, so its figure was made by another rule, or from other rows.',
      ];
}
