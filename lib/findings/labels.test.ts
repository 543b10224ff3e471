import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REFLECTION } from '@/lib/reasoning/reflection';
import { labelsFile, readingOf } from './labels';
import file from './labels.json';

const { strata, labels } = labelsFile.parse(file);

test('precision is of all that the list finds, recall as far as samples tell of what it does not', () => {
  const { outputs, read, precision, recall, rest } = readingOf();
  const of = (stratum: string, reflects: boolean) =>
    labels.filter((each) => each.stratum === stratum && each.reflects === reflects).length;
  expect(precision).toMatchObject({ correct: of('found', true), total: strata.found.size });
  const missed =
    of('read', true) + (of('near', true) / (of('near', true) + of('near', false))) * strata.near.size;
  expect(recall.missed).toBeCloseTo(missed, 10);
  expect(recall.percent).toBeCloseTo((100 * of('found', true)) / (of('found', true) + missed), 10);
  expect(recall.low).toBeLessThan(recall.percent);
  expect(recall.high).toBeGreaterThan(recall.percent);
  expect(rest).toMatchObject({ correct: 0, total: of('rest', false) });
  expect([outputs, read]).toEqual([
    strata.found.size + strata.read.size + strata.near.size + strata.rest.size,
    labels.length,
  ]);
});

test('a list without some of its phrases finds less', () => {
  const none = readingOf(() => false);
  expect(none.precision).toMatchObject({ correct: 0, total: 0 });
  expect(none.recall.percent).toBe(0);
  const some = readingOf((phrase) => phrase !== 'there is no solution to th*');
  expect(some.recall.percent).toBeLessThan(readingOf().recall.percent);
});

test('whatever reflects has a category of the list, and something became of its answer', () => {
  const categories = REFLECTION.map(({ id }) => id);
  for (const { reflects, category, became } of labels) {
    expect(became !== undefined).toBe(reflects);
    expect(category === undefined ? !reflects : categories.includes(category)).toBe(true);
  }
  const { became, reflecting } = readingOf();
  expect(became.reduce((sum, { count }) => sum + count, 0)).toBe(reflecting);
});

test('every phrase that is said to be found is in the list', () => {
  const phrases = new Set(REFLECTION.flatMap((category) => category.phrases));
  expect(labels.flatMap((label) => label.phrases).filter((phrase) => !phrases.has(phrase))).toEqual([]);
});

test('the document says what the labels say', () => {
  const text = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
  const table = [...text.matchAll(/^\| .* \| ([\d,]+) +\| (\d+) +\| (\d+) +\|$/gm)].map(([, ...cells]) =>
    cells.map((cell) => Number(cell.replace(',', ''))),
  );
  const own = (stratum: string) => labels.filter((label) => label.stratum === stratum);
  expect(table).toEqual(
    Object.entries(strata).map(([id, { size }]) => [
      size,
      own(id).length,
      own(id).filter(({ reflects }) => reflects).length,
    ]),
  );
  const { outputs, read, precision, recall, reflecting, became, rest } = readingOf();
  const percent = (value: number) => value.toFixed(1);
  for (const words of [
    `${read} of ${outputs.toLocaleString('en')} outputs`,
    `${precision.correct} of ${precision.total} (${percent((100 * precision.correct) / precision.total)} %, ${percent(precision.interval.low)} to ${percent(precision.interval.high)})`,
    `about ${recall.percent.toFixed(0)} % (${recall.low.toFixed(0)} to ${recall.high.toFixed(0)},`,
    `some ${recall.missed.toFixed(0)} are missed`,
    `up to ${percent(rest.interval.high)} % may`,
    `the ${reflecting} answers`,
  ])
    expect(text).toContain(words);
  const counts = became.filter(({ count }) => count > 0).map(({ count }) => count);
  expect(counts.toSorted((a, b) => b - a)).toEqual([37, 20, 7, 2]);
});
