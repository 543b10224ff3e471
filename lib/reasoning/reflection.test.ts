import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reflections } from './reflection';

const found = (text: string) => reflections(text).map(([start, end]) => text.slice(start, end));

test('what says that a model looks again is found, and nothing within longer words', () => {
  expect(found("Wait, let me check again. Let's re-evaluate and RECHECK.")).toEqual([
    'Wait',
    'let me check again',
    're-evaluate',
    'RECHECK',
  ]);
  expect(found('The waiter verifies nothing; I check the chart.')).toEqual([]);
});

test('the trainer counts the same words', () => {
  const metrics = readFileSync(new URL('../../trainer/ocean_r1/grpo/metrics.py', import.meta.url), 'utf8');
  const pattern = /REFLECTION = re\.compile\(\s*r"(.*)", re\.I/.exec(metrics)?.[1];
  const ours = readFileSync(new URL('./reflection.ts', import.meta.url), 'utf8');
  expect(ours).toContain(`/${pattern}/gi`);
});
