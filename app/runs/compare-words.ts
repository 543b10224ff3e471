import { pWords, SIGNIFICANT } from '@/lib/compare/comparison-words';
import { changedCount } from '@/lib/stats/compare-outcomes';
import type { ScorerComparison } from '@/server/evals/types';
import { formatCount, formatPercent } from '../ui/format';

/** Two scorers, in words. The first is A, the second B, on the page as here. */

const verdicts = (count: number) => `${formatCount(count)} ${count === 1 ? 'verdict' : 'verdicts'}`;

/** "77 of 754 verdicts differ (10.2 %): 60 become right, 17 cease to be right." */
export function changeWords({ transitions, difference: { fixed, broken } }: ScorerComparison): string {
  const total = transitions.reduce((sum, { count }) => sum + count, 0);
  const changed = changedCount(transitions);
  if (changed === 0) return `A and B give all ${verdicts(total)} alike.`;
  const parts = [`${formatCount(fixed)} right by B alone`, `${formatCount(broken)} right by A alone`];
  const others = changed - fixed - broken;
  if (others > 0) parts.push(`${formatCount(others)} right by neither`);
  return `${formatCount(changed)} of ${verdicts(total)} ${changed === 1 ? 'differs' : 'differ'} (${formatPercent((100 * changed) / total)} %): ${parts.join(', ')}.`;
}

/** What the test says of the split, which the interval inverts; null where there is nothing to split. */
export function testWords({ difference: { fixed, broken, pValue } }: ScorerComparison): string | null {
  const decided = fixed + broken;
  if (decided === 0) return null;
  const split = `${formatCount(fixed)} to ${formatCount(broken)}`;
  return pValue < SIGNIFICANT
    ? `McNemar's test: ${pWords(pValue)}. Were neither rule the more lenient one, the ${formatCount(decided)} would hardly split ${split}.`
    : `McNemar's test: ${pWords(pValue)}. A split of ${split} does not show either rule to be the more lenient one.`;
}
