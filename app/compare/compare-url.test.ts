import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareQuery, readAddress, readList } from './compare-url';

test('an address comes back as it went, whatever is chosen', () => {
  const id = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
  const ids = fc.uniqueArray(id, { maxLength: 4 });
  const address = fc.record({
    runs: ids,
    checkpoints: ids,
    model: fc.option(id),
    baseline: fc.option(id),
    benchmark: fc.option(id),
    split: fc.option(id),
  });
  const view = fc.record({
    filter: fc.record(
      {
        order: fc.constantFrom('lost' as const, 'data' as const),
        right: fc.stringMatching(/^[01x]{2,4}$/),
        tag: fc.record({
          tag: fc.stringMatching(/^[a-z_]{1,10}$/),
          value: fc.string({ unit: 'grapheme' }),
        }),
        text: fc.stringMatching(/^[a-z<&=]{1,12}$/),
      },
      { requiredKeys: ['order'] },
    ),
    sampleId: fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
  });
  fc.assert(
    fc.property(address, view, (chosen, listed) => {
      const params = new URLSearchParams(compareQuery(chosen, listed));
      expect(readAddress(params)).toEqual(chosen);
      expect(readList(params)).toEqual(listed);
    }),
  );
});

test('a form names a checkpoint each; the same run twice stays twice, to be said', () => {
  const read = (query: string) => readAddress(new URLSearchParams(query));
  expect(read('checkpoints=a&checkpoints=b').checkpoints).toEqual(['a', 'b']);
  expect(read('checkpoints=a,b,a').checkpoints).toEqual(['a', 'b']);
  expect(read('runs=a,b,a').runs).toEqual(['a', 'b', 'a']);
  expect(read('runs=,').runs).toEqual([]);
});

test('what is not understood counts as not set', () => {
  expect(readList(new URLSearchParams('right=12&tag=:x&order=up&sample='))).toEqual({
    filter: { order: 'lost' },
    sampleId: null,
  });
});
