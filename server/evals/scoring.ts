import { and, asc, eq, sql } from 'drizzle-orm';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { type InstalledData, installedSplit } from '../benchmarks';
import { blobPath, findBlob } from '../blobs';
import { getDb, prediction, run, score, verdict } from '../db';
import { env } from '../env';
import { log } from '../log';
import { Problem } from '../problem';
import { state } from './state';
import { dataIdOf, hasSamples, storeSamples } from './store-samples';
import { LIMITS, runInWorker, WORKER_FILE } from './supervise';
import { GAUGE, type ScoringResult, type ScoringTask, type WorkerMessage } from './worker-protocol';

/** A file whose rows keep outlasting their limit would keep a worker busy for hours. */
const MAX_LOST_SAMPLES = 50;

/** One scoring at a time, in the order of submission. `workerFile` and `limits` are for tests. */
export function enqueueScoring(runId: string, workerFile = WORKER_FILE, limits = LIMITS): void {
  state().queue.push(runId);
  startNext(workerFile, limits);
}

function startNext(workerFile: string, limits: typeof LIMITS): void {
  const shared = state();
  if (shared.current !== null || shared.stopping) return;
  const runId = shared.queue.shift();
  if (runId === undefined) return;
  const stop = new AbortController();
  const ended = scoreRun(runId, stop.signal, workerFile, limits).finally(() => {
    shared.current = null;
    startNext(workerFile, limits);
  });
  shared.current = { runId, scored: 0, total: 0, stop, ended };
}

/** At start: what an ended process was scoring, or had still to score, is scored anew. */
export async function resumeScorings(enqueue: (runId: string) => void = enqueueScoring): Promise<void> {
  const db = await getDb();
  const interrupted = await db
    .select({ id: run.id })
    .from(run)
    .where(eq(run.state, 'scoring'))
    .orderBy(asc(run.createdAt));
  for (const { id } of interrupted) enqueue(id);
  if (interrupted.length > 0)
    log.info({ runs: interrupted.length }, 'interrupted scorings are taken up again');
}

/** Before the end of the process: the scoring is broken off and stays to be taken up by the next one. */
export async function stopScorings(): Promise<void> {
  const shared = state();
  shared.stopping = true;
  shared.current?.stop.abort('stopping');
  await shared.current?.ended;
  // Whoever follows a scoring is let go, so that no open answer keeps the process.
  for (const runId of shared.events.eventNames())
    shared.events.emit(String(runId), { type: 'done', state: 'scoring', error: null });
}

/** @throws Problem where there is no such run, or it is not being scored. */
export async function cancelScoring(runId: string): Promise<void> {
  const db = await getDb();
  const shared = state();
  if (shared.current?.runId === runId) {
    shared.current.stop.abort('cancelled');
    await shared.current.ended;
    return;
  }
  shared.queue = shared.queue.filter((waiting) => waiting !== runId);
  const cancelled = await db
    .update(run)
    .set({ state: 'cancelled' })
    .where(and(eq(run.id, runId), eq(run.state, 'scoring')))
    .returning({ id: run.id });
  if (cancelled.length === 0) {
    const [found] = await db.select({ state: run.state }).from(run).where(eq(run.id, runId));
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    if (found.state !== 'cancelled')
      throw new Problem('conflict', `The run is ${found.state}: there is no scoring to cancel.`);
    return;
  }
  shared.events.emit(runId, { type: 'done', state: 'cancelled', error: null });
}

type Ending =
  | { state: 'scored'; result: ScoringResult }
  | { state: 'failed'; error: string }
  | { state: 'cancelled' }
  | { state: 'stopped' };

/** Scores a run from the start; ends in a state that is in the database. Never throws. */
async function scoreRun(
  runId: string,
  signal: AbortSignal,
  workerFile: string,
  limits: typeof LIMITS,
): Promise<void> {
  const started = performance.now();
  try {
    const ending = await endingOf(runId, signal, workerFile, limits);
    if (ending === null || ending.state === 'stopped') return;
    await writeEnding(runId, ending);
    const error = ending.state === 'failed' ? ending.error : null;
    log.info(
      { runId, state: ending.state, error, ms: Math.round(performance.now() - started) },
      'scoring ended',
    );
    state().events.emit(runId, { type: 'done', state: ending.state, error });
  } catch (error) {
    log.error({ runId, err: error }, 'scoring failed');
    const sentence = `Something failed here while scoring; the log has it under run ${runId}.`;
    await writeEnding(runId, { state: 'failed', error: sentence }).catch((again) =>
      log.error({ runId, err: again }, 'the failure could not be written down'),
    );
    state().events.emit(runId, { type: 'done', state: 'failed', error: sentence });
  }
}

