import { describe, expect, test } from 'vitest';
import type { Picture } from './picture';
import { hash32 } from './random';
import { SPLITS, seedIn, splitOf } from './scene';
import { sight } from './sight';
import { SMALLEST_SIZE, solidScene } from './solid-scenes';
import { ask, render } from './world';

const FLAT_TASK = { diagram: 'geometry', chart: 'chart', table: 'table', text: 'text' } as const;
const SIZE = 112;
const fingerprint = ({ rgb }: Picture): number => hash32(rgb.join(','));

test('every seed belongs to one split', () => {
  for (const split of SPLITS)
    for (const n of [0, 1, 12_345, 2 ** 51 - 1]) expect(splitOf(seedIn(split, n))).toBe(split);
});

describe('the same seed gives the same picture for ever', () => {
  // A change here is a change of the world: raise WORLD_VERSION with it.
  test.each([
    ['tabletop', [2624011765, 2157152122, 3987660857]],
    ['vehicles', [4072009628, 4062221464, 2306105106]],
  ] as const)('%s', (kind, golden) => {
    expect([0, 1, 2].map((n) => fingerprint(render(solidScene(kind, seedIn('test', n)), SIZE)))).toEqual(
      golden,
    );
  });

  test.each([
    ['diagram', [1776075661, 1930233556, 2840923210]],
    ['chart', [1607317091, 18985583, 3000844856]],
    ['table', [3162230142, 1985988466, 1923168746]],
    ['text', [2391697461, 1056441554, 451204497]],
  ] as const)('%s', (kind, golden) => {
    expect(
      [0, 1, 2].map((n) => {
        const { scene } = ask(FLAT_TASK[kind], seedIn('test', n), SIZE);
        return fingerprint(render(scene, SIZE));
      }),
    ).toEqual(golden);
  });
});

test('nothing in a scene is hidden: each thing shows at least 15 pixels at the smallest size', () => {
  for (const kind of ['tabletop', 'vehicles'] as const)
    for (let n = 0; n < 25; n++) {
      const { pixels } = sight(solidScene(kind, seedIn('test-hard', n)), SMALLEST_SIZE);
      expect(Math.min(...pixels)).toBeGreaterThanOrEqual(15);
    }
});
