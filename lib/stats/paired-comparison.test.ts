import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from './comparisons.golden.json';
import { comparePaired, detectableDifference, exactMcNemar } from './paired-comparison';

type Counts = readonly [bothRight: number, fixed: number, broken: number, bothWrong: number];

/** Samples of as many images as there are counts. */
function compare(images: readonly Counts[]) {
  const cluster: number[] = [];
  const baseline: boolean[] = [];
  const other: boolean[] = [];
  for (const [place, counts] of images.entries())
    for (const [kind, count] of counts.entries())
      for (let i = 0; i < count; i += 1) {
        cluster.push(place);
        baseline.push(kind === 0 || kind === 2);
        other.push(kind === 0 || kind === 1);
      }
  return comparePaired(cluster, baseline, other);
}

/** Samples with a picture each. */
function compareSingles(total: number, fixed: number, broken: number) {
  const outcome = (i: number, right: number, wrong: number) => i < right || i >= right + wrong;
  return comparePaired(
    Array.from({ length: total }, (_, i) => i),
    Array.from({ length: total }, (_, i) => outcome(i, 0, fixed)),
    Array.from({ length: total }, (_, i) => outcome(i, fixed, broken)),
  );
}

const image = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)).filter((counts) => counts.some(Boolean));
const images = fc.array(image, { minLength: 1, maxLength: 30 });

describe('comparePaired', () => {
  it('of samples with a picture each is what statsmodels and the definition of the interval give', () => {
    expect(golden.independent.length).toBeGreaterThan(700);
    for (const row of golden.independent) {
      const [total, fixed, broken, low, high, p, exactP, detectable] = row;
      const found = compareSingles(total ?? 0, fixed ?? 0, broken ?? 0);
      const words = `${fixed} fixed and ${broken} broken of ${total}`;
      expect(found, words).toMatchObject({ total, fixed, broken, clusters: total });
      expect(found.interval.low, words).toBeCloseTo(low ?? Number.NaN, 9);
      expect(found.interval.high, words).toBeCloseTo(high ?? Number.NaN, 9);
      expect(found.pValue, words).toBeCloseTo(p ?? Number.NaN, 12);
      expect(found.exactP, words).toBeCloseTo(exactP ?? Number.NaN, 11);
      if (detectable === null) expect(found.detectable, words).toBeNull();
      else expect(found.detectable, words).toBeCloseTo(detectable ?? Number.NaN, 9);
    }
  });

  it('of images asked about several times has the cluster-robust error of statsmodels and the interval by it', () => {
    expect(golden.clustered.length).toBeGreaterThan(300);
    for (const { images, expected } of golden.clustered) {
      const found = compare(images.map(([a = 0, b = 0, c = 0, d = 0]): Counts => [a, b, c, d]));
      const [error, low, high, p, detectable] = expected;
      const words = JSON.stringify(images);
      expect(found.exactP).toBeNull();
      expect(found.standardError, words).toBeCloseTo(error ?? Number.NaN, 9);
      expect(found.interval.low, words).toBeCloseTo(low ?? Number.NaN, 9);
      expect(found.interval.high, words).toBeCloseTo(high ?? Number.NaN, 9);
      expect(found.pValue, words).toBeCloseTo(p ?? Number.NaN, 10);
      if (detectable === null) expect(found.detectable, words).toBeNull();
      else expect(found.detectable, words).toBeCloseTo(detectable ?? Number.NaN, 9);
    }
  });

  it('never says one thing by the interval and another by p', () => {
    const check = ({ interval: { low, high }, pValue }: ReturnType<typeof compare>) => {
      if (Math.abs(pValue - 0.05) > 1e-9) expect(pValue < 0.05).toBe(low > 0 || high < 0);
    };
    fc.assert(
      fc.property(images, (each) => check(compare(each))),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.integer({ min: 1, max: 400 }), (fixed, broken, same) =>
        check(compareSingles(fixed + broken + same, fixed, broken)),
      ),
      { numRuns: 500 },
    );
  });

  it('turns round with the order of the runs, and holds the difference', () => {
    const swap = ([right, fixed, broken, wrong]: Counts): Counts => [right, broken, fixed, wrong];
    fc.assert(
      fc.property(images, (each) => {
        const there = compare(each);
        const back = compare(each.map(swap));
        expect(back.interval.low).toBeCloseTo(-there.interval.high, 9);
        expect(back.interval.high).toBeCloseTo(-there.interval.low, 9);
        expect(back.pValue).toBeCloseTo(there.pValue, 12);
        expect(there.interval.low).toBeLessThanOrEqual(there.difference);
        expect(there.interval.high).toBeGreaterThanOrEqual(there.difference);
        expect(there.difference).toBeCloseTo((100 * (there.fixed - there.broken)) / there.total, 9);
      }),
    );
  });

  it('of one image asked about twice says nothing', () => {
    expect(compare([[0, 2, 0, 0]])).toMatchObject({
      standardError: null,
      interval: { low: -100, high: 100 },
      pValue: 1,
      detectable: null,
    });
  });

  it('is less sure of the same counts where they come from fewer images', () => {
    const apart = compareSingles(60, 20, 8);
    const together = compare([
      ...Array.from({ length: 5 }, (): Counts => [0, 4, 0, 0]),
      ...Array.from({ length: 2 }, (): Counts => [0, 0, 4, 0]),
      ...Array.from({ length: 8 }, (): Counts => [4, 0, 0, 0]),
    ]);
    expect(apart.pValue).toBeLessThan(0.03);
    expect(together).toMatchObject({ total: 60, fixed: 20, broken: 8, clusters: 15 });
    expect(together.pValue).toBeGreaterThan(0.2);
  });

  it('refuses verdicts on other samples, and none', () => {
    expect(() => comparePaired([0, 1], [true], [true, false])).toThrow(RangeError);
    expect(() => comparePaired([], [], [])).toThrow(RangeError);
  });
});

