import { expect, test } from 'vitest';
import { adviceOf } from './advice';
import type { Curve } from './types';

const curve = (values: number[]): Curve => ({
  steps: values.map((_, at) => at + 1),
  low: values,
  high: values,
  at: values.map((_, at) => at),
});
const steady = (value: number, steps = 20) => curve(new Array(steps).fill(value));
const found = (name: string, values: Curve) => adviceOf({ [name]: values }).map(({ text }) => text);

test.each([
  ['rollout/equal_groups', 0.5, 0.49, '50 % of the groups'],
  ['rollout/truncated', 0.25, 0.24, '25 % of the responses'],
  ['actor/rollout_logp_difference', 0.0201, 0.0199, '0.0201 apart'],
])('%s stands out from %d on', (name, much, less, words) => {
  expect(found(name, steady(much))).toEqual([expect.stringContaining(words)]);
  expect(found(name, steady(less))).toEqual([]);
  // A few steps are no sign yet.
  expect(found(name, steady(much, 9))).toEqual([]);
});

test('a phase that took more than six times its median stands out, with its figures', () => {
  const times = (last: number) => curve([...new Array(20).fill(2), last]);
  expect(found('timing_s/gen', times(12.1))).toEqual([
    'gen took 12.1 s at step 21, 6.05 times its median of 2 s.',
  ]);
  expect(found('timing_s/gen', times(12))).toEqual([]);
  expect(found('other/gen', times(100))).toEqual([]);
});
