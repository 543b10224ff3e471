import { describe, expect, test } from 'vitest';
import { chart } from './charts';
import { diagram } from './diagrams';
import { renderDrawing } from './drawing';
import type { Question } from './question';
import { hash32 } from './random';
import { renderSolids } from './raycast';
import { type Picture, SPLITS, seedIn, splitOf } from './scene';
import { sight } from './sight';
import { type SolidTask, solidQuestion } from './solid-questions';
import { SMALLEST_SIZE, solidScene } from './solid-scenes';
import { table } from './tables';
import { printedText } from './texts';

const SIZE = 112;
const fingerprint = ({ rgb }: Picture): number => hash32(rgb.join(','));

const SOLID_TASKS: readonly SolidTask[] = [
  'counting',
  'existence',
  'relation',
  'depth',
  'distance',
  'referring',
];
const FLAT = { diagram, chart, table, text: printedText };
const flatKinds = Object.keys(FLAT) as (keyof typeof FLAT)[];

function expectWellFormed(question: Question): void {
  expect(question.text).not.toMatch(/[{}]|undefined|null/);
  expect(question.steps.length).toBeGreaterThan(0);
  if (question.answer.kind === 'box') {
    const [left, top, right, bottom] = question.answer.box;
    expect(left).toBeGreaterThanOrEqual(0);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(right).toBeGreaterThan(left);
    expect(bottom).toBeGreaterThan(top);
    expect(Math.max(right, bottom)).toBeLessThanOrEqual(SIZE);
  } else for (const form of question.answer.forms) expect(form.trim()).not.toBe('');
}

test('every seed belongs to one split', () => {
  for (const split of SPLITS)
    for (const n of [0, 1, 12_345, 2 ** 51 - 1]) expect(splitOf(seedIn(split, n))).toBe(split);
});

describe('the same seed gives the same picture for ever', () => {
  // A change here is a change of the world: raise WORLD_VERSION with it.
  test.each([
    ['tabletop', [1273929113, 3924476865, 3610426987]],
    ['vehicles', [282830265, 1077959015, 3237806516]],
  ] as const)('%s', (kind, golden) => {
    expect(
      [0, 1, 2].map((n) => fingerprint(renderSolids(solidScene(kind, seedIn('test', n)), SIZE))),
    ).toEqual(golden);
  });

  test.each([
    ['diagram', [260491965, 1141151575, 681630058]],
    ['chart', [3449012531, 1171838845, 624058813]],
    ['table', [2821770038, 3699923098, 1720427290]],
    ['text', [1002533099, 2310847304, 2967174065]],
  ] as const)('%s', (kind, golden) => {
    expect(
      [0, 1, 2].map((n) => {
        const { scene } = FLAT[kind](seedIn('test', n));
        return fingerprint(renderDrawing(scene.drawing, scene.seed, SIZE));
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

test.each(SOLID_TASKS)('questions of %s are whole in every split', (task) => {
  for (const split of SPLITS)
    for (let n = 0; n < 4; n++) expectWellFormed(solidQuestion(task, seedIn(split, n), SIZE).question);
});

test.each(flatKinds)('questions on a %s are whole in every split', (kind) => {
  for (const split of SPLITS)
    for (let n = 0; n < 25; n++) expectWellFormed(FLAT[kind](seedIn(split, n)).question);
});

test('held-out wordings are asked in test and test-hard only', () => {
  for (let n = 0; n < 40; n++) {
    expect(chart(seedIn('train', n)).question.phrasing.seen).toBe(true);
    expect(chart(seedIn('test-hard', n)).question.phrasing.seen).toBe(false);
  }
});
