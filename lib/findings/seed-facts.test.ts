import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seedCurve, valueAt } from './seed-curves';
import { endsOf, FORM_REWARD, goesWith } from './seed-facts';

test('the counts of reflection are those of the seed’s figure', () => {
  expect(seedCurve('3B', 1, 'reasoning_behaviors').map(([, count]) => count)).toEqual([
    25, 70, 50, 25, 15, 12, 13,
  ]);
  expect(endsOf('3B', 1, 'reasoning_behaviors')).toEqual({
    first: [50, 25],
    last: [350, 13],
    highest: [100, 70],
  });
  expect(() => endsOf('7B', 2, 'geoqa_score')).toThrow('no geoqa_score of 7B, stage 2');
});

test('a value between two points lies on the line between them', () => {
  const points = [
    [10, 1],
    [20, 3],
  ] as const;
  expect([5, 10, 15, 20, 25].map((step) => valueAt(points, step))).toEqual([null, 1, 2, 3, null]);
});

test('reflection falls while accuracy rises', () => {
  // The accuracy of 3B is drawn to step 340, its reflection to 350.
  for (const [size, points] of [
    ['3B', 6],
    ['7B', 7],
  ] as const) {
    const found = goesWith(size, 1, 'reasoning_behaviors', 'geoqa_score');
    expect(found?.points).toBe(points);
    expect(found?.correlation).toBeLessThan(-0.6);
  }
});

test('what form adds to the reward is what the recipes say', () => {
  for (const stage of [1, 2] as const) {
    const recipe = readFileSync(
      new URL(`../../trainer/recipes/3b-stage${stage}.toml`, import.meta.url),
      'utf8',
    );
    expect(/^expression = "(.*)"$/m.exec(recipe)?.[1]).toContain(` + ${FORM_REWARD[stage]} * format`);
  }
});
