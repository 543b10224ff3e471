import { and, asc, eq, sql } from 'drizzle-orm';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { readJudgedId } from '@/lib/scoring/judge';
import { ensureInstalled, type InstalledData } from '../benchmarks';
import { blobPath, findBlob } from '../blobs';
import { getDb, prediction, rescoring, run, score, verdict } from '../db';
import { env } from '../env';
import { log } from '../log';
import { Problem } from '../problem';
import { askJudge } from './ask-judge';
import { keyOf, type Scoring, state } from './state';
import { dataIdOf, hasSamples, storeSamples } from './store-samples';
import { LIMITS, runInWorker, WORKER_FILE } from './supervise';
import { GAUGE, type ScoringResult, type ScoringTask, type WorkerMessage } from './worker-protocol';

/** A file whose rows keep outlasting their limit would keep a worker busy for hours. */
const MAX_LOST_SAMPLES = 50;

/** One scoring at a time, in the order of submission. `workerFile` and `limits` are for tests. */
export function enqueueScoring(scoring: Scoring, workerFile = WORKER_FILE, limits = LIMITS): void {
  if (scoring.scorer !== null && scoring.judged === undefined && readJudgedId(scoring.scorer) !== null) {
    void askJudge(scoring.runId, scoring.scorer, (judged) =>
      enqueueScoring({ ...scoring, judged }, workerFile, limits),
    );
    return;
  }
  state().queue.push(scoring);
  startNext(workerFile, limits);
}

function startNext(workerFile: string, limits: typeof LIMITS): void {
  const shared = state();
  if (shared.current !== null || shared.stopping) return;
  const scoring = shared.queue.shift();
  if (scoring === undefined) return;
  const stop = new AbortController();
  const ended = scoreRun(scoring, stop.signal, workerFile, limits).finally(() => {
    shared.current = null;
    startNext(workerFile, limits);
  });
  shared.current = { key: keyOf(scoring), scored: 0, total: 0, stop, ended };
}

/** At start: what an ended process was scoring, or had still to score, is scored anew. */
export async function resumeScorings(enqueue: (scoring: Scoring) => void = enqueueScoring): Promise<void> {
  const db = await getDb();
  const runs = await db
    .select({ runId: run.id, scorer: sql<null>`null` })
    .from(run)
    .where(eq(run.state, 'scoring'))
    .orderBy(asc(run.createdAt));
  const again = await db
    .select({ runId: rescoring.runId, scorer: rescoring.scorer })
    .from(rescoring)
    .where(eq(rescoring.state, 'scoring'))
    .orderBy(asc(rescoring.createdAt));
  const interrupted: Scoring[] = [...runs, ...again];
  for (const scoring of interrupted) enqueue(scoring);
  if (interrupted.length > 0)
    log.info({ scorings: interrupted.length }, 'interrupted scorings are taken up again');
}

/** Before the end of the process: the scoring is broken off and stays to be taken up by the next one. */
export async function stopScorings(): Promise<void> {
  const shared = state();
  shared.stopping = true;
  shared.current?.stop.abort('stopping');
  for (const { stop } of shared.judging.values()) stop.abort('stopping');
  await Promise.all([...shared.judging.values()].map(({ ended }) => ended));
  await shared.current?.ended;
  // Whoever follows a scoring is let go, so that no open answer keeps the process.
  for (const key of shared.events.eventNames())
    shared.events.emit(String(key), { type: 'done', state: 'scoring', error: null });
}

