import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm';
import type { LoggedEvent, MetricValue, RolloutGroup } from '@/lib/training/protocol';
import { mayChange, type Principal } from '../auth';
import { blob, contains, getDb, job, jobEvent, jobMetric, rollout, rolloutImage } from '../db';
import { Problem } from '../problem';
import { type Extent, extents } from './metric-spans';

/** @throws Problem where there is no such job, or none that this visitor may see. */
export async function requireJob(id: string, principal: Principal): Promise<typeof job.$inferSelect> {
  const db = await getDb();
  const [found] = await db.select().from(job).where(eq(job.id, id));
  if (found === undefined || !(found.public || mayChange(principal)))
    throw new Problem('not-found', `There is no job "${id}".`);
  return found;
}

/** A metric by step: its lowest and highest value within each of some spans of steps, which draw as all of it would. */
export interface Curve {
  /** The first step of each span. */
  steps: readonly number[];
  low: readonly number[];
  high: readonly number[];
  /** Milliseconds since 1970, of the span's first step. */
  at: readonly number[];
}

/** @param points how many spans at most; each step is one of its own where there are not more. @throws Problem */
export async function curves(
  id: string,
  principal: Principal,
  names: readonly string[],
  { from, to }: { from: number; to: number },
  points: number,
): Promise<Readonly<Record<string, Curve>>> {
  await requireJob(id, principal);
  const all = names.length === 0 ? [] : await extents(id, { from, to }, points);
  // Most metrics stand in every step: their places are one list, which a page is told once.
  const places = placesOf(all);
  return Object.fromEntries(
    names.map((name) => {
      const own = all.filter(({ low }) => Object.hasOwn(low, name));
      return [
        name,
        {
          ...(own.length === all.length ? places : placesOf(own)),
          low: own.flatMap(({ low }) => low[name] ?? []).map(short),
          high: own.flatMap(({ high }) => high[name] ?? []).map(short),
        },
      ];
    }),
  );
}

const placesOf = (all: readonly Extent[]) => ({
  steps: all.map(({ step }) => step),
  at: all.map(({ at }) => at.getTime()),
});

/** As finely as anybody reads it. */
const short = (value: number): number => Number(value.toPrecision(7));

/** The steps behind `after`, as they were measured. @throws Problem */
export async function metricsAfter(
  id: string,
  after: number,
  limit: number,
): Promise<readonly { step: number; at: Date; values: Record<string, MetricValue> }[]> {
  const db = await getDb();
  return db
    .select({ step: jobMetric.step, at: jobMetric.at, values: jobMetric.values })
    .from(jobMetric)
    .where(and(eq(jobMetric.jobId, id), gt(jobMetric.step, after)))
    .orderBy(asc(jobMetric.step))
    .limit(limit);
}

/* ---------------------------------------------------------------- rollouts */

export const ROLLOUT_FILTERS = ['right', 'wrong', 'mixed', 'equal', 'truncated', 'failed'] as const;
export const ROLLOUT_ORDERS = ['place', 'lowest', 'highest', 'longest'] as const;

const FILTERS: Record<(typeof ROLLOUT_FILTERS)[number], SQL> = {
  /** All responses have the highest reward of the step, or none has. */
  right: sql`${rollout.lowest} >= 1`,
  wrong: sql`${rollout.highest} < 1`,
  mixed: sql`${rollout.lowest} < 1 and ${rollout.highest} >= 1`,
  /** What nothing is learnt from. */
  equal: sql`${rollout.lowest} = ${rollout.highest}`,
  truncated: sql`${rollout.truncated} > 0`,
  failed: sql`${rollout.failed} > 0`,
};
const ORDERS: Record<(typeof ROLLOUT_ORDERS)[number], SQL> = {
  place: sql`${rollout.ordinal}`,
  lowest: sql`${rollout.mean}, ${rollout.ordinal}`,
  highest: sql`${rollout.mean} desc, ${rollout.ordinal}`,
  longest: sql`${rollout.longest} desc, ${rollout.ordinal}`,
};

export interface RolloutRow {
  ordinal: number;
  mean: number;
  lowest: number;
  highest: number;
  longest: number;
  truncated: number;
  failed: number;
  data: RolloutGroup;
}

/** A step's groups, filtered and in an order, and how many the filter leaves. @throws Problem */
export async function rollouts(
  id: string,
  principal: Principal,
  step: number,
  filter: (typeof ROLLOUT_FILTERS)[number] | null,
  order: (typeof ROLLOUT_ORDERS)[number],
  offset: number,
  limit: number,
): Promise<{ total: number; groups: readonly RolloutRow[] }> {
  await requireJob(id, principal);
  const db = await getDb();
  const where = and(
    eq(rollout.jobId, id),
    eq(rollout.step, step),
    filter === null ? undefined : FILTERS[filter],
  );
  const groups = await db
    .select()
    .from(rollout)
    .where(where)
    .orderBy(ORDERS[order])
    .offset(offset)
    .limit(limit);
  return { total: await db.$count(rollout, where), groups };
}

