import { expect, test } from 'vitest';
import { rolloutGroup } from '../../e2e/training-agent';
import { configRows } from './config-rows';
import { linesOf, mergedLog } from './log-lines';
import { answerOf, boundsOf, groupBoxes, questionOf, seenSize, sortedResponses } from './rollout-words';
import type { LogEntry } from './types';

const group = rolloutGroup(5, 'a'.repeat(64));

test('a question stands without the places of pictures', () => {
  expect(questionOf(group)).toBe('How many spheres are there?');
  expect(questionOf({ ...group, prompt: [] })).toBe('');
});

test('the last answer of an output counts, and what has none has none', () => {
  expect(answerOf('<think>3</think><answer>4</answer> so <answer> 5 </answer>')).toBe('5');
  expect(answerOf('no tags')).toBeNull();
});

test('boxes: the truth, and each answer once with how often it was said, or that of the open response', () => {
  const answers = ['[1, 2, 3, 4]', '[1, 2, 3, 4]', '{"bbox_2d": [9, 9, 10, 10]}', 'none'];
  const boxed = {
    ...group,
    groundTruth: '[1, 2, 3, 5]',
    responses: group.responses
      .slice(0, 4)
      .map((each, at) => ({ ...each, output: `<think>[7, 7, 8, 8]</think><answer>${answers[at]}</answer>` })),
  };
  expect(groupBoxes(boxed, null)).toEqual([
    { look: 'gold', name: 'truth', box: [1, 2, 3, 5] },
    { look: 'answer', name: 'a ×2', box: [1, 2, 3, 4] },
    { look: 'answer', name: 'b ×1', box: [9, 9, 10, 10] },
  ]);
  expect(groupBoxes(boxed, 2).slice(1)).toEqual([{ look: 'answer', name: 'answer', box: [9, 9, 10, 10] }]);
  expect(groupBoxes(boxed, 3)).toHaveLength(1);
  expect(groupBoxes(group, null)).toEqual([]);
});

test('a picture is seen within the recipe’s bounds', () => {
  const bounds = boundsOf({ 'data.min_pixels': '25600', 'data.max_pixels': '25600' });
  expect(seenSize({ width: 224, height: 224 }, bounds)).toEqual({ width: 160, height: 160 });
  expect(seenSize({ width: 224, height: 224 }, null)).toEqual({ width: 224, height: 224 });
  expect(boundsOf({ 'data.max_pixels': '25600' })).toBeNull();
});

test('responses are sorted, the first of equals first', () => {
  const places = (sort: Parameters<typeof sortedResponses>[1]) =>
    sortedResponses(group.responses, sort).map(({ place }) => place);
  expect(places('place')).toEqual([...Array(16).keys()]);
  expect(places('longest')).toEqual([...Array(16).keys()].reverse());
  expect(places('reward').slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('settings that differ stand first', () => {
  const rows = configRows({ a: '1', b: '2', c: '3' }, { a: '1', b: '9' }, [
    { a: '1', b: '2', c: '3', d: '4' },
    null,
  ]);
  expect(rows.map(({ key, differs }) => [key, differs])).toEqual([
    ['b', true],
    ['c', true],
    ['d', true],
    ['a', false],
  ]);
  expect(rows[0]).toMatchObject({ value: '2', repository: '9', others: [undefined, undefined] });
  expect(rows[1]).toMatchObject({ value: '3', repository: null });
  expect(rows[2]).toMatchObject({ value: null, others: ['4', undefined] });
});

test('two parts of a log are one, in order, each entry once', () => {
  const entry = (attempt: number, seq: number): LogEntry => ({
    attempt,
    seq,
    at: new Date(0),
    data: { type: 'log', lines: [`${attempt}.${seq}`, 'more'] },
  });
  const merged = mergedLog([entry(1, 3), entry(2, 0)], [entry(1, 1), entry(1, 3)]);
  expect(merged.map(({ attempt, seq }) => [attempt, seq])).toEqual([
    [1, 1],
    [1, 3],
    [2, 0],
  ]);
  expect(linesOf(merged).map(({ text }) => text)).toEqual(['1.1', 'more', '1.3', 'more', '2.0', 'more']);
  expect(new Set(linesOf(merged).map(({ key }) => key)).size).toBe(6);
});