describe('detectableDifference', () => {
  it.each([
    // Benchmarks of the published table, a fifth of the samples discordant.
    [754, 4.6],
    [1_000, 4.0],
    [2_638, 2.4],
    [10_834, 1.2],
  ])('of %i samples of which a fifth differ is %f points', (total, points) => {
    expect(detectableDifference(total, 0.2, 1.959963984540054)).toBeCloseTo(points, 1);
  });

  it('of runs that differ nowhere is what that many samples could show', () => {
    // Eight or so of 200 that all go one way.
    expect(detectableDifference(200, 0, 1.959963984540054)).toBeCloseTo(3.88, 2);
    expect(detectableDifference(3, 0, 1.959963984540054)).toBeNull();
  });
});

describe('exactMcNemar', () => {
  it('is the binomial tail, doubled', () => {
    expect(exactMcNemar(0, 0)).toBe(1);
    expect(exactMcNemar(5, 0)).toBeCloseTo(2 / 32, 12);
    expect(exactMcNemar(1, 9)).toBeCloseTo((2 * (1 + 10)) / 1024, 12);
    // 2 * (C(29, 0) + … + C(29, 8)) / 2^29, in whole numbers
    expect(exactMcNemar(8, 21)).toBeCloseTo(0.024119544774293886, 12);
  });

  it('holds for thousands, where 2^-n is no number', () => {
    expect(exactMcNemar(6_000, 6_000)).toBe(1);
    expect(exactMcNemar(5_900, 6_100)).toBeCloseTo(0.0693, 3);
    expect(exactMcNemar(0, 13_000)).toBe(0);
  });

  it('does not care which is which, and never leaves 0 to 1', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), (a, b) => {
        const p = exactMcNemar(a, b);
        expect(p).toBe(exactMcNemar(b, a));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });
});
