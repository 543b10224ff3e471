import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextSpan } from '@/lib/text-span';
import { BLOCK, blocksOf, clip, markedParts, segmentsOf, thinkingOf } from './output-parts';

const rangeIn = (length: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: length }), fc.integer({ min: 0, max: length }))
    .map(([a, b]): TextSpan => [Math.min(a, b), Math.max(a, b)]);

/** Texts of ordinary length with pairs in them; grown, so that they exceed the limits. */
const texts = fc
  .string({ unit: fc.constantFrom('a', '\n', '😀', '\ud83d', 'é'), minLength: 1, maxLength: 40 })
  .chain((unit) => fc.integer({ min: 1, max: 3_000 }).map((times) => unit.repeat(times)));

const halvesAPair = (text: string, offset: number) =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(offset - 1, offset + 1));

describe('segments', () => {
  test('an output without thinking is one text', () => {
    expect(segmentsOf(5, [])).toEqual([{ kind: 'text', start: 0, end: 5 }]);
  });
  test('thinking is set apart from what is before and after it', () => {
    expect(segmentsOf(20, [[3, 12]])).toEqual([
      { kind: 'text', start: 0, end: 3 },
      { kind: 'thinking', start: 3, end: 12 },
      { kind: 'text', start: 12, end: 20 },
    ]);
  });
  test('an output that never stops thinking has nothing after it', () => {
    expect(segmentsOf(9, [[0, 9]])).toEqual([{ kind: 'thinking', start: 0, end: 9 }]);
  });
  test('an empty output has no segments', () => {
    expect(segmentsOf(0, [])).toEqual([]);
  });
});

describe('thinking', () => {
  const folded = (output: string) => thinkingOf(output).map((range) => output.slice(...range));
  test('is folded with its tags and the blank after it', () => {
    expect(folded('<think>a\nb</think>\n\n<answer>4</answer>')).toEqual(['<think>a\nb</think>\n\n']);
  });
  test('that never ends goes to the end', () => {
    expect(folded('so <think>and then')).toEqual(['<think>and then']);
  });
  test('that a template began for the model goes from the start', () => {
    expect(folded('I see</think><answer>4</answer>')).toEqual(['I see</think>']);
  });
  test('is nowhere in a plain output', () => {
    expect(folded('<answer>4</answer>')).toEqual([]);
  });
  test('gives segments that cover any output', () => {
    const parts = fc.constantFrom('<think>', '</think>', '<answer>', '</answer>', ' ', '\n', 'x');
    fc.assert(
      fc.property(fc.array(parts), (chosen) => {
        const output = chosen.join('');
        const segments = segmentsOf(output.length, thinkingOf(output));
        expect(segments.map(({ start, end }) => output.slice(start, end)).join('')).toBe(output);
      }),
    );
  });
});

describe('clip', () => {
  test('a short text is shown whole', () => {
    expect(clip('abc', [0, 3], [], 10)).toEqual([{ start: 0, end: 3, hidden: false }]);
  });
  test('a long text shows its head', () => {
    expect(clip('x'.repeat(100), [0, 100], [], 10)).toEqual([
      { start: 0, end: 10, hidden: false },
      { start: 10, end: 100, hidden: true },
    ]);
  });
  test('a mark in the hidden part is shown with what is around it', () => {
    const pieces = clip('x'.repeat(100_000), [0, 100_000], [[50_000, 50_004]], 10);
    expect(pieces).toEqual([
      { start: 0, end: 10, hidden: false },
      { start: 10, end: 49_500, hidden: true },
      { start: 49_500, end: 50_504, hidden: false },
      { start: 50_504, end: 100_000, hidden: true },
    ]);
  });
  test('a mark of megabytes is shown by its beginning', () => {
    const shown = clip('x'.repeat(5_000_000), [0, 5_000_000], [[1_000, 4_999_000]], 10)
      .filter((piece) => !piece.hidden)
      .reduce((sum, piece) => sum + piece.end - piece.start, 0);
    expect(shown).toBeLessThan(5_000);
  });
  test('pieces cover the range, alternate, and never halve a character', () => {
    fc.assert(
      fc.property(
        texts.chain((text) =>
          fc.tuple(
            fc.constant(text),
            fc.array(rangeIn(text.length), { maxLength: 3 }),
            fc.integer({ min: 1, max: text.length }),
          ),
        ),
        ([text, marks, limit]) => {
          const pieces = clip(text, [0, text.length], marks, limit);
          expect(pieces[0]?.start).toBe(0);
          expect(pieces.at(-1)?.end).toBe(text.length);
          for (const [index, piece] of pieces.entries()) {
            expect(piece.end).toBeGreaterThanOrEqual(piece.start);
            expect(halvesAPair(text, piece.start)).toBe(false);
            if (index > 0) expect(piece.start).toBe(pieces[index - 1]?.end);
          }
          for (const mark of marks)
            if (mark[0] < mark[1])
              expect(
                pieces.some((piece) => !piece.hidden && piece.start <= mark[0] && mark[0] <= piece.end),
              ).toBe(true);
        },
      ),
    );
  });
});

describe('blocks', () => {
  test('they make up the range, are short, and never halve a character', () => {
    fc.assert(
      fc.property(
        texts.chain((text) => fc.tuple(fc.constant(text), rangeIn(text.length))),
        ([text, range]) => {
          const blocks = blocksOf(text, range);
          expect(blocks.map(([start, end]) => text.slice(start, end)).join('')).toBe(text.slice(...range));
          for (const [start, end] of blocks) {
            expect(end - start).toBeLessThanOrEqual(BLOCK);
            if (start !== range[0]) expect(halvesAPair(text, start)).toBe(false);
          }
        },
      ),
    );
  });
  test('a block ends with its line where it can', () => {
    const text = `${'x'.repeat(BLOCK - 5)}\n${'y'.repeat(BLOCK)}`;
    expect(blocksOf(text, [0, text.length])[0]).toEqual([0, BLOCK - 4]);
  });
});

test('marks cut a block where they begin and end, and a mark elsewhere leaves it whole', () => {
  expect(markedParts([10, 20], [[12, 15]])).toEqual([
    { range: [10, 12], marks: [] },
    { range: [12, 15], marks: [0] },
    { range: [15, 20], marks: [] },
  ]);
  expect(
    markedParts(
      [10, 20],
      [
        [5, 14],
        [12, 20],
      ],
    ),
  ).toEqual([
    { range: [10, 12], marks: [0] },
    { range: [12, 14], marks: [0, 1] },
    { range: [14, 20], marks: [1] },
  ]);
  expect(markedParts([10, 20], [[30, 40]])).toEqual([{ range: [10, 20], marks: [] }]);
  expect(markedParts([10, 20], [])).toEqual([{ range: [10, 20], marks: [] }]);
});
