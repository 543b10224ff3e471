import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Count,
  clusteredInterval,
  meanOfSplits,
  reportedInterval,
  tQuantile,
  wilson,
} from './intervals';

const count = fc
  .integer({ min: 1, max: 12 })
  .chain((total) => fc.integer({ min: 0, max: total }).map((correct) => ({ correct, total })));
const clusters = fc.array(count, { minLength: 1, maxLength: 60 });

const sum = (counts: readonly Count[]): Count => ({
  correct: counts.reduce((n, c) => n + c.correct, 0),
  total: counts.reduce((n, c) => n + c.total, 0),
});

/** A small generator with a seed, so that a simulation gives the same figure each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('tQuantile', () => {
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [4, 2.7764],
    [5, 2.5706],
    [10, 2.2281],
    [30, 2.0423],
    [120, 1.9799],
    [5000, 1.9604],
  ])('of %i degrees of freedom is %f, as in the tables', (df, table) => {
    expect(Math.abs(tQuantile(df) - table)).toBeLessThan(0.01);
    if (df > 3) expect(Math.abs(tQuantile(df) - table)).toBeLessThan(0.002);
  });
});

describe('wilson', () => {
  it.each([
    // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
    [81, 263, 25.53, 36.62],
    [15, 148, 6.24, 16.05],
    [0, 20, 0, 16.11],
    [1, 29, 0.61, 17.18],
    [48, 100, 38.46, 57.68],
  ])('of %i out of %i is %f to %f', (correct, total, low, high) => {
    const interval = wilson({ correct, total });
    expect(interval.low).toBeCloseTo(low, 2);
    expect(interval.high).toBeCloseTo(high, 2);
  });

  it('holds the estimate, stays within 0 to 100, and mirrors', () => {
    fc.assert(
      fc.property(count, ({ correct, total }) => {
        const { low, high } = wilson({ correct, total });
        const p = (100 * correct) / total;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(100);
        expect(low).toBeLessThanOrEqual(p);
        expect(high).toBeGreaterThanOrEqual(p);
        const mirror = wilson({ correct: total - correct, total });
        expect(mirror.low).toBeCloseTo(100 - high, 9);
      }),
    );
  });

  it('of no samples says nothing', () => {
    expect(wilson({ correct: 0, total: 0 })).toMatchObject({ low: 0, high: 100 });
  });
});

describe('clusteredInterval', () => {
  it('is Wilson where every sample is its own cluster', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (verdicts) => {
        const singles = verdicts.map((correct) => ({ correct: Number(correct), total: 1 }));
        expect(clusteredInterval(singles)).toEqual(wilson(sum(singles)));
      }),
    );
  });

  it('follows the variance worked out by hand', () => {
    // p = 6/10; residuals 2-1.8, 0-1.2, 3-1.8, 1-1.2: squares 0.04 + 1.44 + 1.44 + 0.04 = 2.96.
    // variance = 4/3 * 2.96/100 = 0.0394667; independent 0.24/9 = 0.0266667; n = 10 * 0.675676 = 6.75676.
    // t(9) = 2.26216, t(3) = 3.18245: n = 6.75676 * 0.505275 = 3.41403.
    const interval = clusteredInterval([
      { correct: 2, total: 3 },
      { correct: 0, total: 2 },
      { correct: 3, total: 3 },
      { correct: 1, total: 2 },
    ]);
    const n = 3.41403;
    const z2 = 1.959964 ** 2;
    const half = (1.959964 / (1 + z2 / n)) * Math.sqrt(0.24 / n + z2 / (4 * n * n));
    const centre = (0.6 + z2 / (2 * n)) / (1 + z2 / n);
    expect(interval.low).toBeCloseTo(100 * (centre - half), 0);
    expect(interval.high).toBeCloseTo(100 * (centre + half), 0);
    expect(interval.method).toBe('wilson-clustered');
  });

  it('is never narrower than Wilson on the same samples, and holds the estimate', () => {
    fc.assert(
      fc.property(clusters, (counts) => {
        const robust = clusteredInterval(counts);
        const { correct, total } = sum(counts);
        const plain = wilson({ correct, total });
        expect(robust.high - robust.low).toBeGreaterThanOrEqual(plain.high - plain.low - 1e-9);
        expect(robust.low).toBeLessThanOrEqual((100 * correct) / total + 1e-9);
        expect(robust.high).toBeGreaterThanOrEqual((100 * correct) / total - 1e-9);
      }),
    );
  });

  it('counts each cluster once where its samples always agree', () => {
    const pairs = Array.from({ length: 400 }, (_, i) => ({ correct: i % 2 === 0 ? 4 : 0, total: 4 }));
    const whole = wilson({ correct: 200, total: 400 });
    const interval = clusteredInterval(pairs);
    expect(interval.low).toBeCloseTo(whole.low, 1);
    expect(interval.high).toBeCloseTo(whole.high, 1);
  });

  it('counts each cluster as one sample where all verdicts are alike', () => {
    const right = [
      { correct: 3, total: 3 },
      { correct: 2, total: 2 },
    ];
    expect(clusteredInterval(right)).toMatchObject({ low: wilson({ correct: 2, total: 2 }).low, high: 100 });
    const wrong = right.map(({ total }) => ({ correct: 0, total }));
    expect(clusteredInterval(wrong)).toMatchObject({ low: 0, high: wilson({ correct: 0, total: 2 }).high });
  });

  it('covers the truth in about 95 of 100 draws where plain Wilson does not', () => {
    const random = seeded(7);
    const truth = 0.7;
    const covered = { robust: 0, plain: 0 };
    const draws = 1_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const counts = Array.from({ length: 150 }, () => {
        const total = 1 + Math.floor(random() * 7);
        // Half of the images decide all their questions at once; the other half leave each question to itself.
        const alike = random() < 0.5 ? random() < truth : null;
        let correct = 0;
        for (let i = 0; i < total; i += 1) correct += Number(alike ?? random() < truth);
        return { correct, total };
      });
      const holds = ({ low, high }: { low: number; high: number }) =>
        Number(low <= 100 * truth && 100 * truth <= high);
      covered.robust += holds(clusteredInterval(counts));
      covered.plain += holds(wilson(sum(counts)));
    }
    expect(covered.robust / draws).toBeGreaterThan(0.935);
    expect(covered.robust / draws).toBeLessThan(0.975);
    expect(covered.plain / draws).toBeLessThan(0.85);
  });
});

describe('meanOfSplits', () => {
  it('agrees with the textbook delta method for large splits', () => {
    const sizes = [10_834, 10_758, 4_896];
    const p = [0.88, 0.82, 0.855];
    const splits = sizes.map((total, i) => {
      const correct = Math.round(total * (p[i] ?? 0));
      return { headline: (100 * correct) / total, interval: wilson({ correct, total }), correct, total };
    });
    const { headline, interval } = meanOfSplits(splits);
    const se =
      (100 / 3) *
      Math.sqrt(
        splits.reduce((v, s) => v + ((s.correct / s.total) * (1 - s.correct / s.total)) / s.total, 0),
      );
    expect(headline).toBeCloseTo(splits.reduce((total, split) => total + split.headline, 0) / 3, 9);
    expect(interval.low).toBeCloseTo(headline - 1.959964 * se, 1);
    expect(interval.high).toBeCloseTo(headline + 1.959964 * se, 1);
    expect(interval.method).toBe('delta-mean');
  });

  it('of one split is that split, and bounds stay within 0 to 100', () => {
    fc.assert(
      fc.property(fc.array(count, { minLength: 1, maxLength: 5 }), (counts) => {
        const splits = counts.map((c) => ({ headline: (100 * c.correct) / c.total, interval: wilson(c) }));
        const { headline, interval } = meanOfSplits(splits);
        expect(interval.low).toBeGreaterThanOrEqual(-1e-9);
        expect(interval.high).toBeLessThanOrEqual(100 + 1e-9);
        expect(interval.low).toBeLessThanOrEqual(headline);
        expect(interval.high).toBeGreaterThanOrEqual(headline);
        const [only] = splits;
        if (only !== undefined && splits.length === 1) expect(interval.low).toBeCloseTo(only.interval.low, 9);
      }),
    );
  });
});

describe('reportedInterval', () => {
  it('is Wilson at the sample count', () => {
    const interval = reportedInterval(48, [100]);
    expect(interval.low).toBeCloseTo(38.46, 2);
    expect(interval.high).toBeCloseTo(57.68, 2);
    expect(interval.method).toBe('wilson-reported');
  });

  it('of a mean of splits is narrower than that of any of them', () => {
    const mean = reportedInterval(85.5, [10_834, 10_758, 4_896]);
    const largest = reportedInterval(85.5, [10_834]);
    expect(mean.high - mean.low).toBeLessThan(largest.high - largest.low);
    expect(mean.low).toBeLessThan(85.5);
    expect(mean.high).toBeGreaterThan(85.5);
  });
});
