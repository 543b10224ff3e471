import { and, eq, sql } from 'drizzle-orm';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { readJudgedId } from '@/lib/scoring/judge';
import { ensureInstalled, type InstalledData } from '../benchmarks';
import { blobPath, findBlob } from '../blobs';
import { type Db, getDb, prediction, run, score, scoring, tellPlanner, verdict } from '../db';
import { env } from '../env';
import { Problem } from '../problem';
import { inTurn } from '../process-wide';
import { askJudge, type Judged } from './ask-judge';
import { eventId, type Lease, requireLease } from './lease';
import { tellProgress } from './progress';
import { publishWithin } from './publish-within';
import { dataIdOf, hasSamples, storeSamples } from './store-samples';
import { type LIMITS, runInWorker } from './supervise';
import { ANY, BOARD, SCORINGS } from './topics';
import { GAUGE, type ScoringResult, type ScoringTask, type WorkerMessage } from './worker-protocol';

/** A file whose rows keep outlasting their limit would keep a worker busy for hours. */
const MAX_LOST_SAMPLES = 50;

/** Where a judge has answered, its scorings wait for each other here. */
const oneJudged = inTurn('judged scoring');

type Ended = 'scored' | 'failed' | 'broken off';

/**
 * Scores a run from its file, from the start, and writes what comes of it.
 * @returns how it ended; broken off is what `signal` ended, of which nothing is written.
 * @throws LeaseLost, and errors of ours.
 */
export async function scoreRun(
  lease: Lease,
  signal: AbortSignal,
  workerFile: string,
  limits: typeof LIMITS,
): Promise<Ended> {
  try {
    const { task, benchmark, data } = await taskOf(lease);
    await start(lease);
    const judged = readJudgedId(lease.scorer) === null ? null : await askJudge(lease, signal);
    const writer = writerOf(lease, benchmark, data);
    const lost = new Map<number, string>();
    for (;;) {
      const attempt: ScoringTask = {
        ...task,
        replies: judged?.replies ?? null,
        gauges: new SharedArrayBuffer(4 * GAUGE.length),
        sendSamples: !(await hasSamples(data)),
        received: writer.received(),
        lost,
      };
      const work = () => runInWorker(workerFile, attempt, writer.write, signal, limits);
      const end = judged === null ? await work() : await oneJudged(work);
      if (end.how === 'aborted') return 'broken off';
      if (end.how === 'refused') return fail(lease, end.message);
      if (end.how === 'finished') {
        await succeed(lease, data, writer.result(), judged);
        return 'scored';
      }
      if (lost.size >= MAX_LOST_SAMPLES)
        return fail(
          lease,
          `More than ${MAX_LOST_SAMPLES} samples took longer than ${limits.verdictMs / 1000} s each; the scoring was given up.`,
        );
      lost.set(
        end.position,
        end.why === 'time'
          ? `no verdict within ${limits.verdictMs / 1000} s`
          : 'no verdict within the memory that a scorer may take',
      );
    }
  } catch (error) {
    if (signal.aborted) return 'broken off';
    if (error instanceof Problem) return fail(lease, error.message);
    throw error;
  }
}

/** What the worker is to do. @throws Problem where it cannot be done here any more. */
async function taskOf(lease: Lease) {
  const db = await getDb();
  const [found] = await db.select().from(run).where(eq(run.id, lease.runId));
  const benchmark = benchmarkOf(found?.benchmark ?? '');
  const split = benchmark?.splits.find(({ id }) => id === found?.split);
  if (found === undefined || !benchmark || !split)
    throw new Problem('refused', `There is no benchmark ${found?.benchmark}/${found?.split} here any more.`);
  if (found.fileSha256 === null || found.fileName === null || (await findBlob(found.fileSha256)) === null)
    throw new Problem('refused', 'The predictions file is not here any more: upload it again.');
  const data = await ensureInstalled(env().OCEAN_DATA_DIR, benchmark, split);
  if (data === null)
    throw new Problem(
      'refused',
      `The annotations of ${benchmark.name}, ${split.label}, are not installed here any more.`,
    );
  // Verdicts are compared sample by sample, so all of a run's are on the same version.
  if (!lease.first && found.dataId !== dataIdOf(data))
    throw new Problem(
      'refused',
      `The annotations of ${benchmark.name}, ${split.label}, that are installed now are another version than this run was scored on: install that version, or hand the file in again.`,
    );
  const task = {
    kind: 'scoring',
    path: blobPath(found.fileSha256),
    fileName: found.fileName,
    dataDir: env().OCEAN_DATA_DIR,
    benchmark: benchmark.id,
    split: split.id,
    scorer: lease.scorer,
    sendPredictions: lease.first,
    dataSha256: data.sha256,
    outcomes: new SharedArrayBuffer(data.sampleCount),
  } as const;
  return { task, benchmark, data };
}

