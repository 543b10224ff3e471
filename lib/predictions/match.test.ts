import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gold, Sample } from '@/lib/samples/sample';
import { couldBe, type InstalledSplit, likeliestSplit, shareInWords } from './likeliest-split';
import { goldKey, matchRows, requireMatches } from './match';
import type { PredictionRow, PredictionsFile, SampleReference } from './predictions-file';

const sample = (sampleId: string, question: string, gold: Gold, image: string | null = null): Sample => ({
  sampleId,
  question,
  options: null,
  gold,
  tags: {},
  image,
  cluster: sampleId,
});

const rowsOf = (...references: SampleReference[]): PredictionRow[] =>
  references.map((reference, i) => ({
    row: i + 1,
    reference,
    output: `output ${i + 1}`,
    tokens: null,
    claimedCorrect: i % 2 === 0,
  }));

const byId = (sampleId: string, gold: unknown = null): SampleReference => ({ by: 'id', sampleId, gold });
const byContent = (
  question: string,
  gold: unknown,
  image: string | null = null,
  options: readonly string[] | null = null,
): SampleReference => ({ by: 'content', image, question, options, gold });

function match(references: readonly SampleReference[], samples: readonly Sample[]) {
  const matching = matchRows(rowsOf(...references), samples);
  const pairs = [...matching].map(({ sample, row }) => `${row.row}:${sample.sampleId}`);
  return { pairs, report: matching.report() };
}

describe('by id', () => {
  const samples = [sample('a', 'q', '1'), sample('b', 'q', '2'), sample('c', 'q', '3')];

  test('in the order of the file; the first of two rows counts; what is missing and unknown is told', () => {
    const { pairs, report } = match([byId('c'), byId('a'), byId('x'), byId('a')], samples);
    expect(pairs).toEqual(['1:c', '2:a']);
    expect(report).toMatchObject({
      rows: 4,
      matched: 2,
      unknown: { count: 1, examples: [{ row: 3, reference: 'id "x"' }] },
      duplicates: { count: 1, examples: [{ row: 4, reference: 'id "a"' }] },
      claimed: { correct: 1, total: 2 },
    });
    expect(report.missing.map(({ sampleId }) => sampleId)).toEqual(['b']);
  });

  test('a row whose right answer is that of another sample names none', () => {
    expect(match([byId('a', '1.0'), byId('b', '7')], samples).pairs).toEqual(['1:a']);
    const { pairs, report } = match(
      [
        { by: 'ordinal', ordinal: 2, gold: 3 },
        { by: 'ordinal', ordinal: 1, gold: '3' },
        { by: 'ordinal', ordinal: 9, gold: null },
      ],
      samples,
    );
    expect(pairs).toEqual(['1:c']);
    expect(report.unknown.count).toBe(2);
  });

  test('ids of another split: nothing matches, and that is refused in words', () => {
    const { report } = match([byId('x1'), byId('x2')], samples);
    expect(() => requireMatches(report, 'GEOQA test')).toThrow(
      'none of the 2 rows names a sample of GEOQA test (row 1: id "x1"); is it of another split or benchmark?',
    );
  });
});

