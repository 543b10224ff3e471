import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marksOf, shared } from './difference-marks';
import { differencesOf, sentencesIn } from './differences';

const cut = (text: string, spans: readonly (readonly [number, number])[]) =>
  spans.map(([start, end]) => text.slice(start, end));

test('sentences end at a stop, not within a number, and hold the whole text', () => {
  const text = 'At x=2.5 a cube. Is it red? Yes!\nThe end';
  expect(cut(text, sentencesIn(text))).toEqual(['At x=2.5 a cube. ', 'Is it red? ', 'Yes!\n', 'The end']);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '.', '!', ' ', '\n', '1', '😀') }), (any) => {
      expect(cut(any, sentencesIn(any)).join('')).toBe(any);
    }),
  );
});

describe('differencesOf', () => {
  const before = 'There are two cars. The red one is left. So it is 2.';
  const found = (after: string) => {
    const { baseline, other, parts } = differencesOf(before, after);
    return { gone: cut(before, baseline), come: cut(after, other), sentence: parts?.sentence ?? null };
  };

  test('marks the words that differ within a sentence, and names the first that does', () => {
    expect(found('There are two cars. The blue one is left. So it is 2.')).toEqual({
      gone: ['red'],
      come: ['blue'],
      sentence: 2,
    });
  });

  test('marks a sentence that only one has', () => {
    expect(found('There are two cars. Wait. The red one is left. So it is 2.')).toEqual({
      gone: [],
      come: ['Wait.'],
      sentence: 2,
    });
    expect(found('There are two cars. So it is 2.')).toEqual({
      gone: ['The red one is left.'],
      come: [],
      sentence: 2,
    });
  });

  test('of the same text says nothing', () => {
    expect(differencesOf(before, before)).toEqual({ baseline: [], other: [], parts: null });
    expect(differencesOf('', '')).toEqual({ baseline: [], other: [], parts: null });
  });

  test('its spans lie in order within the texts, whatever these are', () => {
    const text = fc.string({ unit: fc.constantFrom('one ', 'two ', '. ', '\n', '?', '😀', ' ') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { baseline, other } = differencesOf(a, b);
        for (const [whole, spans] of [
          [a, baseline],
          [b, other],
        ] as const) {
          let at = 0;
          for (const [start, end] of spans) {
            expect(start).toBeGreaterThanOrEqual(at);
            expect(end).toBeGreaterThanOrEqual(start);
            at = end;
          }
          expect(at).toBeLessThanOrEqual(whole.length);
        }
      }),
    );
  });
});

test('in the baseline is marked what none of the others has', () => {
  const base = 'One red cube. Two balls.';
  const differences = [
    null,
    differencesOf(base, 'One blue cube. Two balls.'),
    differencesOf(base, 'One red cone. Two balls.'),
  ];
  expect(marksOf(differences, 0, 0).filter(({ kind }) => kind === 'differs')).toEqual([]);
  expect(marksOf(differences, 0, 0)).toMatchObject([{ kind: 'parts', span: [0, 14] }]);
  expect(marksOf(differences, 1, 0).map(({ kind, span }) => [kind, ...span])).toEqual([
    ['parts', 0, 15],
    ['differs', 4, 8],
  ]);
  expect(marksOf(null, 1, 0)).toEqual([]);
});

test('what two lists of spans share', () => {
  expect(
    shared(
      [
        [0, 5],
        [8, 12],
      ],
      [
        [3, 9],
        [11, 20],
      ],
    ),
  ).toEqual([
    [3, 5],
    [8, 9],
    [11, 12],
  ]);
  expect(shared([], [[0, 1]])).toEqual([]);
});
