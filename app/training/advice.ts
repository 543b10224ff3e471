import { formatValue } from './curve-data';
import type { Curves } from './types';

/** What stands out in a training, from what it measured and nothing else. */

/** Steps that are looked at. */
export const ADVICE_STEPS = 200;
/** Of these, the last ones are what is so now. */
const NOW = 10;
const HALF = 0.5;
const QUARTER = 0.25;
/** Mean difference of log-probabilities between sampling and training; rounding alone stays far below. */
const APART = 0.02;
const STALL = 6;

export interface Advice {
  metric: string;
  text: string;
}

/** The metrics that advice is taken from. */
export function adviceMetrics(measured: readonly string[]): string[] {
  return measured.filter(
    (name) =>
      ['rollout/equal_groups', 'rollout/truncated', 'actor/rollout_logp_difference'].includes(name) ||
      name.startsWith('timing_s/'),
  );
}

/** @param curves each step of the last `ADVICE_STEPS`. */
export function adviceOf(curves: Curves): Advice[] {
  const advice: Advice[] = [];
  const recent = (name: string): number | null => {
    const values = curves[name]?.high.slice(-NOW) ?? [];
    return values.length < NOW ? null : mean(values);
  };
  const equal = recent('rollout/equal_groups');
  if (equal !== null && equal >= HALF)
    advice.push({
      metric: 'rollout/equal_groups',
      text: `${percent(equal)} of the groups of the last ${NOW} steps have responses of one and the same reward: nothing is learnt from them. Harder or easier rows, or more responses a group, would tell more apart.`,
    });
  const truncated = recent('rollout/truncated');
  if (truncated !== null && truncated >= QUARTER)
    advice.push({
      metric: 'rollout/truncated',
      text: `${percent(truncated)} of the responses of the last ${NOW} steps were cut by the limit of new tokens, most likely before their answer.`,
    });
  const apart = recent('actor/rollout_logp_difference');
  if (apart !== null && apart >= APART)
    advice.push({
      metric: 'actor/rollout_logp_difference',
      text: `Log-probabilities in sampling and in training are ${formatValue(apart)} apart on average in the last ${NOW} steps: what is trained is not quite what was sampled.`,
    });
  for (const [name, { steps, high }] of Object.entries(curves)) {
    if (!name.startsWith('timing_s/') || high.length <= NOW) continue;
    const usual = median(high);
    const last = high.at(-1) ?? 0;
    if (usual > 0 && last > STALL * usual)
      advice.push({
        metric: name,
        text: `${name.slice('timing_s/'.length)} took ${formatValue(last)} s at step ${steps.at(-1)}, ${formatValue(last / usual)} times its median of ${formatValue(usual)} s.`,
      });
  }
  return advice;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
