import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MetricValue } from '@/lib/training/protocol';
import { type Database, job, jobMetric, setDatabase } from '../db';
import { DRIVERS, type TestDatabase } from '../db/test-databases';
import { dropSpansBehind, extentOf, extents, SPAN, writeSpans } from './metric-spans';

const folder = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? '/tmp'}/ocean-spans-${process.pid}-${Date.now()}`;
  Object.assign(process.env, { OCEAN_DATA_DIR: made, LOG_LEVEL: 'silent' });
  return made;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = new Date(0);
const step = (step: number, values: Record<string, MetricValue>) => ({ step, at, values });

test('an extent has the lowest and the highest of what is finite', () => {
  expect(extentOf([])).toBeNull();
  expect(
    extentOf([step(3, { a: 1, b: 'NaN' }), step(4, { a: -2, b: 5 }), step(5, { a: 'Infinity' })]),
  ).toEqual({ step: 3, at, low: { a: -2, b: 5 }, high: { a: 1, b: 5 } });
});

describe.each(DRIVERS)('spans on $name', ({ skip, make }) => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    if (skip) return;
    place = await make();
    database = await place.open();
    setDatabase(database);
  });
  afterAll(async () => {
    if (skip) return;
    await database.close();
    await place.remove();
  });
  beforeEach(async () => {
    if (skip) return;
    await database.db.delete(job);
    await database.db.insert(job).values({
      id: 'long',
      name: 'long',
      spec: {
        kind: 'train',
        recipe: { toml: 'x', overrides: {} },
        start: { kind: 'path', path: 'x' },
        rows: [],
      },
    });
  });

  /** As events come: in requests, of which each tells the spans that it may have ended. */
  async function tell(first: number, last: number, value: (step: number) => number, more = 1) {
    for (let from = first; from <= last; from += 900 * more) {
      const steps: number[] = [];
      for (let each = from; each <= Math.min(last, from + 900 * more - 1); each += more) steps.push(each);
      await database.db.insert(jobMetric).values(
        steps.map((each) => ({
          jobId: 'long',
          step: each,
          values: { a: value(each) },
          attempt: 1,
          at: new Date(each * 1_000),
        })),
      );
      await writeSpans(database.db, 'long', [from - more, ...steps], steps.at(-1) ?? 0);
    }
  }
  const whole = { from: 0, to: 1e9 };

  test.skipIf(skip)('a long curve has every peak, at its place, and its newest step', async () => {
    await tell(1, 20_000, (each) => (each === 12_345 ? 99 : each === 19_990 ? -7 : Math.sin(each)));
    const found = await extents('long', whole, 500);
    expect(found.length).toBeLessThanOrEqual(501);
    const holding = (value: number) =>
      found.findIndex(({ low, high }) => low.a === value || high.a === value);
    const peak = found[holding(99)];
    expect(peak?.step).toBeLessThanOrEqual(12_345);
    expect(found[holding(99) + 1]?.step).toBeGreaterThan(12_345);
    expect(holding(-7)).toBe(found.length - 1);
    expect(peak?.at).toEqual(new Date((peak?.step ?? 0) * 1_000));
  });

  test.skipIf(skip)('steps that were taken again leave nothing of the first time', async () => {
    await tell(1, 13_000, () => 5);
    await database.db.delete(jobMetric);
    await dropSpansBehind(database.db, 'long', -1);
    await tell(1, 13_000, () => 1);
    for (const { high } of await extents('long', whole, 100)) expect(high.a).toBe(1);
  });

  test.skipIf(skip)('measured now and then, or looked at closely, it is the same curve', async () => {
    await tell(10, 30_000, (each) => each, 10);
    const all = await extents('long', whole, 1_000);
    expect(all[0]?.low.a).toBe(10);
    expect(all.at(-1)?.high.a).toBe(30_000);
    const near = await extents('long', { from: 100, to: 200 }, 1_000);
    expect(near.map(({ low }) => low.a)).toEqual([100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200]);
    await fc.assert(
      fc.asyncProperty(fc.nat(29_000), fc.nat(29_000), async (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 20];
        const part = await extents('long', { from, to }, 200);
        expect(part.length).toBeLessThanOrEqual(202);
        // A span that begins before, as a whole, at the most.
        expect(part[0]?.low.a).toBeGreaterThan(from - SPAN - 10);
        expect(part.at(-1)?.high.a).toBe(Math.floor(Math.min(to, 30_000) / 10) * 10);
      }),
      { numRuns: 15 },
    );
  });
});