/** @throws Problem where there is no such run, or it is not being scored (by that scorer). */
export async function cancelScoring(runId: string, scorer: string | null = null): Promise<void> {
  const shared = state();
  const key = keyOf({ runId, scorer });
  if (shared.current?.key === key) {
    shared.current.stop.abort('cancelled');
    await shared.current.ended;
    return;
  }
  const asking = shared.judging.get(key);
  asking?.stop.abort('cancelled');
  await asking?.ended;
  shared.queue = shared.queue.filter((waiting) => keyOf(waiting) !== key);
  const db = await getDb();
  const cancelled =
    scorer === null
      ? await db
          .update(run)
          .set({ state: 'cancelled' })
          .where(and(eq(run.id, runId), eq(run.state, 'scoring')))
          .returning({ runId: run.id })
      : await db.delete(rescoring).where(pending(runId, scorer)).returning({ runId: rescoring.runId });
  if (cancelled.length === 0) {
    const [found] = await db.select({ state: run.state }).from(run).where(eq(run.id, runId));
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    if (scorer !== null)
      throw new Problem('conflict', `The run is not being scored by ${scorer}: there is nothing to cancel.`);
    if (found.state !== 'cancelled')
      throw new Problem('conflict', `The run is ${found.state}: there is no scoring to cancel.`);
    return;
  }
  shared.events.emit(key, { type: 'done', state: 'cancelled', error: null });
}

const pending = (runId: string, scorer: string) =>
  and(eq(rescoring.runId, runId), eq(rescoring.scorer, scorer), eq(rescoring.state, 'scoring'));

type Ending =
  | { state: 'scored'; result: ScoringResult }
  | { state: 'failed'; error: string }
  | { state: 'cancelled' }
  | { state: 'stopped' };

/** Scores from the start; ends in a state that is in the database. Never throws. */
async function scoreRun(
  scoring: Scoring,
  signal: AbortSignal,
  workerFile: string,
  limits: typeof LIMITS,
): Promise<void> {
  const started = performance.now();
  try {
    const ending = await endingOf(scoring, signal, workerFile, limits);
    if (ending === null || ending.state === 'stopped') return;
    await writeEnding(scoring, ending);
    const error = ending.state === 'failed' ? ending.error : null;
    log.info(
      {
        runId: scoring.runId,
        scorer: scoring.scorer,
        state: ending.state,
        error,
        ms: Math.round(performance.now() - started),
      },
      'scoring ended',
    );
    state().events.emit(keyOf(scoring), { type: 'done', state: ending.state, error });
  } catch (error) {
    log.error({ runId: scoring.runId, scorer: scoring.scorer, err: error }, 'scoring failed');
    const sentence = `Something failed here while scoring; the log has it under run ${scoring.runId}.`;
    await writeEnding(scoring, { state: 'failed', error: sentence }).catch((again) =>
      log.error(
        { runId: scoring.runId, scorer: scoring.scorer, err: again },
        'the failure could not be written down',
      ),
    );
    state().events.emit(keyOf(scoring), { type: 'done', state: 'failed', error: sentence });
  }
}

async function endingOf(
  scoring: Scoring,
  signal: AbortSignal,
  workerFile: string,
  limits: typeof LIMITS,
): Promise<Ending | null> {
  const { runId } = scoring;
  const db = await getDb();
  const [found] = await db.select().from(run).where(eq(run.id, runId));
  if (found === undefined) return null;
  const wanted =
    scoring.scorer === null
      ? found.state === 'scoring'
      : (await db.$count(rescoring, pending(runId, scoring.scorer))) > 0;
  if (!wanted) return null;
  const scorer = scoring.scorer ?? found.scorer;
  const failed = (error: string): Ending => ({ state: 'failed', error });

  const benchmark = benchmarkOf(found.benchmark);
  const split = benchmark?.splits.find(({ id }) => id === found.split);
  if (!benchmark || !split)
    return failed(`There is no benchmark ${found.benchmark}/${found.split} here any more.`);
  if (found.fileSha256 === null || found.fileName === null || (await findBlob(found.fileSha256)) === null)
    return failed('The predictions file is not here any more: upload it again.');
  const data = await ensureInstalled(env().OCEAN_DATA_DIR, benchmark, split);
  if (data === null)
    return failed(`The annotations of ${benchmark.name}, ${split.label}, are not installed here any more.`);

  // Verdicts are compared sample by sample, so all of a run's are on the same version.
  if (scoring.scorer !== null && found.dataId !== dataIdOf(data))
    return failed(
      `The annotations of ${benchmark.name}, ${split.label}, that are installed now are another version than this run was scored on: install that version, or hand the file in again.`,
    );

  await removeRows(scoring);
  const task = {
    kind: 'scoring',
    path: blobPath(found.fileSha256),
    fileName: found.fileName,
    dataDir: env().OCEAN_DATA_DIR,
    benchmark: benchmark.id,
    split: split.id,
    scorer,
    sendPredictions: scoring.scorer === null,
    replies: scoring.judged?.replies ?? null,
    dataSha256: data.sha256,
    outcomes: new SharedArrayBuffer(data.sampleCount),
  } as const;
  const lost = new Map<number, string>();
  const writer = writerOf(scoring, scorer, benchmark, data);
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
function writerOf(scoring: Scoring, scorer: string, benchmark: Benchmark, data: InstalledData) {
  const { runId } = scoring;
  const key = keyOf(scoring);
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
          if (scoring.scorer !== null) return;
          await tx.execute(sql`
            insert into prediction (run_id, sample_id, output, extraction, tokens)
            select ${runId}::text, r.* from json_to_recordset(${message.predictions}::text::json) as r(
              sample_id text, output text, extraction text, tokens int)`);
          await tx
            .update(run)
            .set({ scoredSamples: received + message.count, dataId: dataIdOf(data) })
            .where(eq(run.id, runId));
        });
        received += message.count;
        const { current, events } = state();
        if (current?.key === key) Object.assign(current, { scored: received, total: data.sampleCount });
        events.emit(key, { type: 'progress', state: 'scoring', scored: received, total: data.sampleCount });
      } else if (message.type === 'done') {
        result = message.result;
      }
    },
  };
}

