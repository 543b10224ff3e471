import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from './intervals';
import {
  exactMcNemar,
  isBetter,
  packVerdicts,
  pairedDifference,
  panelOf,
  panelRun,
  type Ranked,
  ranks,
} from './paired';

const singles = (n: number) => Array.from({ length: n }, (_, i) => ({ cluster: String(i) }));
const bits = (text: string) => packVerdicts([...text].map((mark) => mark === '1'));

function ranked(value: number, low: number, high: number): Ranked {
  return { value, interval: { low, high, level: 0.95, method: 'wilson' }, run: null };
}

/** Two runs over clustered samples: a cluster name and two verdicts a sample. */
const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.boolean(), fc.boolean()), {
  minLength: 1,
  maxLength: 120,
});

function runsOf(rows: readonly (readonly [number, boolean, boolean])[]) {
  const panel = panelOf([rows.map(([cluster]) => ({ cluster: String(cluster) }))]);
  return {
    panel,
    a: panelRun(panel, [packVerdicts(rows.map((row) => row[1]))]),
    b: panelRun(panel, [packVerdicts(rows.map((row) => row[2]))]),
  };
}

describe('pairedDifference', () => {
  it("of independent samples has McNemar's counts and the textbook standard error", () => {
    const panel = panelOf([singles(10)]);
    const a = panelRun(panel, [bits('1111110000')]);
    const b = panelRun(panel, [bits('1110001000')]);
    const result = pairedDifference(a, b);
    expect(result).toMatchObject({ bothRight: 3, onlyA: 3, onlyB: 1, bothWrong: 3 });
    expect(result.difference).toBeCloseTo(20, 4);
    // Differences: three of +1, one of -1, six of 0; mean 0.2, sum of squared residuals 4 - 10 * 0.04 = 3.6.
    expect(result.standardError).toBeCloseTo(100 * Math.sqrt(((10 / 9) * 3.6) / 100), 3);
  });

  it('of clusters follows the variance worked out by hand', () => {
    const samples = ['x', 'x', 'y', 'z', 'z', 'z'].map((cluster) => ({ cluster }));
    const panel = panelOf([samples]);
    const a = panelRun(panel, [bits('110111')]);
    const b = panelRun(panel, [bits('000110')]);
    // Difference 3/6 = 0.5; residuals: x 2 - 1 = 1, y 0 - 0.5 = -0.5, z 1 - 1.5 = -0.5; squares 1.5.
    expect(pairedDifference(a, b).standardError).toBeCloseTo(100 * Math.sqrt(((3 / 2) * 1.5) / 36), 3);
  });

  it('of several splits weighs each split alike and joins the images that they share', () => {
    const panel = panelOf([
      [{ cluster: 'x' }, { cluster: 'y' }],
      [{ cluster: 'x' }, { cluster: 'z' }, { cluster: 'z' }, { cluster: 'w' }],
    ]);
    const a = panelRun(panel, [bits('11'), bits('1100')]);
    const b = panelRun(panel, [bits('00'), bits('0000')]);
    const result = pairedDifference(a, b);
    expect(panel.clusterCount).toBe(4);
    expect(result.difference).toBeCloseTo((100 * (1 + 0.5)) / 2, 4);
    // Residuals: x 0 + 0.5/8, y 0, z (1 - 2 * 0.5)/8 = 0, w -0.5/8; squares 2 * 0.0625^2.
    expect(result.standardError).toBeCloseTo(100 * Math.sqrt((4 / 3) * 2 * 0.0625 ** 2), 3);
  });

  it('turns round with the order of the runs, and its counts are all samples', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const { a, b } = runsOf(rows);
        const there = pairedDifference(a, b);
        const back = pairedDifference(b, a);
        expect(back.difference).toBeCloseTo(-there.difference, 9);
        expect(back.interval.low).toBeCloseTo(-there.interval.high, 6);
        expect(there.bothRight + there.onlyA + there.onlyB + there.bothWrong).toBe(rows.length);
        expect(there.difference).toBeCloseTo((100 * (there.onlyA - there.onlyB)) / rows.length, 4);
        expect(there.interval.low).toBeLessThanOrEqual(there.difference);
        expect(there.interval.high).toBeGreaterThanOrEqual(there.difference);
      }),
    );
  });

  it('is as sure as the exact McNemar test where few samples differ', () => {
    const panel = panelOf([singles(5_000)]);
    const none = panelRun(panel, [packVerdicts(Array.from({ length: 5_000 }, () => false))]);
    const better = (samples: number) =>
      pairedDifference(
        panelRun(panel, [packVerdicts(Array.from({ length: 5_000 }, (_, i) => i < samples))]),
        none,
      ).interval.low > 0;
    // Five samples against none: p = 0.0625. Six: p = 0.03125.
    expect(better(5)).toBe(false);
    expect(better(6)).toBe(true);
  });

  it('refuses runs of other samples', () => {
    const one = panelRun(panelOf([singles(8)]), [bits('11110000')]);
    const other = panelRun(panelOf([singles(8)]), [bits('11110000')]);
    expect(() => pairedDifference(one, other)).toThrow(RangeError);
    expect(() => panelRun(panelOf([singles(9)]), [bits('11110000')])).toThrow(RangeError);
    expect(() => panelOf([[]])).toThrow(RangeError);
  });

  it('of one cluster says nothing', () => {
    const panel = panelOf([[{ cluster: 'x' }, { cluster: 'x' }]]);
    const result = pairedDifference(panelRun(panel, [bits('11')]), panelRun(panel, [bits('00')]));
    expect(result).toMatchObject({ standardError: null, interval: { low: -100, high: 100 } });
  });
});

describe('ranks', () => {
  it('ties reported figures whose intervals overlap', () => {
    expect(ranks([ranked(90, 88, 92), ranked(89, 87, 91), ranked(87, 85, 87.5), ranked(60, 58, 62)])).toEqual(
      [1, 1, 2, 4],
    );
  });

  it('tells runs apart by their pairs where the intervals overlap', () => {
    const panel = panelOf([singles(1_000)]);
    const entry = (right: number): Ranked => {
      const run = panelRun(panel, [packVerdicts(Array.from({ length: 1_000 }, (_, i) => i < right))]);
      return { value: right / 10, interval: wilson({ correct: right, total: 1_000 }), run };
    };
    const [better, worse] = [entry(700), entry(680)];
    expect(better.interval.low).toBeLessThan(worse.interval.high);
    expect(ranks([worse, better])).toEqual([2, 1]);
    expect(ranks([{ ...worse, run: null }, better])).toEqual([1, 1]);
  });

  it('agrees with the interval of the paired difference', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const { a, b } = runsOf(rows);
        const interval = { low: 0, high: 100, level: 0.95, method: 'wilson' as const };
        const entry = (run: typeof a): Ranked => ({ value: 100 * run.share, interval, run });
        expect(isBetter(entry(a), entry(b))).toBe(pairedDifference(a, b).interval.low > 0);
      }),
      { numRuns: 500 },
    );
  });

  it('of the same verdicts are ties at 1', () => {
    const panel = panelOf([singles(64)]);
    const run = () => panelRun(panel, [packVerdicts(singles(64).map((_, i) => i % 3 === 0))]);
    const interval = wilson({ correct: 22, total: 64 });
    expect(ranks([1, 2, 3].map(() => ({ value: 34, interval, run: run() })))).toEqual([1, 1, 1]);
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
