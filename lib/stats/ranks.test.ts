import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from './intervals';
import { comparePaired } from './paired-comparison';
import { isBetter, type PanelRun, packVerdicts, panelOf, panelRun, type Ranked, ranks } from './ranks';

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

describe('a panel', () => {
  it('refuses runs of other samples, and no samples', () => {
    expect(() => panelRun(panelOf([singles(9)]), [bits('11110000')])).toThrow(RangeError);
    expect(() => panelOf([[]])).toThrow(RangeError);
    expect(() => panelOf([])).toThrow(RangeError);
  });

  it('joins the images that splits share', () => {
    const panel = panelOf([
      [{ cluster: 'x' }, { cluster: 'y' }],
      [{ cluster: 'x' }, { cluster: 'z' }, { cluster: 'z' }, { cluster: 'w' }],
    ]);
    expect(panel.clusterCount).toBe(4);
    expect(panelRun(panel, [bits('10'), bits('1110')]).share).toBeCloseTo((0.5 + 0.75) / 2, 12);
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

  it('agrees with the comparison of the two runs', () => {
    const entry = (run: PanelRun): Ranked => ({
      value: 100 * run.share,
      interval: { low: 0, high: 100, level: 0.95, method: 'wilson' },
      run,
    });
    const check = (rows: readonly (readonly [number, boolean, boolean])[]) => {
      const { a, b } = runsOf(rows);
      const { interval, pValue } = comparePaired(
        rows.map(([cluster]) => cluster),
        rows.map(([, , verdict]) => verdict),
        rows.map(([, verdict]) => verdict),
      );
      if (Math.abs(pValue - 0.05) > 1e-5) expect(isBetter(entry(a), entry(b))).toBe(interval.low > 0);
    };
    fc.assert(fc.property(pairs, check), { numRuns: 1_000 });
    // Mostly in favour of the one, so that chance ends somewhere among them; pictures asked about several times, and once.
    const verdicts = fc.constantFrom<readonly [boolean, boolean]>(
      ...Array.from({ length: 5 }, () => [true, false] as const),
      ...[[false, true] as const, [false, true] as const, [true, true] as const, [false, false] as const],
    );
    const favoured = fc.array(fc.tuple(fc.nat(12), verdicts), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(favoured, fc.boolean(), (rows, apart) =>
        check(rows.map(([cluster, [first, second]], i) => [apart ? i : cluster, first, second])),
      ),
      { numRuns: 5_000 },
    );
  });

  it('of a mean of splits weighs each alike', () => {
    // 8 fixed of 100, and as many of 1,000 samples: beyond chance in the one, and in the mean.
    const panel = panelOf([
      singles(100),
      singles(1_000).map(({ cluster }) => ({ cluster: `other ${cluster}` })),
    ]);
    const run = (right: number) => ({
      value: right,
      interval: wilson({ correct: 1, total: 2 }),
      run: panelRun(
        panel,
        [100, 1_000].map((size) => packVerdicts(Array.from({ length: size }, (_, i) => i < right))),
      ),
    });
    expect(isBetter(run(58), run(50))).toBe(true);
    // Of 3 and 3, (0.03 + 0.003) / 2 over sqrt((0.03 / 100 + 0.003 / 1000) / 4) is 1.90.
    expect(isBetter(run(53), run(50))).toBe(false);
    // Of 4 and 4, 2.19.
    expect(isBetter(run(54), run(50))).toBe(true);
  });

  it('of the same verdicts are ties at 1', () => {
    const panel = panelOf([singles(64)]);
    const run = () => panelRun(panel, [packVerdicts(singles(64).map((_, i) => i % 3 === 0))]);
    const interval = wilson({ correct: 22, total: 64 });
    expect(ranks([1, 2, 3].map(() => ({ value: 34, interval, run: run() })))).toEqual([1, 1, 1]);
  });
});
