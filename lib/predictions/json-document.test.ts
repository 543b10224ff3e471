import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentParts } from './json-document';
import { parseJson } from './json-text';

const cut = (text: string, chunkBytes: number): Uint8Array[] => {
  const bytes = new TextEncoder().encode(text);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.slice(at, at + chunkBytes));
  return chunks;
};

const read = (text: string, chunkBytes: number): unknown[] =>
  [...documentParts(cut(text, chunkBytes))].map((part) => {
    const value = parseJson(part.bytes, part.row, part.offset);
    return part.kind === 'entry' ? [part.key, value] : value;
  });

const anyJson = fc.jsonValue({ maxDepth: 4 });
const space = fc.constantFrom(undefined, 1, '\t');

test('the elements of a list are those that JSON.parse finds, however the bytes are cut', () =>
  fc.assert(
    fc.property(fc.array(anyJson), space, fc.integer({ min: 1, max: 50 }), (list, indent, chunkBytes) => {
      const text = JSON.stringify(list, null, indent);
      expect(read(text, chunkBytes)).toEqual(JSON.parse(text));
    }),
  ));

test('the entries of an object too, its "results" one by one', () =>
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), anyJson),
      fc.array(anyJson),
      space,
      fc.integer({ min: 1, max: 50 }),
      (before, results, indent, chunkBytes) => {
        const { results: _, ...entries } = before;
        const text = `\ufeff${JSON.stringify({ ...entries, results }, null, indent)}`;
        expect(read(text, chunkBytes)).toEqual([
          ...Object.entries(JSON.parse(JSON.stringify(entries))),
          ...JSON.parse(JSON.stringify(results)),
        ]);
      },
    ),
  ));

test('what JSON.parse refuses at the top level is refused', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('[', ']', '{', '}', ',', ':', '"a"', '1', 'null', ' '), { maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      (tokens, chunkBytes) => {
        const text = tokens.join('');
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          expect(() => read(text, chunkBytes)).toThrow();
          return;
        }
        if (typeof value === 'object' && value !== null) expect(() => read(text, chunkBytes)).not.toThrow();
        else expect(() => read(text, chunkBytes)).toThrow();
      },
    ),
    { numRuns: 2_000 },
  ));
