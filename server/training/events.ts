import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type {
  AgentEvent,
  EventsRequest,
  MetricValue,
  RolloutGroup,
  StoredFile,
} from '@/lib/training/protocol';
import { blob, type Db, getDb, jobEvent, jobFile, jobMetric, rollout, rolloutImage } from '../db';
import { Problem } from '../problem';
import { wellFormed } from '../well-formed';
import type { Agent } from './agents';
import { type Job, renew, requireLease } from './lease';
import { dropSpansBehind, writeSpans } from './metric-spans';
import { JOBS } from './topics';

/** An event is missing between what is here and what came: nothing of the request is taken. */
export class EventGap extends Problem {
  constructor(readonly expected: number) {
    super('conflict', `The next event is ${expected}: send from there on.`);
  }
}

type Told = EventsRequest['events'][number];

/**
 * Takes what an attempt tells, in order, each once however often it is sent: with its place in the sequence, in one transaction.
 * @returns the next event's place.
 * @throws LeaseLost, EventGap, Problem
 */
export async function takeEvents(
  agent: Agent,
  jobId: string,
  lease: string,
  { events }: EventsRequest,
): Promise<number> {
  const db = await getDb();
  return db.transaction(async (tx) => {
    const found = await requireLease(tx, agent, jobId, lease);
    const fresh = wellFormed(events.filter(({ seq }) => seq >= found.nextSeq));
    for (const [at, { seq }] of fresh.entries())
      if (seq !== found.nextSeq + at) throw new EventGap(found.nextSeq + at);
    const nextSeq = found.nextSeq + fresh.length;
    if (fresh.length === 0) {
      await renew(tx, jobId);
      return nextSeq;
    }
    await renew(tx, jobId, { ...(await writeTold(tx, found, fresh)), nextSeq });
    await JOBS.wake(tx, jobId);
    return nextSeq;
  });
}

/** @returns what of the job itself is now otherwise. @throws Problem */
export async function writeTold(tx: Db, found: Job, events: readonly Told[]): Promise<Partial<Job>> {
  const told: Partial<Job> = {};
  for (const run of runsOf(events)) Object.assign(told, await write(tx, found, run));
  const steps = events.flatMap(({ event }) => (event.type === 'metrics' ? event.step : []));
  const newest = steps.at(-1);
  // The span that the step before was in may be whole by now.
  if (newest !== undefined) await writeSpans(tx, found.id, [found.step, ...steps], newest);
  return told;
}

/** Events of one type that follow each other: a statement takes all of them. */
function runsOf(told: readonly Told[]): Told[][] {
  const runs: Told[][] = [];
  for (const each of told) {
    const last = runs.at(-1);
    if (last?.[0]?.event.type === each.event.type) last.push(each);
    else runs.push([each]);
  }
  return runs;
}

/** @returns what of the job itself is now otherwise. */
async function write(tx: Db, found: Job, run: readonly Told[]): Promise<Partial<Job>> {
  const { id: jobId, attempt } = found;
  const logged = run.flatMap(({ seq, at, event: data }) =>
    data.type === 'log' || data.type === 'notice' || data.type === 'machine'
      ? { jobId, attempt, seq, data, at: new Date(at) }
      : [],
  );
  if (logged.length > 0) await tx.insert(jobEvent).values(logged);
  const measured = run.flatMap(({ at, event }) =>
    event.type === 'metrics'
      ? { jobId, step: event.step, values: event.values, attempt, at: new Date(at) }
      : [],
  );
  if (measured.length > 0) await writeMetrics(tx, measured);
  const told: Partial<Job> = {};
  for (const { event } of run)
    switch (event.type) {
      case 'begin':
        await begin(tx, jobId, event);
        Object.assign(told, { step: event.step, steps: event.steps });
        break;
      case 'metrics':
        told.step = event.step;
        break;
      case 'rollouts':
        await writeRollouts(tx, jobId, event);
        break;
      case 'files':
        // Where it has come further, what is lost from here on is lost for the first time.
        if (await writeFiles(tx, jobId, event)) told.losses = 0;
        break;
    }
  return told;
}

async function writeMetrics(tx: Db, measured: readonly (typeof jobMetric.$inferInsert)[]): Promise<void> {
  // One statement changes a row once: of a step that is told twice it takes what was told last.
  const last = [...new Map(measured.map((each) => [each.step, each])).values()];
  await tx
    .insert(jobMetric)
    .values(last)
    .onConflictDoUpdate({
      target: [jobMetric.jobId, jobMetric.step],
      set: { values: sql`excluded.values`, attempt: sql`excluded.attempt`, at: sql`excluded.at` },
    });
}

