import { and, asc, count, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { JobKind, JobSpec, Machine } from '@/lib/training/protocol';
import { mayChange, type Principal } from '../auth';
import {
  agent,
  checkpoint,
  contains,
  getDb,
  type JobState,
  job,
  jobFile,
  jobMetric,
  rollout,
  rowsOf,
  run,
} from '../db';
import { lineOfTraining } from '../evals';

/** What a list says of a job. */
export interface JobRow {
  id: string;
  name: string;
  kind: JobKind;
  state: JobState;
  error: string | null;
  public: boolean;
  /** Whether it was asked to stop and has not yet. */
  cancelRequested: boolean;
  afterId: string | null;
  step: number;
  steps: number | null;
  attempt: number;
  agentName: string | null;
  /** Until when the agent is taken to live; past, contact is lost. */
  leasedUntil: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  /** Of the last step that measured one: the mean score of its responses, else that of validation. */
  score: number | null;
  /** How long a step takes, by the clock, of the last ones; null before the second. */
  stepSeconds: number | null;
}

export interface JobFilter {
  states?: readonly JobState[] | undefined;
  kinds?: readonly JobKind[] | undefined;
  text?: string | undefined;
}

const visible = (principal: Principal) => (mayChange(principal) ? undefined : eq(job.public, true));

/** The last of the metrics that say how well a step did; what is hundreds of steps ago says no more. */
const lastScore = sql<number | null>`(
  select coalesce(m.values->>'critic/score/mean', m.values->>'val/score')::float8 from ${jobMetric} as m
  where m.job_id = ${job.id} and m.step > ${job.step} - 200
    and coalesce(m.values->>'critic/score/mean', m.values->>'val/score') is not null
  order by m.step desc limit 1)`;

/** Bounded by the step, or all steps of a long run are read to find its last ones. */
const stepSeconds = sql<number | null>`(
  select extract(epoch from max(last.at) - min(last.at)) / nullif(max(last.step) - min(last.step), 0) from (
    select m.step, m.at from ${jobMetric} as m
    where m.job_id = ${job.id} and m.step > ${job.step} - 200 and m.attempt = ${job.attempt}
    order by m.step desc limit 20) as last)`.mapWith(Number);

const COLUMNS = {
  id: job.id,
  name: job.name,
  kind: sql<JobKind>`${job.spec}->>'kind'`,
  state: job.state,
  error: job.error,
  public: job.public,
  cancelRequested: job.cancelRequested,
  afterId: job.afterId,
  step: job.step,
  steps: job.steps,
  attempt: job.attempt,
  agentName: agent.name,
  leasedUntil: job.leasedUntil,
  createdAt: job.createdAt,
  startedAt: job.startedAt,
  endedAt: job.endedAt,
  score: lastScore,
  stepSeconds,
};

/** The newest first. @param before the id of the last one that is there already. */
export async function listJobs(
  principal: Principal,
  { states, kinds, text }: JobFilter,
  before: string | null,
  limit: number,
): Promise<readonly JobRow[]> {
  const db = await getDb();
  const last = alias(job, 'last');
  return db
    .select(COLUMNS)
    .from(job)
    .leftJoin(agent, eq(agent.id, job.agentId))
    .where(
      and(
        visible(principal),
        states && inArray(job.state, [...states]),
        kinds && inArray(sql`${job.spec}->>'kind'`, [...kinds]),
        text === undefined || text === '' ? undefined : contains(job.name, text),
        before === null
          ? undefined
          : sql`(${job.createdAt}, ${job.id}) < (${db
              .select({ place: sql`${last.createdAt}, ${last.id}` })
              .from(last)
              .where(eq(last.id, before))})`,
      ),
    )
    .orderBy(desc(job.createdAt), desc(job.id))
    .limit(limit);
}

/** All of a job but what it told. */
export interface JobPage extends JobRow {
  note: string;
  spec: JobSpec;
  owner: string;
  mayDecide: boolean;
  machine: Machine | null;
  /**
   * Of one that waits: how many are to be taken up before it, how many agents have asked for work in the last minute, and how many
   * seconds it is left alone after a loss.
   */
  queue: { before: number; agents: number; rest: number } | null;
  /** The others of its chain, in their order, itself among them. */
  chain: readonly JobRow[];
  /** What it sent. */
  files: readonly {
    purpose: 'checkpoint' | 'export' | 'predictions';
    step: number;
    path: string;
    sha256: string;
  }[];
  /** What was measured, by name, in the order of the alphabet. */
  metrics: readonly string[];
  /** The steps whose rollouts are here. */
  rolloutSteps: readonly number[];
  /** Whether browsers are served what it made; its checkpoint may have a place for its figures alone. */
  published: boolean;
  runId: string | null;
  /** Checkpoints to be compared: what it made, behind what that was trained from; empty where it has no published figure. */
  line: readonly string[];
}

/** Null where there is none, or none that this visitor may see. */
export async function jobPage(id: string, principal: Principal): Promise<JobPage | null> {
  const db = await getDb();
  const [found] = await db
    .select({ row: COLUMNS, note: job.note, spec: job.spec, owner: job.owner, machine: agent.machine })
    .from(job)
    .leftJoin(agent, eq(agent.id, job.agentId))
    .where(and(eq(job.id, id), visible(principal)));
  if (found === undefined) return null;
  const { row, ...rest } = found;
  const [chain, files, metrics, steps, made, evaluated, queue, line] = await Promise.all([
    chainOf(id, principal),
    db
      .select({ purpose: jobFile.purpose, step: jobFile.step, path: jobFile.path, sha256: jobFile.sha256 })
      .from(jobFile)
      .where(eq(jobFile.jobId, id))
      .orderBy(asc(jobFile.purpose), asc(jobFile.path)),
    metricNames(id),
    db
      .selectDistinct({ step: rollout.step })
      .from(rollout)
      .where(eq(rollout.jobId, id))
      .orderBy(asc(rollout.step)),
    db
      .select({ id: checkpoint.id })
      .from(checkpoint)
      .where(and(eq(checkpoint.jobId, id), isNotNull(checkpoint.browserModel))),
    db.select({ id: run.id }).from(run).where(eq(run.jobId, id)),
    row.state === 'waiting' ? queueOf(row) : null,
    lineOfTraining(id),
  ]);
  return {
    ...row,
    ...rest,
    mayDecide: mayChange(principal),
    queue,
    chain,
    files,
    metrics,
    rolloutSteps: steps.map(({ step }) => step),
    published: made[0] !== undefined,
    runId: evaluated[0]?.id ?? null,
    line,
  };
}

/** Most metrics stand in every step; those of validation now and then: the last hundreds have them all. */
async function metricNames(id: string): Promise<readonly string[]> {
  const db = await getDb();
  const rows = await db.execute(sql`
    select distinct jsonb_object_keys(values) as name
    from (select values from job_metric where job_id = ${id} order by step desc limit 500) as last`);
  return rowsOf<{ name: string }>(rows)
    .map(({ name }) => name)
    .sort();
}

async function chainOf(id: string, principal: Principal): Promise<readonly JobRow[]> {
  const db = await getDb();
  const ids = rowsOf<{ id: string }>(
    await db.execute(sql`
      with recursive first as (
        select id, after_id, 0 as depth from job where id = ${id}
        union all
        select job.id, job.after_id, depth + 1 from job join first on job.id = first.after_id
      ), chain as (
        (select id, 0 as place from first order by depth desc limit 1)
        union all
        select job.id, place + 1 from job join chain on job.after_id = chain.id
      )
      select id from chain order by place`),
  ).map((each) => each.id);
  const rows = await db
    .select(COLUMNS)
    .from(job)
    .leftJoin(agent, eq(agent.id, job.agentId))
    .where(and(inArray(job.id, ids), visible(principal)));
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

async function queueOf({ id, createdAt }: JobRow): Promise<NonNullable<JobPage['queue']>> {
  const db = await getDb();
  const previous = alias(job, 'previous');
  const [waiting] = await db
    .select({ count: count() })
    .from(job)
    .leftJoin(previous, eq(previous.id, job.afterId))
    .where(
      and(
        eq(job.state, 'waiting'),
        lt(job.createdAt, createdAt),
        // What waits for another of its chain is in nobody's way.
        or(isNull(job.afterId), eq(previous.state, 'succeeded')),
      ),
    );
  const [asking] = await db
    .select({ count: count() })
    .from(agent)
    .where(and(isNull(agent.revokedAt), sql`${agent.seenAt} > now() - interval '1 minute'`));
  const [resting] = await db
    .select({
      rest: sql<number>`greatest(0, coalesce(extract(epoch from ${job.notBefore} - now()), 0))`.mapWith(
        Number,
      ),
    })
    .from(job)
    .where(eq(job.id, id));
  return { before: waiting?.count ?? 0, agents: asking?.count ?? 0, rest: Math.ceil(resting?.rest ?? 0) };
}