/** What an earlier attempt of the same scoring left. */
async function removeRows({ runId, scorer }: Scoring): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    if (scorer !== null) {
      await tx.delete(verdict).where(and(eq(verdict.runId, runId), eq(verdict.scorer, scorer)));
      return;
    }
    await tx.delete(verdict).where(eq(verdict.runId, runId));
    await tx.delete(prediction).where(eq(prediction.runId, runId));
    await tx.delete(score).where(eq(score.runId, runId));
    await tx.update(run).set({ scoredSamples: 0 }).where(eq(run.id, runId));
  });
}

/** The score and the state are written together: a run is scored, or it is not. */
async function writeEnding(scoring: Scoring, ending: Exclude<Ending, { state: 'stopped' }>): Promise<void> {
  if (ending.state !== 'scored') await removeRows(scoring);
  if (scoring.scorer === null) await writeFirstEnding(scoring.runId, ending);
  else await writeNextEnding(scoring, scoring.scorer, ending);
}

async function writeFirstEnding(runId: string, ending: Exclude<Ending, { state: 'stopped' }>): Promise<void> {
  const db = await getDb();
  const scoring = and(eq(run.id, runId), eq(run.state, 'scoring'));
  if (ending.state !== 'scored') {
    const error = ending.state === 'failed' ? ending.error : null;
    await db.update(run).set({ state: ending.state, error }).where(scoring);
    return;
  }
  const { result } = ending;
  await db.transaction(async (tx) => {
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
      .where(scoring)
      .returning({ scorer: run.scorer });
    if (scored === undefined) throw new Error('the run left the state of scoring while it was scored');
    await tx
      .insert(score)
      .values({ runId, scorer: scored.scorer, ...result.score, verdictBits: result.verdictBits });
  });
}

/** The score stands beside those that the run has; nothing of them changes. */
async function writeNextEnding(
  { runId, judged }: Scoring,
  scorer: string,
  ending: Exclude<Ending, { state: 'stopped' }>,
): Promise<void> {
  const db = await getDb();
  if (ending.state === 'failed') {
    await db.update(rescoring).set({ state: 'failed', error: ending.error }).where(pending(runId, scorer));
    return;
  }
  await db.transaction(async (tx) => {
    const done = await tx.delete(rescoring).where(pending(runId, scorer)).returning();
    if (ending.state === 'cancelled') return;
    if (done.length === 0) throw new Error('the scoring was taken back while it went on');
    const { result } = ending;
    await tx.insert(score).values({
      runId,
      scorer,
      ...result.score,
      verdictBits: result.verdictBits,
      judge: judged?.record ?? null,
    });
  });
}