describe('by content', () => {
  test('the image by its file name, the right answer whatever its type', () => {
    const samples = [
      sample('0', 'How many?', 4, './images/a.png'),
      sample('1', 'How many?', 4, './images/b.png'),
      sample('2', 'How  many? ', 5, './images/b.png'),
    ];
    const { pairs, report } = match(
      [
        byContent('How many?', '4', '/home/someone/images/b.png'),
        byContent('How many?', 5, 'C:\\images\\b.png'),
        byContent('How many?', 6, 'b.png'),
      ],
      samples,
    );
    expect(pairs).toEqual(['1:1', '2:2']);
    expect(report.unknown.examples[0]?.reference).toBe('image "b.png", question "How many?", right answer 6');
  });

  test('boxes without an image (REC); equal samples are taken in order, and then no more', () => {
    const samples = [
      sample('0', 'the cat', [1, 2, 3, 4], 'a.jpg'),
      sample('1', 'the dog', [1, 2, 3, 4], 'a.jpg'),
      sample('2', 'the cat', [1, 2, 3, 4], 'b.jpg'),
    ];
    const cat = byContent('the cat', [1, 2, 3, 4.0]);
    const { pairs, report } = match([cat, byContent('the dog', '[1, 2, 3, 4]'), cat, cat], samples);
    expect(pairs).toEqual(['1:0', '2:1', '3:2']);
    expect(report.duplicates.count).toBe(1);
  });

  test('options tell equal questions apart', () => {
    const samples = [
      { ...sample('0', 'How many?', '(A)'), options: ['1', '2'] },
      { ...sample('1', 'How many?', '(A)'), options: ['3', '4'] },
    ];
    expect(match([byContent('How many?', 'A', null, ['3', '4'])], samples).pairs).toEqual(['1:1']);
  });

  test('a shuffled file matches every sample once', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ question: fc.constantFrom('p', 'q', 'r'), gold: fc.nat(3) }), { minLength: 1 }),
        fc.infiniteStream(fc.nat()),
        (contents, random) => {
          const samples = contents.map(({ question, gold }, i) => sample(`${i}`, question, gold));
          const shuffled = contents
            .map((content) => ({ content, at: random.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ content }) => byContent(content.question, content.gold));
          const matching = matchRows(rowsOf(...shuffled), samples);
          const taken = [...matching].map(({ sample: { question, gold }, row: { reference } }) => {
            expect(reference).toEqual(byContent(question, gold));
            return question;
          });
          expect(taken).toHaveLength(samples.length);
          expect(matching.report()).toMatchObject({
            missing: [],
            unknown: { count: 0 },
            duplicates: { count: 0 },
          });
        },
      ),
    ));
});

const FORMULA = ['x _ { 1 } = \\frac { 1 } { 2 }\n', 'x_1 = \\frac{1}{2}\n'];

test.each([
  [4, '4.0'],
  ['(A)', 'A'],
  ["['CENTRE']", 'CENTRE'],
  ["['it\\'s', \"x, y\"]", ["it's", 'x, y']],
  ['[1, 2.50, 3, 4]', [1, 2.5, 3, 4]],
  ['["a"]', ['a']],
  // A handwritten formula of OCRBench, as Python and as JSON write it.
  [String.raw`['x _ { 1 } = \\frac { 1 } { 2 }\n', 'x_1 = \\frac{1}{2}\n']`, FORMULA],
  [JSON.stringify(FORMULA), FORMULA],
  ["('1', '2')", ['1', '2']],
  ['[0, 1)', '[0, 1)'],
])('the right answer %j is %j', (one, other) => {
  expect(goldKey(one)).toBe(goldKey(other));
});

test.each([
  ['140°', '140'],
  ['a', 'A'],
  [['1', '2'], '12'],
  [String.raw`['a\nb']`, 'anb'],
  [String.raw`['a\nb']`, 'a b'],
])('the right answer %j is not %j', (one, other) => {
  expect(goldKey(one)).not.toBe(goldKey(other));
});

