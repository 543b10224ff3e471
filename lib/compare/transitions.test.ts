import { expect, it } from 'vitest';
import { transitionKind, transitions } from './transitions';

const verdicts = (text: string) => [...text].map((mark) => mark === '1');

it('of three runs are eight kinds, what was lost first, those of no sample too', () => {
  const found = transitions(['11001101', '10011101', '00011011'].map(verdicts));
  expect(found.map(({ right, count }) => [right.map(Number).join(''), count])).toEqual([
    ['110', 2],
    ['100', 1],
    ['010', 0],
    ['101', 0],
    ['011', 1],
    ['001', 1],
    ['111', 2],
    ['000', 1],
  ]);
  expect(found.map(({ right }) => transitionKind(right))).toEqual([
    ...['lost', 'lost', 'lost', 'gained', 'gained', 'gained', 'always-right', 'always-wrong'],
  ]);
});

it('of two runs are fixed, broken and the same', () => {
  expect(transitions(['110', '010'].map(verdicts)).map(({ count }) => count)).toEqual([1, 0, 1, 1]);
});