/** One group of a step; null where there is none at that place. @throws Problem */
export async function rolloutAt(
  id: string,
  principal: Principal,
  step: number,
  ordinal: number,
): Promise<RolloutRow | null> {
  await requireJob(id, principal);
  const db = await getDb();
  const [found] = await db
    .select()
    .from(rollout)
    .where(and(eq(rollout.jobId, id), eq(rollout.step, step), eq(rollout.ordinal, ordinal)));
  return found ?? null;
}

/** Every response of a step as a point: reward against length. @throws Problem */
export async function rolloutPoints(
  id: string,
  principal: Principal,
  step: number,
): Promise<
  readonly { ordinal: number; response: number; tokens: number; reward: MetricValue; finished: boolean }[]
> {
  await requireJob(id, principal);
  const db = await getDb();
  const rows = await db
    .select({
      ordinal: rollout.ordinal,
      responses: sql<{ tokens: number; reward: MetricValue; finished: boolean }[]>`(
        select jsonb_agg(jsonb_build_object('tokens', r->'tokens', 'reward', r->'reward', 'finished', r->'finished'))
        from jsonb_array_elements(${rollout.data}->'responses') as r)`,
    })
    .from(rollout)
    .where(and(eq(rollout.jobId, id), eq(rollout.step, step)))
    .orderBy(asc(rollout.ordinal));
  return rows.flatMap(({ ordinal, responses }) =>
    responses.map((each, response) => ({ ordinal, response, ...each })),
  );
}

/** Whether a picture is one of a job's rollouts, so that whoever sees the job may see it. */
export async function isRolloutImage(id: string, principal: Principal, sha256: string): Promise<boolean> {
  await requireJob(id, principal);
  const db = await getDb();
  const found = await db
    .select({ sha256: blob.sha256 })
    .from(rolloutImage)
    .innerJoin(blob, eq(blob.sha256, rolloutImage.sha256))
    .where(and(eq(rolloutImage.jobId, id), eq(rolloutImage.sha256, sha256)))
    .limit(1);
  return found.length > 0;
}

/* ---------------------------------------------------------------- log */

/** What an entry of the log says, as it is read: a notice's text, or its lines one below the other. */
const WORDS = sql`coalesce(${jobEvent.data}->>'text', (
  select string_agg(line, chr(10)) from jsonb_array_elements_text(${jobEvent.data}->'lines') as line))`;

export interface LogEntry {
  attempt: number;
  seq: number;
  at: Date;
  data: LoggedEvent;
}

/**
 * Lines and notices, the newest last: those before a place, or the last ones. With a text, those that have it.
 * @throws Problem
 */
export async function logOf(
  id: string,
  principal: Principal,
  {
    text,
    before,
    limit,
  }: { text?: string | undefined; before?: { attempt: number; seq: number } | undefined; limit: number },
): Promise<readonly LogEntry[]> {
  await requireJob(id, principal);
  const db = await getDb();
  const rows = await db
    .select({ attempt: jobEvent.attempt, seq: jobEvent.seq, at: jobEvent.at, data: jobEvent.data })
    .from(jobEvent)
    .where(
      and(
        eq(jobEvent.jobId, id),
        sql`${jobEvent.data}->>'type' <> 'machine'`,
        before &&
          or(
            lt(jobEvent.attempt, before.attempt),
            and(eq(jobEvent.attempt, before.attempt), lt(jobEvent.seq, before.seq)),
          ),
        text === undefined || text === '' ? undefined : contains(WORDS, text),
      ),
    )
    .orderBy(desc(jobEvent.attempt), desc(jobEvent.seq))
    .limit(limit);
  return rows.reverse();
}

/** How the machine was, the newest last. @throws Problem */
export async function machineOf(
  id: string,
  principal: Principal,
  limit: number,
): Promise<readonly { at: Date; data: LoggedEvent }[]> {
  await requireJob(id, principal);
  const db = await getDb();
  const rows = await db
    .select({ at: jobEvent.at, data: jobEvent.data })
    .from(jobEvent)
    .where(and(eq(jobEvent.jobId, id), sql`${jobEvent.data}->>'type' = 'machine'`))
    .orderBy(desc(jobEvent.attempt), desc(jobEvent.seq))
    .limit(limit);
  return rows.reverse();
}
