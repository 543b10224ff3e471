import { and, asc, eq, gte, lt, lte, sql } from 'drizzle-orm';
import type { MetricValue } from '@/lib/training/protocol';
import { type Db, getDb, jobMetric, jobMetricSpan } from '../db';

/** Steps of a span. */
export const SPAN = 64;
/** Where there are more, spans are read in place of steps. */
const MOST_STEPS = 200 * SPAN;

/** Each metric's lowest and highest value in some steps that follow each other. */
export interface Extent {
  /** The first of the steps, and when it was measured. */
  step: number;
  at: Date;
  low: Readonly<Record<string, number>>;
  high: Readonly<Record<string, number>>;
}

/** `NaN` and infinities have no place on a curve, and are left out. */
export function extentOf(
  measured: readonly { step: number; at: Date; values: Readonly<Record<string, MetricValue>> }[],
): Extent | null {
  return merged(
    measured.map(({ step, at, values }) => {
      const finite = Object.fromEntries(
        Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
      );
      return { step, at, low: finite, high: finite };
    }),
  );
}

function merged([first, ...rest]: readonly Extent[]): Extent | null {
  if (first === undefined) return null;
  const low = { ...first.low };
  const high = { ...first.high };
  for (const each of rest) {
    for (const [name, value] of Object.entries(each.low)) low[name] = Math.min(low[name] ?? value, value);
    for (const [name, value] of Object.entries(each.high)) high[name] = Math.max(high[name] ?? value, value);
  }
  return { ...first, low, high };
}

/** @param steps those that were written; the span that the newest is in is still open. */
export async function writeSpans(
  tx: Db,
  jobId: string,
  steps: readonly number[],
  newest: number,
): Promise<void> {
  const places = new Set(steps.map(placeOf));
  for (const place of places) {
    if (place >= placeOf(newest)) continue;
    const extent = extentOf(await stepsBetween(tx, jobId, place * SPAN, (place + 1) * SPAN - 1));
    if (extent === null) continue;
    await tx
      .insert(jobMetricSpan)
      .values({ jobId, place, ...extent })
      .onConflictDoUpdate({ target: [jobMetricSpan.jobId, jobMetricSpan.place], set: extent });
  }
}

/** Spans that have a step behind this one did not happen as they stand there. */
export async function dropSpansBehind(tx: Db, jobId: string, step: number): Promise<void> {
  await tx
    .delete(jobMetricSpan)
    .where(and(eq(jobMetricSpan.jobId, jobId), gte(jobMetricSpan.place, placeOf(step + 1))));
}

export const placeOf = (step: number): number => Math.floor(step / SPAN);

const stepsBetween = (db: Db, jobId: string, from: number, to: number) =>
  db
    .select({ step: jobMetric.step, at: jobMetric.at, values: jobMetric.values })
    .from(jobMetric)
    .where(and(eq(jobMetric.jobId, jobId), gte(jobMetric.step, from), lte(jobMetric.step, to)))
    .orderBy(asc(jobMetric.step));

/**
 * What was measured from one step to another, in no more than `most` extents of as many steps each; a step is one of its own
 * where there are not more.
 */
export async function extents(
  jobId: string,
  { from, to }: { from: number; to: number },
  most: number,
): Promise<readonly Extent[]> {
  const db = await getDb();
  const [ends] = await db
    .select({
      first: sql<number | null>`min(${jobMetric.step})`,
      last: sql<number | null>`max(${jobMetric.step})`,
    })
    .from(jobMetric)
    .where(and(eq(jobMetric.jobId, jobId), gte(jobMetric.step, from), lte(jobMetric.step, to)));
  if (ends === undefined || ends.first === null || ends.last === null) return [];
  const { first, last } = ends;
  const length = last - first + 1;
  if (length <= MOST_STEPS) {
    const steps = await stepsBetween(db, jobId, first, last);
    return inParts(
      steps.flatMap((each) => extentOf([each]) ?? []),
      first,
      Math.ceil(length / most),
    );
  }
  const whole = await db
    .select({
      step: jobMetricSpan.step,
      at: jobMetricSpan.at,
      low: jobMetricSpan.low,
      high: jobMetricSpan.high,
    })
    .from(jobMetricSpan)
    .where(
      and(
        eq(jobMetricSpan.jobId, jobId),
        gte(jobMetricSpan.place, placeOf(first)),
        lt(jobMetricSpan.place, placeOf(last)),
      ),
    )
    .orderBy(asc(jobMetricSpan.place));
  const open = extentOf(await stepsBetween(db, jobId, placeOf(last) * SPAN, last));
  return inParts(
    open === null ? whole : [...whole, open],
    placeOf(first) * SPAN,
    SPAN * Math.ceil(length / SPAN / most),
  );
}

/** @param length of a part, in steps. */
function inParts(each: readonly Extent[], first: number, length: number): Extent[] {
  if (length <= 1) return [...each];
  const parts = new Map<number, Extent[]>();
  for (const extent of each) {
    const part = Math.floor((extent.step - first) / length);
    const own = parts.get(part);
    if (own === undefined) parts.set(part, [extent]);
    else own.push(extent);
  }
  return [...parts.values()].flatMap((part) => merged(part) ?? []);
}
