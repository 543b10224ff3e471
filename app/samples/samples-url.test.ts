import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OUTCOMES } from '@/lib/scoring/scorer';
import { MAX_TEXT, paramsOf, readView, viewQuery } from './samples-url';

const view = (query: string) => readView(new URLSearchParams(query));

test('an address without a query shows all samples and opens none', () => {
  expect(view('')).toEqual({ filter: {}, sampleId: null });
  expect(viewQuery(view(''))).toBe('');
});

test('outcome, tag, text and sample are read', () => {
  expect(view('?outcome=wrong&tag=task:Count&text=red+car&sample=a/b%20c')).toEqual({
    filter: { outcome: 'wrong', tag: { tag: 'task', value: 'Count' }, text: 'red car' },
    sampleId: 'a/b c',
  });
});

test('a form without scripts sends empty fields, which set nothing', () => {
  expect(view('?outcome=&tag=&text=&sample=')).toEqual({ filter: {}, sampleId: null });
});

test('what it does not understand counts as not set', () => {
  expect(view('?outcome=maybe&tag=task&page=3').filter).toEqual({});
  expect(view('?tag=:Count').filter).toEqual({});
});

test('a text is cut to what the server takes', () => {
  expect(view(`?text=${'x'.repeat(MAX_TEXT + 50)}`).filter.text).toHaveLength(MAX_TEXT);
});

test('a value may hold a colon, a tag may not', () => {
  expect(view('?tag=source:coco:val').filter.tag).toEqual({ tag: 'source', value: 'coco:val' });
});

test('every view survives its address', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .map((each) => each.trim())
    .filter((each) => each !== '');
  fc.assert(
    fc.property(
      fc.record({
        filter: fc.record(
          {
            outcome: fc.constantFrom(...OUTCOMES),
            tag: fc.record({
              tag: fc.stringMatching(/^[a-z][a-z_]{0,10}$/),
              value: fc.string({ unit: 'grapheme' }),
            }),
            text,
          },
          { requiredKeys: [] },
        ),
        sampleId: fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
      }),
      (each) => {
        expect(view(viewQuery(each))).toEqual(each);
      },
    ),
  );
});

test("Next's query object reads like the address", () => {
  expect(paramsOf({ outcome: 'wrong', tag: ['a:b', 'c:d'], text: undefined }).toString()).toBe(
    'outcome=wrong&tag=a%3Ab&tag=c%3Ad',
  );
});