describe('the likeliest split', () => {
  const file = (references: SampleReference[], said: Partial<PredictionsFile> = {}): PredictionsFile => ({
    format: 'seed-json',
    manifest: {},
    benchmarks: [],
    claimedAccuracy: null,
    rows: () => rowsOf(...references),
    ...said,
  });
  const val = {
    benchmark: 'refcoco',
    split: 'val',
    samples: [sample('0', 'cat', 1), sample('1', 'dog', 2)],
  } as const;
  const mini = { benchmark: 'refcoco', split: 'mini', samples: [sample('0', 'cat', 1)] } as const;
  const geoqa = {
    benchmark: 'geoqa',
    split: 'test',
    samples: [sample('0', 'angle', 1), sample('1', 'side', 2)],
  } as const;

  const found = (rows: PredictionsFile, splits: readonly InstalledSplit[]) =>
    likeliestSplit(rows.rows(), splits).found;

  test('is that with most of the samples, the smallest of equals', () => {
    const installed = [geoqa, val, mini];
    expect(found(file([byContent('cat', 1), byContent('dog', 2)]), installed)).toBe(val);
    expect(found(file([byContent('cat', 1)]), installed)).toBe(mini);
    expect(found(file([byContent('side', 2)]), installed)).toBe(geoqa);
    expect(found(file([byContent('bird', 2)]), installed)).toBeNull();
    expect(found(file([]), installed)).toBeNull();
  });

  test('is not guessed from ids that several benchmarks have', () => {
    const rows = [byId('0'), byId('1')];
    expect(found(file(rows), [geoqa, val])).toBeNull();
    expect(found(file(rows), [mini, val])).toBe(val);
    expect(found(file([byId('0')]), [mini, val])).toBe(mini);
    const other = { ...val, split: 'other' };
    expect(found(file([byId('0')]), [other, val])).toBeNull();
    expect(couldBe(file(rows, { manifest: { benchmark: 'geoqa' } }), val)).toBe(false);
    expect(couldBe(file(rows, { manifest: { split: 'mini' } }), val)).toBe(false);
    expect(couldBe(file(rows, { benchmarks: ['geoqa'] }), val)).toBe(false);
  });

  test('has nine of ten rows; what fewer rows agree with by accident is told, with how many', () => {
    const gold = (i: number) => 'ABCD'[(i * i + i) % 4] ?? '';
    const choices = (split: string, shift: number): InstalledSplit => ({
      benchmark: 'cv-bench',
      split,
      samples: Array.from({ length: 100 }, (_, i) => sample(`${i}`, `q${i}`, gold(i + shift))),
    });
    const rows = (wrong: number): SampleReference[] =>
      Array.from({ length: 100 }, (_, i) => ({ by: 'ordinal', ordinal: i, gold: i < wrong ? 'E' : gold(i) }));
    const [right, other] = [choices('right', 0), choices('other', 1)];
    expect(found(file(rows(10)), [other, right])).toBe(right);
    expect(found(file(rows(11)), [other, right])).toBeNull();
    const { found: none, shares } = likeliestSplit(file(rows(0)).rows(), [other]);
    expect(none).toBeNull();
    expect(shares).toMatchObject([{ split: other, naming: 50, report: { rows: 100, matched: 50 } }]);
    expect(shares.map(shareInWords)).toEqual(['50 of 100 rows (50.0 %)']);
  });

  test('counts rows for a sample that has one, of a model that was asked several times', () => {
    expect(found(file([byContent('cat', 1), byContent('cat', 1), byContent('cat', 1)]), [mini])).toBe(mini);
  });
});

test('a file whose rows have other right answers than the samples that they name is none of the split', () => {
  const samples = Array.from({ length: 20 }, (_, i) => sample(`${i}`, 'q', i));
  const report = (wrong: number, unknown = 0) =>
    match(
      [
        ...samples.map((_, i) => byId(`${i}`, i < wrong ? 'x' : i)),
        ...Array.from({ length: unknown }, (_, i) => byId(`u${i}`, 0)),
      ],
      samples,
    ).report;
  expect(report(2)).toMatchObject({ matched: 18, contradicted: 2, unknown: { count: 2 } });
  expect(() => requireMatches(report(2, 100), 'it')).not.toThrow();
  expect(() => requireMatches(report(3), 'GEOQA test')).toThrow(
    '3 of the 20 rows have another right answer than the sample of GEOQA test at their place (row 1: id "0", right answer "x"); is the file of another split or benchmark, or in another order?',
  );
});
