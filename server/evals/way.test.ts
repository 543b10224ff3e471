import { existsSync, readdirSync, rmSync } from 'node:fs';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { install } from '../benchmarks';
import { blobPath, storeBlob } from '../blobs';
import {
  benchmarkData,
  blob,
  checkpoint,
  model,
  prediction,
  run,
  sample,
  score,
  scoring,
  verdict,
} from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { listModels } from '../models';
import { board } from './board';
import { createRun } from './create-run';
import { followRun } from './follow-run';
import type { NewRun } from './new-run';
import { preflight } from './preflight';
import { discardRun, publishRun } from './publish';
import { runPage } from './run-page';
import { sampleDetail, samplePosition, sampleRows } from './samples';
import { cancelScoring, startScorings, stopScorings } from './scoring';
import { seed } from './seed';
import { submittableBenchmarks } from './submission-choices';
import { LIMITS } from './supervise';
import { counting, newRunOf, predictions, type TestPrograms, testPrograms } from './test-programs';
import type { SubmissionEvent } from './types';

const folder = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? '/tmp'}/ocean-evals-${process.pid}-${Date.now()}`;
  process.env.OCEAN_DATA_DIR = made;
  process.env.LOG_LEVEL = 'silent';
  return made;
});

const WRITER = { role: 'writer' } as const;
const VISITOR = { role: 'visitor' } as const;
let WORKER: string;
let programs: TestPrograms;
const limits = { ...LIMITS, verdictMs: 400, lookMs: 60_000 };

const upload = (text: string) => storeBlob(new Blob([text]).stream(), null);

const submit = (sha256: string, name: string) => createRun(newRunOf(sha256, name), { owner: 'team' });

async function eventsUntilDone(runId: string): Promise<{ ids: number[]; events: SubmissionEvent[] }> {
  const ids: number[] = [];
  const events: SubmissionEvent[] = [];
  for await (const { id, event } of followRun(runId, undefined)) {
    ids.push(Number(id));
    events.push(event);
  }
  return { ids, events };
}

async function scored(text: string, name: string): Promise<string> {
  const { sha256 } = await upload(text);
  const { runId } = await submit(sha256, name);
  await eventsUntilDone(runId);
  return runId;
}

beforeAll(async () => {
  programs = await testPrograms();
  WORKER = programs.worker;
  await install(folder, BENCHMARKS['superclevr-200'], null, programs.annotations);
});
afterAll(() => {
  programs.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(DRIVERS)('the way of a submission on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });
  beforeAll(async () => {
    if (skip) return;
    await seed(database.db);
    await startScorings(WORKER, limits);
  });
  afterAll(async () => {
    if (skip) return;
    await stopScorings();
  });

  test.skipIf(skip)('the seeded table is on the board, once, however often it is seeded', async () => {
    await seed(database.db);
    const { rows, columns } = await board();
    expect(rows).toHaveLength(4);
    expect(columns.map(({ benchmark }) => benchmark)).toEqual(Object.keys(BENCHMARKS));
    const ocean = rows.find(({ checkpointId }) => checkpointId === 'ocean-r1-7b-instruct');
    expect(ocean?.cells['math-vista']?.reported).toMatchObject({ value: 72.6, evidence: 'reported' });
    expect(ocean?.cells['math-vista']?.recomputed).toBeNull();
    expect((await submittableBenchmarks()).find(({ id }) => id === 'superclevr-200')).toMatchObject({
      splits: [{ installed: true }],
    });
  });

  test.skipIf(skip)('a file for a generated split that is not written yet is put off', async () => {
    const { sha256 } = await upload('{"sample_id":"counting-000000","output":"<answer>3</answer>"}');
    const input = { fileSha256: sha256, fileName: 'early.jsonl', benchmark: 'ocean-world', split: 'test' };
    const { problems } = await preflight(input, WORKER, limits);
    expect(problems).toEqual([expect.stringMatching(/being written on this server, once: look again/)]);
  });

  test.skipIf(skip)('a file is looked through, scored, published, and seen', async () => {
    const text = predictions(
      150,
      { 7: null },
      '{"sample_id":"9999","output":"x"}\n{"sample_id":"3","output":"y"}\n',
    );
    const { sha256, bytes } = await upload(text);
    const input = { fileSha256: sha256, fileName: 'a.jsonl', benchmark: null, split: null };
    const report = await preflight(input, WORKER, limits);
    expect(report).toMatchObject({
      bytes,
      target: { benchmark: 'superclevr-200', split: 'test' },
      rows: 201,
      total: 200,
      matched: 199,
      missing: 1,
      unknown: 1,
      duplicates: 1,
      examples: { missing: ['7'] },
      recomputed: { accuracy: 74.5, needsJudge: 0, marks: { total: 0 } },
      existingRunId: null,
      problems: [],
    });

    const { runId, existed } = await submit(sha256, 'First Model');
    expect(existed).toBe(false);
    const { ids, events } = await eventsUntilDone(runId);
    expect(events.at(-1)).toEqual({ type: 'done', state: 'scored', error: null });
    expect(ids).toEqual([...ids].sort((a, b) => a - b));

    // Nobody else sees it before it is published.
    expect(await runPage(runId, VISITOR)).toBeNull();
    await expect(sampleRows(runId, { principal: VISITOR, address: 'a' }, {}, 0, 10)).rejects.toThrow(
      'no scored run',
    );
    expect(await sampleDetail(runId, VISITOR, '0')).toBeNull();
    expect((await board()).rows).toHaveLength(4);

    const page = await runPage(runId, WRITER);
    expect(page).toMatchObject({
      state: 'scored',
      matched: 199,
      missing: 1,
      mayDecide: true,
      score: { headline: 74.5, correct: 149, total: 200 },
      outcomes: { correct: 149, wrong: 50, 'timed-out': 0, missing: 1 },
    });
    await publishRun(runId, 'team');
    await publishRun(runId, 'team');
    expect(await runPage(runId, VISITOR)).toMatchObject({ state: 'published', mayDecide: false });
    const row = (await board()).rows.find(({ modelName }) => modelName === 'First Model');
    expect(row?.cells['superclevr-200']?.recomputed).toMatchObject({
      value: 74.5,
      rank: 1,
      provenance: 'recomputed here from 200 samples',
    });

    // The same bytes are the same run.
    expect(await submit(sha256, 'Another Name')).toEqual({ runId, existed: true });
    expect((await preflight(input, WORKER, limits)).existingRunId).toBe(runId);
    expect((await listModels(VISITOR)).map(({ modelName }) => modelName)).not.toContain('Another Name');
  });

  test.skipIf(skip)('a file of which too few rows name samples is asked for, with how many do', async () => {
    const others = Array.from({ length: 40 }, (_, i) => `{"sample_id":"other ${i}","output":"x"}\n`);
    const { sha256 } = await upload(predictions(150, {}, others.join('')));
    const input = { fileSha256: sha256, fileName: 'a.jsonl', benchmark: null, split: null };
    const report = await preflight(input, WORKER, limits);
    expect(report).toMatchObject({ target: null, recomputed: null });
    expect(report.problems).toEqual([
      expect.stringMatching(/cannot be told from the file: choose it\..*: 200 of 240 rows \(83\.3 %\)/),
    ]);
    expect(report.candidates).toContainEqual(
      expect.objectContaining({ benchmark: 'superclevr-200', matched: 200, total: 200 }),
    );
    expect(await preflight({ ...input, benchmark: 'superclevr-200' }, WORKER, limits)).toMatchObject({
      target: { benchmark: 'superclevr-200' },
      problems: [],
      unknown: 40,
    });
  });

  test.skipIf(skip)('samples are read by range, filtered by outcome, tag and text', async () => {
    const runId = await scored(predictions(120, { 5: null, 6: 'a\0b \ud800 <answer>9</answer>' }), 'Ranges');
    expect(await sampleRows(runId, { principal: WRITER, address: 'a' }, {}, 190, 50)).toMatchObject({
      total: 200,
    });
    const { rows } = await sampleRows(runId, { principal: WRITER, address: 'a' }, {}, 190, 50);
    expect(rows.map(({ ordinal }) => ordinal)).toEqual([190, 191, 192, 193, 194, 195, 196, 197, 198, 199]);
    expect(
      await sampleRows(runId, { principal: WRITER, address: 'a' }, { outcome: 'missing' }, 0, 10),
    ).toMatchObject({
      total: 1,
      rows: [{ sampleId: '5', outcome: 'missing' }],
    });
    // Percent signs, underscores and backslashes mean themselves.
    expect(
      (await sampleRows(runId, { principal: WRITER, address: 'a' }, { text: '50% OF it\\_ 19' }, 0, 10))
        .total,
    ).toBe(11);
    expect((await sampleRows(runId, { principal: WRITER, address: 'a' }, { text: '5_' }, 0, 10)).total).toBe(
      0,
    );
    expect(
      (
        await sampleRows(
          runId,
          { principal: WRITER, address: 'a' },
          { tag: { tag: 'none', value: 'x' } },
          0,
          10,
        )
      ).total,
    ).toBe(0);
    const failures = { outcome: 'wrong' } as const;
    const wrong = await sampleRows(runId, { principal: WRITER, address: 'a' }, failures, 0, 200);
    expect(await samplePosition(runId, { principal: WRITER, address: 'a' }, failures, '150')).toBe(
      wrong.rows.findIndex(({ sampleId }) => sampleId === '150'),
    );
    expect(await samplePosition(runId, { principal: WRITER, address: 'a' }, failures, '0')).toBeNull();
    // What Postgres cannot hold is replaced in place, so that the span still marks the answer.
    const odd = await sampleDetail(runId, WRITER, '6');
    expect(odd?.output).toBe('a\ufffdb \ufffd <answer>9</answer>');
    expect(odd?.output?.slice(...(odd.span ?? [0, 0]))).toContain('9');
    expect(await sampleDetail(runId, WRITER, 'none')).toBeNull();
  });

  test.skipIf(skip)('a sample that hangs is timed out, the others are scored', async () => {
    const runId = await scored(predictions(200, { 3: 'HANG', 199: 'HANG' }), 'Hanging');
    expect(await runPage(runId, WRITER)).toMatchObject({
      state: 'scored',
      outcomes: { correct: 198, wrong: 0, 'timed-out': 2, missing: 0 },
    });
    expect(await sampleDetail(runId, WRITER, '3')).toMatchObject({
      outcome: 'timed-out',
      reason: 'no verdict within 0.4 s',
      output: 'HANG',
    });
  });

  test.skipIf(skip)('a sample that eats the memory is timed out too, and this process lives', async () => {
    const { sha256 } = await upload(predictions(200, { 90: 'FILL' }));
    await stopScorings();
    await startScorings(WORKER, { ...limits, verdictMs: 50_000 });
    const { runId } = await submit(sha256, 'Filling');
    await eventsUntilDone(runId);
    await stopScorings();
    await startScorings(WORKER, limits);
    expect(await sampleDetail(runId, WRITER, '90')).toMatchObject({
      outcome: 'timed-out',
      reason: 'no verdict within the memory that a scorer may take',
    });
    expect(await runPage(runId, WRITER)).toMatchObject({ score: { correct: 199 } });
  });

  test.skipIf(skip)('a preflight outlives a scorer that hangs', async () => {
    const { sha256 } = await upload(predictions(10, { 50: 'HANG' }));
    const input = { fileSha256: sha256, fileName: 'h.jsonl', benchmark: 'superclevr-200', split: 'test' };
    expect(await preflight(input, WORKER, limits)).toMatchObject({ matched: 200, recomputed: null });
  });

  test.skipIf(skip)('a preflight ends in time, whatever its scorer does', async () => {
    const { sha256 } = await upload(predictions(10, { 50: 'HANG' }));
    const input = { fileSha256: sha256, fileName: 'h.jsonl', benchmark: 'superclevr-200', split: 'test' };
    const patient = { ...limits, verdictMs: 1_000_000, lookMs: 1_000 };
    expect(await preflight(input, WORKER, patient)).toMatchObject({ problems: [], recomputed: null });
  });

  test.skipIf(skip)('a defect of ours fails the run and leaves no rows', async () => {
    const runId = await scored(predictions(10, { 50: 'FAIL' }), 'Failing');
    expect(await runPage(runId, WRITER)).toMatchObject({ state: 'failed', score: null });
    expect((await runPage(runId, WRITER))?.error).toContain('Something failed here');
    expect(await database.db.$count(verdict, eq(verdict.runId, runId))).toBe(0);
    await expect(publishRun(runId, 'team')).rejects.toThrow('only a scored run');
    await discardRun(runId);
  });

  test.skipIf(skip)('a file that is none is refused with its reason, and not kept', async () => {
    const { sha256 } = await upload('what is this');
    const input = { fileSha256: sha256, fileName: 'x.txt', benchmark: null, split: null };
    await expect(preflight(input, WORKER, limits)).rejects.toMatchObject({
      name: 'Problem',
      kind: 'refused',
    });
    expect(existsSync(blobPath(sha256))).toBe(false);
    await expect(preflight(input, WORKER, limits)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test.skipIf(skip)('a bad row fails the scoring with its place', async () => {
    const runId = await scored(predictions(10, {}, '{"sample_id": 3}\n'), 'Bad row');
    const page = await runPage(runId, WRITER);
    expect(page).toMatchObject({ state: 'failed', progress: null });
    expect(page?.error).toMatch(/row 201/);
  });

  test.skipIf(skip)('a scoring of which a verdict is lost comes to no score', async () => {
    // The first message is full with its long output; the others come while the slow ones are scored.
    const slow = Object.fromEntries(
      counting.slice(150).map((_, index) => [150 + index, `SLOW lost ${index}`]),
    );
    const { sha256 } = await upload(predictions(200, { ...slow, 49: 'x'.repeat(1_100_000) }));
    const { runId } = await submit(sha256, 'Lost verdict');
    let removed = 0;
    for await (const { event } of followRun(runId, undefined)) {
      if (removed > 0 || event.type !== 'progress' || event.scored === 0) continue;
      const gone = and(eq(verdict.runId, runId), eq(verdict.ordinal, 0));
      removed = (await database.db.delete(verdict).where(gone).returning()).length;
    }
    expect(removed).toBe(1);
    expect(await runPage(runId, WRITER)).toMatchObject({ state: 'failed', score: null });
    expect(await database.db.$count(verdict, eq(verdict.runId, runId))).toBe(0);
  });

  test.skipIf(skip)('cancelling ends a scoring and its rows; submitting again scores again', async () => {
    const slow = Object.fromEntries(counting.map((_, index) => [index, `SLOW ${index}`]));
    const { sha256 } = await upload(predictions(0, slow));
    const { runId } = await submit(sha256, 'Slow');
    const waiting = await submit((await upload(predictions(33))).sha256, 'Waiting');
    expect(await runPage(waiting.runId, WRITER)).toMatchObject({ progress: { scored: 0, total: 0 } });
    const follower = eventsUntilDone(runId);
    await expect(discardRun(runId)).rejects.toThrow('cancel the scoring first');
    await cancelScoring(waiting.runId);
    await cancelScoring(runId);
    await cancelScoring(runId);
    expect((await follower).events.at(-1)).toMatchObject({ type: 'done', state: 'cancelled' });
    expect(await runPage(runId, WRITER)).toMatchObject({ state: 'cancelled' });
    expect(await runPage(waiting.runId, WRITER)).toMatchObject({ state: 'cancelled' });
    expect(await database.db.$count(prediction, eq(prediction.runId, runId))).toBe(0);
    await expect(publishRun(runId, 'team')).rejects.toMatchObject({ kind: 'conflict' });

    const again = await submit((await upload(predictions(33))).sha256, 'Waiting, again');
    expect(again).toEqual({ runId: waiting.runId, existed: false });
    await eventsUntilDone(again.runId);
    expect(await runPage(again.runId, WRITER)).toMatchObject({
      state: 'scored',
      model: { name: 'Waiting, again' },
      score: { correct: 33 },
    });
    await expect(cancelScoring(again.runId)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(cancelScoring('none')).rejects.toMatchObject({ kind: 'not-found' });
  });

  /** As a server that starts finds what another one left. */
  async function scoreAnew(runId: string): Promise<void> {
    const [left] = await database.db
      .update(run)
      .set({ state: 'scoring' })
      .where(eq(run.id, runId))
      .returning({ scorer: run.scorer });
    await database.db
      .insert(scoring)
      .values({ runId, scorer: left?.scorer ?? '', fence: 1, scored: 100, total: 200 });
    await startScorings(WORKER, limits);
  }

  test.skipIf(skip)('a scoring that was interrupted is taken up from the start', async () => {
    const runId = await scored(predictions(77), 'Interrupted');
    // As a killed process leaves it: some rows, no score, the state of scoring.
    await stopScorings();
    await database.db.delete(score).where(eq(score.runId, runId));
    await database.db.delete(verdict).where(eq(verdict.ordinal, 3));
    await scoreAnew(runId);
    await eventsUntilDone(runId);
    expect(await runPage(runId, WRITER)).toMatchObject({ state: 'scored', score: { correct: 77 } });
    expect((await sampleRows(runId, { principal: WRITER, address: 'a' }, {}, 0, 1)).total).toBe(200);

    rmSync(blobPath((await runPage(runId, WRITER))?.file?.sha256 ?? ''));
    await stopScorings();
    await scoreAnew(runId);
    await eventsUntilDone(runId);
    expect(await runPage(runId, WRITER)).toMatchObject({
      state: 'failed',
      error: 'The predictions file is not here any more: upload it again.',
    });
  });

  test.skipIf(skip)('discarding removes a run and what only it used', async () => {
    const text = predictions(42);
    const runId = await scored(text, 'To be discarded');
    const sha256 = (await runPage(runId, WRITER))?.file?.sha256 ?? '';
    await publishRun(runId, 'team');
    expect((await board()).rows.map(({ modelName }) => modelName)).toContain('To be discarded');
    await discardRun(runId);
    expect((await board()).rows.map(({ modelName }) => modelName)).not.toContain('To be discarded');
    expect(await runPage(runId, WRITER)).toBeNull();
    for (const [table, column] of [
      [verdict, verdict.runId],
      [prediction, prediction.runId],
      [score, score.runId],
    ] as const)
      expect(await database.db.$count(table, eq(column, runId))).toBe(0);
    expect(await database.db.$count(blob, eq(blob.sha256, sha256))).toBe(0);
    expect(existsSync(blobPath(sha256))).toBe(false);
    expect(await database.db.$count(model, eq(model.slug, 'to-be-discarded'))).toBe(0);
    expect(await database.db.$count(checkpoint, eq(checkpoint.modelSlug, 'to-be-discarded'))).toBe(0);
    await expect(discardRun(runId)).rejects.toMatchObject({ kind: 'not-found' });
    const [reported] = await database.db.select().from(run).where(eq(run.source, 'reported'));
    await expect(discardRun(reported?.id ?? '')).rejects.toMatchObject({ kind: 'conflict' });
  });

  test.skipIf(skip)(
    'what cannot be scored, or is named like another, is refused with a sentence',
    async () => {
      const { sha256 } = await upload(predictions(1));
      const wanted = newRunOf(sha256, 'Ocean R1 3b  instruct!');
      const refused = (change: Partial<NewRun>) => createRun({ ...wanted, ...change }, { owner: 'team' });
      await expect(refused({})).rejects.toThrow('too close to that of the model "Ocean-R1-3B-Instruct"');
      await expect(refused({ benchmark: 'geoqa' })).rejects.toThrow('not installed');
      await expect(refused({ benchmark: 'superclevr' })).rejects.toThrow('not installed');
      await expect(refused({ benchmark: 'none' })).rejects.toThrow('There is no benchmark');
      await expect(refused({ fileSha256: '0'.repeat(64) })).rejects.toMatchObject({ kind: 'not-found' });
      await expect(refused({ model: { kind: 'existing', checkpointId: 'none' } })).rejects.toThrow(
        'no checkpoint',
      );
      await expect(
        refused({ model: { ...newRunOf(sha256, '???').model } as NewRun['model'] }),
      ).rejects.toThrow('neither a letter nor a digit');
    },
  );

  test.skipIf(skip)('the annotations are imported once', async () => {
    expect(await database.db.$count(benchmarkData)).toBe(1);
    expect(await database.db.$count(sample)).toBe(200);
    expect(readdirSync(folder)).toContain('blobs');
  });
});
