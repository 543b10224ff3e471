import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eq } from 'drizzle-orm';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type * as registry from '@/lib/benchmarks/registry';
import { superclevr200 } from '@/lib/benchmarks/superclevr';
import { judgedId } from '@/lib/scoring/judge';
import { install } from '../benchmarks';
import { blobPath, storeBlob } from '../blobs';
import { prediction, score, scoring, verdict } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { judgeEstimate } from './ask-judge';
import { changedRows, changePosition, compareScorers, scorableSamples } from './compare';
import { createRun } from './create-run';
import { followRun } from './follow-run';
import { discardRun, publishRun } from './publish';
import { rescoreRun } from './rescore';
import { runPage } from './run-page';
import { sampleDetail, sampleVerdict } from './samples';
import { cancelScoring, startScorings, stopScorings } from './scoring';
import { LIMITS } from './supervise';
import { BESIDE, LAST_NUMBER } from './test-benchmarks';

const { folder, judge } = await vi.hoisted(async () => {
  const { createServer } = await import('node:http');
  const judge = createServer();
  await new Promise<void>((resolve) => judge.listen(0, '127.0.0.1', resolve));
  const address = judge.address();
  process.env.OCEAN_JUDGE_URL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`;
  process.env.OCEAN_JUDGE_MODEL = 'little';
  process.env.OCEAN_JUDGE_PRICE = '1,2';
  const made = `${process.env.TMPDIR ?? '/tmp'}/ocean-rescore-${process.pid}-${Date.now()}`;
  process.env.OCEAN_DATA_DIR = made;
  process.env.LOG_LEVEL = 'silent';
  return { folder: made, judge };
});
vi.mock('@/lib/benchmarks/registry', async (importOriginal) => {
  const real = await importOriginal<typeof registry>();
  const { withTestScorers } = await import('./test-benchmarks');
  return {
    ...real,
    benchmarkOf(id: string) {
      const benchmark = real.benchmarkOf(id);
      return benchmark && withTestScorers(benchmark);
    },
  };
});

const WRITER = { role: 'writer' } as const;
const VISITOR = { role: 'visitor' } as const;
mkdirSync('node_modules/.cache', { recursive: true });
const workers = mkdtempSync(resolve('node_modules/.cache', 'ocean-test-'));
const WORKER = join(workers, 'test-worker.mjs');
const FIRST = superclevr200.scorers[0].id;
const SECOND = LAST_NUMBER.id;
const JUDGED = judgedId(SECOND, 'little');

const counting = Array.from({ length: 200 }, (_, index) => ({
  image_path: `./images/${Math.floor(index / 2)}.png`,
  question: 'How many different items are there in the image?',
  ground_truth: 3 + (index % 8),
}));

/** All are right by the first scorer, and by the second where nothing odd takes their place; null leaves a row out. */
const predictions = (odd: Record<number, string | null>) =>
  counting
    .flatMap(({ ground_truth }, index) => {
      const output = odd[index] === undefined ? `<answer>${ground_truth}</answer>` : odd[index];
      return output === null ? [] : [`${JSON.stringify({ sample_id: String(index), output })}\n`];
    })
    .join('');

/** Right by the first alone, by the second alone, undecided by the second, right by both with other answers' spans. */
const ODD = {
  1: '<answer>4</answer> or 99',
  2: '<answer>99</answer> no: 5',
  3: '<answer>none</answer>',
  5: null,
};

const start = () => startScorings(WORKER, { ...LIMITS, verdictMs: 400 });

async function ended(runId: string, scorer: string | null = null) {
  let last: unknown;
  for await (const { event } of followRun(runId, undefined, scorer)) last = event;
  return last;
}

async function scored(odd: Record<number, string | null>, name: string): Promise<string> {
  const { sha256 } = await storeBlob(new Blob([predictions(odd)]).stream(), null);
  const { runId } = await createRun(
    {
      fileSha256: sha256,
      fileName: 'predictions.jsonl',
      benchmark: 'superclevr-200',
      split: 'test',
      model: {
        kind: 'new',
        name,
        family: 'tests',
        parametersB: 3,
        openWeights: true,
        link: null,
        stage: null,
        parentId: null,
      },
      prompt: null,
      generation: null,
    },
    { owner: 'team' },
  );
  await ended(runId);
  return runId;
}

async function rescored(runId: string) {
  await rescoreRun(runId, SECOND);
  return ended(runId, SECOND);
}

/** A judge that finds the number in `seen: N`, or says something else, or nothing. */
judge.on('request', async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (body.includes('WAIT')) return;
  if (body.includes('REFUSE')) return void response.writeHead(401).end();
  const number = /seen: (\w+)/.exec(body)?.[1];
  const content = body.includes('CHAT') ? 'I think it is 5.' : `ANSWER: ${number ?? 'NONE'}`;
  const usage = { prompt_tokens: 9, completion_tokens: 2 };
  response.end(JSON.stringify({ choices: [{ message: { content } }], usage }));
});

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'test-worker.ts')],
    outfile: WORKER,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.9',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const annotations = join(workers, 'counting.jsonl');
  writeFileSync(annotations, counting.map((each) => JSON.stringify(each)).join('\n'));
  await install(folder, superclevr200, null, annotations);
});
afterAll(() => {
  judge.closeAllConnections();
  judge.close();
  rmSync(workers, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

describe.each(DRIVERS)('a second scorer of a run, on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });
  beforeAll(async () => {
    if (skip) return;
    await start();
  });
  afterAll(async () => {
    if (skip) return;
    await stopScorings();
  });

  const scorersOf = async (runId: string) => (await runPage(runId, WRITER))?.scorers ?? [];
  const pairOf = (id: string) => ({ id, from: FIRST, to: SECOND });

  test.skipIf(skip)('its score stands beside the first, and of the first nothing changes', async () => {
    const runId = await scored(ODD, 'Beside');
    await publishRun(runId, 'team');
    const before = await runPage(runId, VISITOR);
    expect(before?.scorers).toMatchObject([
      { id: FIRST, score: { correct: 197 }, rescoring: null },
      { id: SECOND, score: null, rescoring: null },
    ]);
    expect(await rescored(runId)).toEqual({ type: 'done', state: 'scored', error: null });
    const after = await runPage(runId, VISITOR);
    expect(after).toEqual({ ...before, scorers: after?.scorers });
    expect(after?.scorers).toMatchObject([
      { id: FIRST, score: { correct: 197, needsJudge: 0 }, changed: 0 },
      { id: SECOND, score: { correct: 197, needsJudge: 1 }, changed: 3, rescoring: null },
    ]);
    expect(await database.db.$count(verdict, eq(verdict.runId, runId))).toBe(400);
    expect(await database.db.$count(prediction, eq(prediction.runId, runId))).toBe(199);
    expect(await database.db.$count(scoring)).toBe(0);
    // Asked for again, nothing happens.
    await rescoreRun(runId, SECOND);
    expect(await database.db.$count(scoring)).toBe(0);
  });

  test.skipIf(skip)('what stands beside the first is scored when a run is published', async () => {
    BESIDE.push(SECOND);
    try {
      const runId = await scored({ ...ODD, 11: '<answer>2</answer>' }, 'Both figures');
      await stopScorings();
      await publishRun(runId, 'team');
      await publishRun(runId, 'team');
      expect(await database.db.select().from(scoring)).toMatchObject([{ runId, scorer: SECOND }]);
      // A server that starts finds what a published run lacks, whoever lost it.
      await database.db.delete(scoring);
      await start();
      expect(await ended(runId, SECOND)).toMatchObject({ state: 'scored' });
    } finally {
      BESIDE.pop();
    }
  });

  test.skipIf(skip)('verdicts are compared sample by sample', async () => {
    const runId = await scored({ ...ODD, 9: '<answer>4</answer> 4' }, 'Compared');
    const pair = pairOf(runId);
    await expect(compareScorers(pair, WRITER)).rejects.toMatchObject({ kind: 'not-found' });
    await rescored(runId);
    await expect(compareScorers(pair, VISITOR)).rejects.toMatchObject({ kind: 'not-found' });
    const comparison = await compareScorers(pair, WRITER);
    expect(comparison.transitions).toEqual([
      { from: 'correct', to: 'correct', count: 196 },
      { from: 'correct', to: 'wrong', count: 1 },
      { from: 'wrong', to: 'correct', count: 1 },
      { from: 'wrong', to: 'needs-judge', count: 1 },
      { from: 'missing', to: 'missing', count: 1 },
    ]);
    expect(comparison).toMatchObject({
      difference: { fixed: 1, broken: 1, difference: 0, pValue: 1 },
      otherAnswers: 0,
    });

    const all = await changedRows(pair, WRITER, {}, 0, 10);
    expect(all.total).toBe(3);
    expect(all.rows).toMatchObject([
      {
        sampleId: '1',
        gold: 4,
        from: { outcome: 'correct', answer: '4' },
        to: { outcome: 'wrong', answer: '99' },
      },
      {
        sampleId: '2',
        from: { outcome: 'wrong' },
        to: { outcome: 'correct', reason: 'the last number is 5' },
      },
      { sampleId: '3', from: { outcome: 'wrong', answer: null }, to: { outcome: 'needs-judge' } },
    ]);
    const gained = { change: { from: 'wrong', to: 'correct' } } as const;
    expect(await changedRows(pair, WRITER, gained, 0, 10)).toMatchObject({
      total: 1,
      rows: [{ sampleId: '2' }],
    });
    expect(await changedRows(pair, WRITER, { change: 'answer' }, 0, 10)).toMatchObject({ total: 0 });
    expect(await changedRows(pair, WRITER, { tag: { tag: 'none', value: 'x' } }, 0, 10)).toMatchObject({
      total: 0,
    });
    expect(await changePosition(pair, WRITER, {}, '3')).toBe(2);
    expect(await changePosition(pair, WRITER, gained, '3')).toBeNull();

    // Both verdicts of one sample, each with where it found its answer.
    const output = '<answer>4</answer> or 99';
    const first = await sampleDetail(runId, WRITER, '1', FIRST);
    expect(output.slice(...(first?.span ?? [0, 0]))).toBe('4');
    const second = await sampleVerdict(runId, WRITER, '1', SECOND);
    expect(output.slice(...(second?.span ?? [0, 0]))).toBe('99');
    expect(await sampleVerdict(runId, VISITOR, '1', SECOND)).toBeNull();
    expect(await sampleVerdict(runId, WRITER, '1', 'none/none@1')).toBeNull();
  });

  test.skipIf(skip)('outputs are read page by page, however long they are', async () => {
    const runId = await scored({ 3: 'x'.repeat(1_500_000), 4: 'y'.repeat(1_500_000), 7: null }, 'Pages');
    const seen: string[] = [];
    const pages: number[] = [];
    for (let after: number | null = -1; after !== null; ) {
      const { samples, next } = await scorableSamples(runId, WRITER, FIRST, after);
      pages.push(samples.length);
      for (const { sampleId, output, verdict } of samples) {
        seen.push(sampleId);
        expect(output === null).toBe(verdict.outcome === 'missing');
      }
      after = next;
    }
    expect(pages).toEqual([4, 196]);
    expect(seen).toEqual(counting.map((_, index) => String(index)));
    await expect(scorableSamples(runId, VISITOR, FIRST, -1)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test.skipIf(skip)('a sample that hangs is timed out by the second scorer alone', async () => {
    const runId = await scored({ 6: 'STUCK' }, 'Stuck');
    await rescored(runId);
    expect((await compareScorers(pairOf(runId), WRITER)).transitions).toContainEqual({
      from: 'wrong',
      to: 'timed-out',
      count: 1,
    });
  });

  test.skipIf(skip)('it can be cancelled, and leaves nothing; a run is not discarded under it', async () => {
    const slow = Object.fromEntries(counting.slice(0, 40).map((_, index) => [index, `SLOW ${index}`]));
    const runId = await scored(slow, 'Slow');
    await rescoreRun(runId, SECOND);
    await expect(discardRun(runId)).rejects.toThrow('cancel that first');
    await cancelScoring(runId, SECOND);
    expect(await ended(runId, SECOND)).toEqual({ type: 'done', state: 'cancelled', error: null });
    expect(await database.db.$count(verdict, eq(verdict.runId, runId))).toBe(200);
    expect(await database.db.$count(scoring)).toBe(0);
    await expect(cancelScoring(runId, SECOND)).rejects.toMatchObject({ kind: 'conflict' });
    // The first verdicts are still whole.
    expect(await runPage(runId, WRITER)).toMatchObject({
      state: 'scored',
      outcomes: { correct: 160, wrong: 40 },
    });
  });

  test.skipIf(skip)(
    'an interrupted one is taken up from its start, a failed one says why and can be tried anew',
    async () => {
      const runId = await scored({ ...ODD, 11: '<answer>6</answer> so 6' }, 'Interrupted');
      // As a killed process leaves it.
      await stopScorings();
      await rescoreRun(runId, SECOND);
      await database.db.insert(verdict).values({
        runId,
        scorer: SECOND,
        sampleId: '0',
        ordinal: 0,
        outcome: 'wrong',
        reason: 'half done',
      });
      expect(await scorersOf(runId)).toMatchObject([
        {},
        { rescoring: { state: 'scoring', scored: 0, total: 0 } },
      ]);
      await start();
      await ended(runId, SECOND);
      expect(await scorersOf(runId)).toMatchObject([{}, { score: { correct: 197 }, rescoring: null }]);

      const lost = await scored({ 1: 'no number' }, 'Lost');
      const file = blobPath((await runPage(lost, WRITER))?.file?.sha256 ?? '');
      rmSync(file);
      expect(await rescored(lost)).toMatchObject({ state: 'failed' });
      expect(await scorersOf(lost)).toMatchObject([
        {},
        {
          rescoring: {
            state: 'failed',
            error: 'The predictions file is not here any more: upload it again.',
          },
        },
      ]);
      await storeBlob(new Blob([predictions({ 1: 'no number' })]).stream(), null);
      expect(await rescored(lost)).toMatchObject({ state: 'scored' });
    },
  );

  test.skipIf(skip)('a judge decides what the rule leaves open, as a scorer of its own', async () => {
    const open = { 1: 'I have seen: x four', 2: 'seen: 5', 3: 'CHAT', 4: 'nothing', 5: null };
    // The rule finds no number where words stand for all of them.
    const runId = await scored({ ...open, 2: 'seen: five', 6: 'five <answer>none</answer>' }, 'Judged');
    await rescored(runId);
    const second = (await scorersOf(runId))[1];
    expect(second).toMatchObject({ score: { needsJudge: 5 }, judgeable: JUDGED, judged: null });
    expect(await judgeEstimate(runId, SECOND, WRITER)).toMatchObject({
      model: 'little',
      samples: 5,
      calls: 5,
      outputTokens: 5 * 128,
    });
    await rescoreRun(runId, JUDGED);
    expect(await ended(runId, JUDGED)).toMatchObject({ state: 'scored' });
    const third = (await scorersOf(runId))[2];
    expect(third).toMatchObject({
      id: JUDGED,
      scorer: { label: 'The last number, judge little' },
      score: { needsJudge: 1 },
      judged: {
        model: 'little',
        temperature: 0,
        calls: 5,
        cached: 0,
        failed: 0,
        inputTokens: 45,
        outputTokens: 10,
      },
    });
    expect(await sampleVerdict(runId, WRITER, '3', JUDGED)).toMatchObject({
      outcome: 'needs-judge',
      reason: 'the judge replied in another form than was asked for',
    });
    expect(await sampleVerdict(runId, WRITER, '4', JUDGED)).toMatchObject({ outcome: 'wrong', answer: null });
    // What it said is kept: nothing would be asked again.
    expect(await judgeEstimate(runId, SECOND, WRITER)).toMatchObject({ samples: 5, calls: 0, cost: 0 });
  });

  test.skipIf(skip)(
    'a judge that refuses fails its own scoring alone; one that is silent can be cancelled',
    async () => {
      const refused = await scored({ 1: 'REFUSE' }, 'Refusing');
      await rescored(refused);
      await rescoreRun(refused, JUDGED);
      expect(await ended(refused, JUDGED)).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('refuses with status 401'),
      });
      expect((await scorersOf(refused))[2]).toMatchObject({
        id: JUDGED,
        rescoring: { state: 'failed' },
        score: null,
      });

      const silent = await scored({ 1: 'WAIT' }, 'Silent');
      await rescored(silent);
      await rescoreRun(silent, JUDGED);
      await cancelScoring(silent, JUDGED);
      expect(await ended(silent, JUDGED)).toMatchObject({ state: 'cancelled' });
      expect(await scorersOf(silent)).toHaveLength(2);
      await expect(rescoreRun(silent, judgedId(SECOND, 'another'))).rejects.toThrow('no judge "another"');
    },
  );

  test.skipIf(skip)('what cannot be scored again is refused with a sentence', async () => {
    const runId = await scored({ 8: 'no number either' }, 'Refused');
    await expect(rescoreRun('none', SECOND)).rejects.toThrow('There is no run "none"');
    await expect(rescoreRun(runId, 'geoqa/none@1')).rejects.toThrow('has no scorer "geoqa/none@1"');
    await database.db.delete(score).where(eq(score.runId, runId));
    await expect(compareScorers(pairOf(runId), WRITER)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