async function endingOf(
  runId: string,
  signal: AbortSignal,
  workerFile: string,
  limits: typeof LIMITS,
): Promise<Ending | null> {
  const db = await getDb();
  const [found] = await db.select().from(run).where(eq(run.id, runId));
  if (found?.state !== 'scoring') return null;
  const failed = (error: string): Ending => ({ state: 'failed', error });

  const benchmark = benchmarkOf(found.benchmark);
  const split = benchmark?.splits.find(({ id }) => id === found.split);
  if (!benchmark || !split)
    return failed(`There is no benchmark ${found.benchmark}/${found.split} here any more.`);
  if (found.fileSha256 === null || found.fileName === null || (await findBlob(found.fileSha256)) === null)
    return failed('The predictions file is not here any more: upload it again.');
  const data = await installedSplit(env().OCEAN_DATA_DIR, benchmark.id, split.id);
  if (data === null)
    return failed(`The annotations of ${benchmark.name}, ${split.label}, are not installed here any more.`);

  await removeRows(runId);
  await db.update(run).set({ scoredSamples: 0 }).where(eq(run.id, runId));
  const task = {
    kind: 'scoring',
    path: blobPath(found.fileSha256),
    fileName: found.fileName,
    dataDir: env().OCEAN_DATA_DIR,
    benchmark: benchmark.id,
    split: split.id,
    scorer: found.scorer,
    dataSha256: data.sha256,
    outcomes: new SharedArrayBuffer(data.sampleCount),
  } as const;
  const lost = new Map<number, string>();
  const writer = writerOf(runId, found.scorer, benchmark, data);
  for (;;) {
    const attempt: ScoringTask = {
      ...task,
      gauges: new SharedArrayBuffer(4 * GAUGE.length),
      sendSamples: !(await hasSamples(data)),
      received: writer.received(),
      lost,
    };
    const end = await runInWorker(workerFile, attempt, writer.write, signal, limits);
    if (end.how === 'aborted')
      return signal.reason === 'stopping' ? { state: 'stopped' } : { state: 'cancelled' };
    if (end.how === 'refused') return failed(end.message);
    if (end.how === 'finished') {
      const result = writer.result();
      if (result === null) throw new Error('the worker ended without a result');
      return { state: 'scored', result };
    }
    if (lost.size >= MAX_LOST_SAMPLES)
      return failed(
        `More than ${MAX_LOST_SAMPLES} samples took longer than ${limits.verdictMs / 1000} s each; the scoring was given up.`,
      );
    lost.set(
      end.position,
      end.why === 'time'
        ? `no verdict within ${limits.verdictMs / 1000} s`
        : 'no verdict within the memory that a scorer may take',
    );
  }
}

/** Writes what workers send, one message after the other. */
function writerOf(runId: string, scorer: string, benchmark: Benchmark, data: InstalledData) {
  let samples: string[] = [];
  let received = 0;
  let result: ScoringResult | null = null;

  return {
    received: () => received,
    result: () => result,
    async write(message: WorkerMessage): Promise<void> {
      const db = await getDb();
      if (message.type === 'samples') {
        samples.push(message.json);
        if (!message.last) return;
        await storeSamples(benchmark, data, samples);
        samples = [];
      } else if (message.type === 'verdicts') {
        await db.transaction(async (tx) => {
          await tx.execute(sql`
            insert into verdict (run_id, scorer, sample_id, ordinal, outcome, answer, reason, span_start, span_end)
            select ${runId}::text, ${scorer}::text, r.* from json_to_recordset(${message.verdicts}::text::json) as r(
              sample_id text, ordinal int, outcome text, answer text, reason text, span_start int, span_end int)`);
          await tx.execute(sql`
            insert into prediction (run_id, sample_id, output, tokens)
            select ${runId}::text, r.* from json_to_recordset(${message.predictions}::text::json) as r(
              sample_id text, output text, tokens int)`);
          await tx
            .update(run)
            .set({ scoredSamples: received + message.count, dataId: dataIdOf(data) })
            .where(eq(run.id, runId));
        });
        received += message.count;
        const { current, events } = state();
        if (current?.runId === runId) Object.assign(current, { scored: received, total: data.sampleCount });
        events.emit(runId, { type: 'progress', state: 'scoring', scored: received, total: data.sampleCount });
      } else if (message.type === 'done') {
        result = message.result;
      }
    },
  };
}

async function removeRows(runId: string): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await tx.delete(verdict).where(eq(verdict.runId, runId));
    await tx.delete(prediction).where(eq(prediction.runId, runId));
    await tx.delete(score).where(eq(score.runId, runId));
  });
}

/** The score and the state are written together: a run is scored, or it is not. */
async function writeEnding(runId: string, ending: Exclude<Ending, { state: 'stopped' }>): Promise<void> {
  const db = await getDb();
  if (ending.state !== 'scored') await removeRows(runId);
  await db.transaction(async (tx) => {
    if (ending.state === 'scored') {
      const { result } = ending;
      const [scored] = await tx
        .update(run)
        .set({
          state: 'scored',
          error: null,
          matched: result.matched,
          missing: result.missing,
          claimedAccuracy: result.claimedAccuracy,
          format: result.format,
        })
        .where(and(eq(run.id, runId), eq(run.state, 'scoring')))
        .returning({ scorer: run.scorer });
      if (scored === undefined) throw new Error('the run left the state of scoring while it was scored');
      await tx.insert(score).values({
        runId,
        scorer: scored.scorer,
        ...result.score,
        verdictBits: result.verdictBits,
      });
    } else {
      await tx
        .update(run)
        .set({
          state: ending.state,
          error: ending.state === 'failed' ? ending.error : null,
          scoredSamples: 0,
        })
        .where(and(eq(run.id, runId), eq(run.state, 'scoring')));
    }
  });
}
