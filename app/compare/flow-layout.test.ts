import { expect, test } from 'vitest';
import { transitions } from '@/lib/compare/transitions';
import { bandPath, flowBands } from './flow-layout';

const verdicts = (text: string) => [...text].map((mark) => mark === '1');
const flow = (...runs: string[]) => flowBands(transitions(runs.map(verdicts)));

test('every band has its count, from run to run', () => {
  const bands = flow('1100', '1010', '0110');
  expect(bands.map(({ from, wasRight, isRight, count }) => [from, wasRight, isRight, count])).toEqual([
    [0, true, true, 1],
    [0, true, false, 1],
    [0, false, true, 1],
    [0, false, false, 1],
    [1, true, true, 1],
    [1, true, false, 1],
    [1, false, true, 1],
    [1, false, false, 1],
  ]);
});

test('the bands fill both ends from top to bottom and never overlap', () => {
  for (const end of ['start', 'end'] as const) {
    const ends = flow('1110001010', '1010111000')
      .map((band) => band[end])
      .sort((a, b) => a.y - b.y);
    let below = 0;
    for (const { y, height } of ends) {
      expect(y).toBeGreaterThanOrEqual(below - 1e-9);
      below = y + height;
    }
    expect(ends[0]?.y).toBe(0);
    expect(below).toBeCloseTo(100, 9);
  }
});

test('what does not happen has no band', () => {
  expect(flow('11', '11')).toMatchObject([{ wasRight: true, isRight: true, count: 2 }]);
  expect(flow('10', '10')).toHaveLength(2);
});

test('a band is one closed outline', () => {
  const [band] = flow('11', '11');
  expect(band && bandPath(band)).toBe('M0 0.00C50 0.00 50 0.00 100 0.00V92.00C50 92.00 50 92.00 0 92.00Z');
});