/** Removes what an earlier attempt left. */
async function start(lease: Lease): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await requireLease(tx, lease);
    await removeRows(tx, lease);
    await tellProgress(tx, lease, 0, 0);
  });
}

/** Writes what workers send, one message after the other. */
function writerOf(lease: Lease, benchmark: Benchmark, data: InstalledData) {
  const { runId, scorer } = lease;
  let samples: string[] = [];
  let received = 0;
  let result: ScoringResult | null = null;

  return {
    received: () => received,
    result(): ScoringResult {
      if (result === null) throw new Error('the worker ended without a result');
      return result;
    },
    async write(message: WorkerMessage): Promise<void> {
      const db = await getDb();
      if (message.type === 'samples') {
        samples.push(message.json);
        if (!message.last) return;
        await storeSamples(benchmark, data, samples);
        samples = [];
      } else if (message.type === 'verdicts') {
        await db.transaction(async (tx) => {
          await requireLease(tx, lease);
          await tx.execute(sql`
            insert into verdict (run_id, scorer, sample_id, ordinal, outcome, answer, reason, span_start, span_end)
            select ${runId}::text, ${scorer}::text, r.* from json_to_recordset(${message.verdicts}::text::json) as r(
              sample_id text, ordinal int, outcome text, answer text, reason text, span_start int, span_end int)`);
          if (lease.first) {
            await tx.execute(sql`
              insert into prediction (run_id, sample_id, output, extraction, tokens)
              select ${runId}::text, r.* from json_to_recordset(${message.predictions}::text::json) as r(
                sample_id text, output text, extraction text, tokens int)`);
            await tx
              .update(run)
              .set({ dataId: dataIdOf(data) })
              .where(eq(run.id, runId));
          }
          await tellProgress(tx, lease, received + message.count, data.sampleCount);
        });
        received += message.count;
      } else if (message.type === 'done') {
        result = message.result;
      }
    },
  };
}

/** What an attempt left. */
export async function removeRows(
  tx: Db,
  { runId, scorer, first }: Omit<Lease, 'fence' | 'bytes'>,
): Promise<void> {
  await tx.delete(verdict).where(and(eq(verdict.runId, runId), eq(verdict.scorer, scorer)));
  if (first) await tx.delete(prediction).where(eq(prediction.runId, runId));
}

const itself = ({ runId, scorer }: Lease) => and(eq(scoring.runId, runId), eq(scoring.scorer, scorer));

/** Score and state are written together: a run is scored, or it is not. */
async function succeed(
  lease: Lease,
  data: InstalledData,
  result: ScoringResult,
  judged: Judged | null,
): Promise<void> {
  const { runId, scorer } = lease;
  const db = await getDb();
  await tellPlanner();
  await db.transaction(async (tx) => {
    await requireLease(tx, lease);
    const written = await tx.$count(verdict, and(eq(verdict.runId, runId), eq(verdict.scorer, scorer)));
    if (written !== data.sampleCount)
      throw new Error(`${written} verdicts of ${data.sampleCount} samples are there`);
    if (lease.first)
      await tx
        .update(run)
        .set({
          state: 'scored',
          error: null,
          matched: result.matched,
          missing: result.missing,
          claimedAccuracy: result.claimedAccuracy,
          format: result.format,
        })
        .where(eq(run.id, runId));
    await tx.insert(score).values({
      runId,
      scorer,
      ...result.score,
      verdictBits: result.verdictBits,
      judge: judged?.record ?? null,
    });
    await tx.delete(scoring).where(itself(lease));
    const [found] = await tx.select().from(run).where(eq(run.id, runId));
    const publish = lease.first && found?.publishWhenScored;
    if (publish) await publishWithin(tx, found, found.owner);
    const state = publish ? 'published' : 'scored';
    await BOARD.wake(tx, ANY);
    await SCORINGS.publish(tx, eventId(lease), { type: 'done', state, error: null });
  });
}

/** Of a run's first scoring the run has failed; another one waits with its error until it is asked for again. */
export async function fail(lease: Lease, error: string): Promise<'failed'> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await requireLease(tx, lease);
    await removeRows(tx, lease);
    if (lease.first) {
      await tx.update(run).set({ state: 'failed', error }).where(eq(run.id, lease.runId));
      await tx.delete(scoring).where(itself(lease));
    } else await tx.update(scoring).set({ state: 'failed', error, leasedUntil: null }).where(itself(lease));
    await BOARD.wake(tx, ANY);
    await SCORINGS.publish(tx, eventId(lease), { type: 'done', state: 'failed', error });
  });
  return 'failed';
}
