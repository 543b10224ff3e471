import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FILTERS,
  type JobView,
  jobAddress,
  jobQuery,
  ORDERS,
  RESPONSE_SORTS,
  readJobView,
  X_AXES,
} from './job-url';
import { JOB_KINDS, LIST_STATES, type ListView, listFilter, listQuery, readListView } from './list-url';

const read = (query: string) => readJobView(new URLSearchParams(query));
const nothing = read('');

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const place = fc.option(fc.nat(1e6));
const view: fc.Arbitrary<JobView> = fc.record({
  metrics: fc.option(fc.uniqueArray(text, { maxLength: 5 })),
  x: fc.constantFrom(...X_AXES),
  smooth: fc.constantFrom(0, 0.5, 0.97),
  others: fc.uniqueArray(text, { maxLength: 4 }),
  zoom: fc.option(
    fc
      .tuple(fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }))
      .map(([from, more]) => ({ from, to: from + more })),
  ),
  step: place,
  filter: fc.option(fc.constantFrom(...FILTERS)),
  order: fc.constantFrom(...ORDERS),
  group: place,
  response: place,
  sort: fc.constantFrom(...RESPONSE_SORTS),
});

test('a view comes back from its address', () => {
  fc.assert(
    fc.property(view, (each) => {
      expect(read(jobQuery(each))).toEqual(each);
    }),
  );
});

test('what is not understood counts as not set', () => {
  expect(read('?x=depth&smooth=2&from=9&to=3&step=-1&filter=odd&order=&group=1.5&sort=by')).toEqual(nothing);
  expect(jobQuery(nothing)).toBe('');
});

test('who opens an address with a step sees its rollouts', () => {
  expect(jobAddress({ ...nothing, step: 20, group: 3 })).toBe('?step=20&group=3#rollouts');
  expect(jobAddress(nothing)).toBe('');
});

test('a list’s view comes back from its address', () => {
  const listView: fc.Arbitrary<ListView> = fc.record({
    state: fc.option(fc.constantFrom(...LIST_STATES)),
    kind: fc.option(fc.constantFrom(...JOB_KINDS)),
    text: text.map((each) => each.trim()),
  });
  fc.assert(
    fc.property(listView, (each) => {
      expect(readListView(new URLSearchParams(listQuery(each)))).toEqual(each);
    }),
  );
  expect(listFilter({ state: 'open', kind: null, text: '' })).toEqual({ states: ['waiting', 'running'] });
});
