import { changedCount } from '@/lib/stats/compare-outcomes';
import type { ScorerComparison } from '@/server/evals/types';
import { formatCount, formatPercent } from '../ui/format';

/** Two scorers, in words. The first is A, the second B, on the page as here. */

const verdicts = (count: number) => `${formatCount(count)} ${count === 1 ? 'verdict' : 'verdicts'}`;

/** "77 of 754 verdicts differ (10.2 %): 60 become right, 17 cease to be right." */
export function changeWords({ transitions, difference: { onlyA, onlyB } }: ScorerComparison): string {
  const total = transitions.reduce((sum, { count }) => sum + count, 0);
  const changed = changedCount(transitions);
  if (changed === 0) return `A and B give all ${verdicts(total)} alike.`;
  const parts = [`${formatCount(onlyA)} right by B alone`, `${formatCount(onlyB)} right by A alone`];
  const others = changed - onlyA - onlyB;
  if (others > 0) parts.push(`${formatCount(others)} right by neither`);
  return `${formatCount(changed)} of ${verdicts(total)} ${changed === 1 ? 'differs' : 'differ'} (${formatPercent((100 * changed) / total)} %): ${parts.join(', ')}.`;
}

/** What the exact test says of the split; null where there is nothing to split. */
export function testWords({ difference: { onlyA, onlyB }, pValue }: ScorerComparison): string | null {
  const decided = onlyA + onlyB;
  if (decided === 0) return null;
  const chance = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toPrecision(2)}`;
  const split = `${formatCount(onlyA)} to ${formatCount(onlyB)}`;
  return pValue < 0.05
    ? `Exact McNemar test: ${chance}. Were neither rule the more lenient one, the ${formatCount(decided)} would hardly split ${split}.`
    : `Exact McNemar test: ${chance}. A split of ${split} does not show either rule to be the more lenient one.`;
}