/** What an earlier attempt told of later steps did not happen. */
async function begin(tx: Db, jobId: string, { step }: Extract<AgentEvent, { type: 'begin' }>): Promise<void> {
  // Step 0 is the measure before the first, which is taken again.
  const later = step === 0 ? -1 : step;
  await tx.delete(jobMetric).where(and(eq(jobMetric.jobId, jobId), gt(jobMetric.step, later)));
  await dropSpansBehind(tx, jobId, later);
  await tx.delete(rollout).where(and(eq(rollout.jobId, jobId), gt(rollout.step, later)));
  await tx.delete(rolloutImage).where(and(eq(rolloutImage.jobId, jobId), gt(rolloutImage.step, later)));
  await tx.delete(jobFile).where(and(eq(jobFile.jobId, jobId), gt(jobFile.step, step)));
}

export const numberOf = (value: MetricValue): number => (typeof value === 'number' ? value : Number(value));

/** What filters and orders look at. */
function summaryOf({ responses }: RolloutGroup) {
  const rewards = responses
    .map(({ reward }) => numberOf(reward))
    .map((reward) => (Number.isFinite(reward) ? reward : 0));
  return {
    highest: Math.max(...rewards),
    lowest: Math.min(...rewards),
    mean: rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
    longest: Math.max(...responses.map(({ tokens }) => tokens)),
    truncated: responses.filter(({ finished }) => !finished).length,
    failed: responses.filter(({ failed }) => Object.keys(failed).length > 0).length,
  };
}

export async function writeRollouts(
  tx: Db,
  jobId: string,
  { step, first, groups }: Extract<AgentEvent, { type: 'rollouts' }>,
): Promise<void> {
  const images = [...new Set(groups.flatMap((group) => group.images))];
  await requireBlobs(tx, new Map(images.map((sha256) => [sha256, `a picture of step ${step}`])));
  if (images.length > 0)
    await tx
      .insert(rolloutImage)
      .values(images.map((sha256) => ({ jobId, step, sha256 })))
      .onConflictDoNothing();
  for (const [at, data] of groups.entries()) {
    const values = { data, ...summaryOf(data) };
    await tx
      .insert(rollout)
      .values({ jobId, step, ordinal: first + at, ...values })
      .onConflictDoUpdate({ target: [rollout.jobId, rollout.step, rollout.ordinal], set: values });
  }
}

/**
 * A folder is there as a whole or not at all: whoever goes on from a checkpoint needs all of it.
 * @returns whether it is further than the one that was there.
 */
async function writeFiles(
  tx: Db,
  jobId: string,
  { purpose, step, files }: Extract<AgentEvent, { type: 'files' }>,
): Promise<boolean> {
  await requireBlobs(tx, new Map(files.map(({ sha256, path }) => [sha256, path])), files);
  // A checkpoint takes the place of the one before: to go on from, the last one is enough.
  const before = await tx
    .delete(jobFile)
    .where(and(eq(jobFile.jobId, jobId), eq(jobFile.purpose, purpose)))
    .returning({ step: jobFile.step });
  await tx.insert(jobFile).values(files.map(({ path, sha256 }) => ({ jobId, purpose, step, path, sha256 })));
  return before.every((file) => file.step < step);
}

/** @throws Problem which names the first that is not here, or is of another length. */
async function requireBlobs(
  tx: Db,
  wanted: ReadonlyMap<string, string>,
  files: readonly StoredFile[] = [],
): Promise<void> {
  if (wanted.size === 0) return;
  const found = await tx
    .select({ sha256: blob.sha256, bytes: blob.bytes })
    .from(blob)
    .where(inArray(blob.sha256, [...wanted.keys()]));
  const bytes = new Map(found.map((each) => [each.sha256, each.bytes]));
  for (const [sha256, what] of wanted)
    if (!bytes.has(sha256))
      throw new Problem(
        'refused',
        `${what} (sha256 ${sha256}) is not here: send the file before it is told of.`,
      );
  for (const { path, sha256, bytes: told } of files)
    if (bytes.get(sha256) !== told)
      throw new Problem('refused', `${path} has ${bytes.get(sha256)} bytes here, and ${told} are told of.`);
}
