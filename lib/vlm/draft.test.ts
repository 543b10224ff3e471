import { expect, test } from 'vitest';
import { Drafts } from './draft';

const drafts = (...conversations: number[][]): Drafts => {
  const all = new Drafts();
  for (const ids of conversations) all.learn(ids, 0);
  return all;
};

test('what always followed is guessed, eight tokens at most', () => {
  const often = Array.from({ length: 60 }, (_, at) => at % 12);
  expect(drafts(often).guess([7, 8, 9, 10])).toEqual([11, 0, 1, 2, 3, 4, 5, 6]);
});

test('nothing is guessed where nothing was seen, or once this and once that', () => {
  expect(drafts().guess([1, 2, 3])).toEqual([]);
  expect(drafts([1, 2, 3, 4]).guess([9, 9])).toEqual([]);
  expect(drafts([1, 2, 3, 4], [1, 2, 3, 5]).guess([1, 2, 3])).toEqual([]);
});

test('four tokens say more than two', () => {
  const seen = [
    [1, 2, 8, 9, 3],
    [5, 6, 8, 9, 4],
    [5, 6, 8, 9, 4],
  ];
  expect(drafts(...seen, ...seen).guess([1, 2, 8, 9])).toEqual([3]);
  expect(drafts(...seen, ...seen).guess([7, 7, 8, 9])).toEqual([4]);
});

test('only what is new of a conversation is counted', () => {
  const all = drafts([1, 2, 3, 4]);
  for (let turn = 0; turn < 5; turn++) all.learn([1, 2, 3, 4, 1, 2, 5], 4);
  // After 1, 2 came 3 once, and 5 five times.
  expect(all.guess([0, 1, 2])).toEqual([5]);
});
