import { expect, it } from 'vitest';
import { piecesOf } from './search';

const rows = (...sizes: number[]) => sizes.map((bytes, ordinal) => ({ ordinal, bytes }));

it('divides a run by bytes and by rows, and leaves none out', () => {
  expect(piecesOf([])).toEqual([]);
  expect(piecesOf(rows(500_000, 500_000, 1))).toEqual([
    [0, 1],
    [2, 2],
  ]);
  expect(piecesOf(rows(4_000_000, 4_000_000, 10, 10))).toEqual([
    [0, 0],
    [1, 1],
    [2, 3],
  ]);
  expect(piecesOf(rows(...new Array<number>(1_001).fill(10)))).toEqual([
    [0, 499],
    [500, 999],
    [1_000, 1_000],
  ]);
});
