import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Stage } from '@/lib/models/stage';
import type { Outcome } from '@/lib/scoring/scorer';
import type { Principal } from '../auth';
import type { Db } from '../db';
import {
  benchmarkData,
  checkpoint,
  model,
  prediction,
  type RunState,
  run,
  sample,
  score,
  verdict,
} from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { compareChoices, lineage, runsOfCheckpoints } from './compare-choices';
import { comparedBehaviour, comparedContaining, comparedRows } from './compared-samples';
import { comparison } from './comparison';
import { outputLengths, reflection } from './looked-into';
import { runOutcomes, sampleGroups } from './outcomes';
import type { ChosenRuns } from './types';

const folder = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? '/tmp'}/ocean-compared-${process.pid}-${Date.now()}`;
  process.env.OCEAN_DATA_DIR = made;
  process.env.LOG_LEVEL = 'silent';
  return made;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VISITOR = { role: 'visitor' } as const;
const WRITER = { role: 'writer' } as const;
const LOOKS = { principal: VISITOR, address: '10.0.0.1' };
const SCORER = 'cv-bench/seed@1';
const OUTCOMES: Readonly<Record<string, Outcome>> = { '1': 'correct', '0': 'wrong', '-': 'missing' };

/** Four samples, of two tasks by turns; two share a picture. */
async function describeData(db: Db, id: string): Promise<void> {
  await db.insert(benchmarkData).values({
    ...{ id, benchmark: 'cv-bench', split: 'test', sha256: `sha of ${id}` },
    ...{ source: 'tests', licence: 'none', sampleCount: 4 },
  });
  await db.insert(sample).values(
    [0, 1, 2, 3].map((ordinal) => ({
      ...{ dataId: id, sampleId: `s${ordinal}`, ordinal, question: `question ${ordinal}`, gold: 'A' },
      tags: { task: ordinal % 2 === 0 ? 'Count' : 'Depth' },
      ...{ image: null, cluster: String(Math.floor(ordinal / 3)) },
    })),
  );
}

async function describeRun(
  db: Db,
  {
    id,
    of,
    dataId,
    marks,
    state = 'published',
  }: { id: string; of: string; dataId: string; marks: string; state?: RunState },
): Promise<void> {
  await db.insert(run).values({
    ...{ id, checkpointId: of, benchmark: 'cv-bench', split: 'test', source: 'upload', state },
    ...{ scorer: SCORER, dataId, publishedAt: new Date(1_700_000_000_000) },
  });
  await db.insert(score).values({
    ...{ runId: id, scorer: SCORER, headline: 50, breakdown: [], secondary: {} },
    interval: { low: 40, high: 60, level: 0.95, method: 'wilson' },
  });
  for (const [ordinal, mark] of [...marks].entries()) {
    const outcome = OUTCOMES[mark] ?? 'wrong';
    const place = { runId: id, sampleId: `s${ordinal}` };
    await db.insert(verdict).values({
      ...place,
      scorer: SCORER,
      ordinal,
      outcome,
      answer: outcome === 'correct' ? 'A' : 'B',
      reason: 'r',
    });
    if (outcome !== 'missing')
      await db
        .insert(prediction)
        .values({ ...place, output: `<think>Wait.</think><answer>${mark}</answer>` });
  }
}

describe.each(DRIVERS)('runs over the same samples, on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });
  beforeAll(async () => {
    if (skip) return;
    const { db } = database;
    await db
      .insert(model)
      .values({ slug: 'nano', name: 'Nano', family: 'tests', parametersB: 1, openWeights: true });
    const line: readonly (readonly [string, Stage, string | null])[] = [
      ['base', 'base', null],
      ['one', 'stage1', 'base'],
      ['two', 'stage2', 'one'],
    ];
    for (const [id, stage, parentId] of line)
      await db.insert(checkpoint).values({ id, modelSlug: 'nano', stage, parentId });
    await describeData(db, 'v1');
    await describeData(db, 'v2');
    await describeRun(db, { id: 'a', of: 'base', dataId: 'v1', marks: '1100' });
    await describeRun(db, { id: 'b', of: 'one', dataId: 'v1', marks: '011-' });
    await describeRun(db, { id: 'draft', of: 'two', dataId: 'v1', marks: '1111', state: 'scored' });
    await describeRun(db, { id: 'gone', of: 'two', dataId: 'v1', marks: '1111', state: 'withdrawn' });
    await describeRun(db, { id: 'other', of: 'two', dataId: 'v2', marks: '1111' });
  });

  test.skipIf(skip)('a run is told with an outcome a sample, in the order of the data', async () => {
    expect(await runOutcomes('b', VISITOR)).toEqual({
      id: 'b',
      model: { slug: 'nano', name: 'Nano' },
      checkpoint: { id: 'one', stage: 'stage1', step: null },
      ...{ benchmark: 'cv-bench', split: 'test', source: 'upload', state: 'published' },
      ...{ scorer: SCORER, data: 'sha of v1', generation: null, outcomes: '1004' },
      figure: { value: 50, interval: { low: 40, high: 60, level: 0.95, method: 'wilson' } },
    });
    expect(await sampleGroups('b', VISITOR)).toMatchObject({
      count: 4,
      clusters: [0, 0, 0, 1],
      tags: { task: { values: ['Count', 'Depth'], of: [0, 1, 0, 1] } },
    });
  });

  test.skipIf(skip)(
    'what was never published is told to nobody but a writer; what is withdrawn to everybody, as such',
    async () => {
      for (const id of ['draft', 'nobody']) {
        expect(await runOutcomes(id, VISITOR)).toBeNull();
        expect(await sampleGroups(id, VISITOR)).toBeNull();
        const refused = `no run "${id}"`;
        await expect(comparedRows(['a', id], VISITOR, [0])).rejects.toThrow(refused);
        await expect(
          comparedContaining(['a', id], { principal: VISITOR, address: 'a' }, 'question'),
        ).rejects.toThrow(refused);
        await expect(comparedBehaviour(['a', id], VISITOR, 0, 'somewhere')).rejects.toThrow(refused);
      }
      expect(await runOutcomes('draft', WRITER)).toMatchObject({ outcomes: '0000' });
      expect(await runOutcomes('gone', VISITOR)).toMatchObject({ state: 'withdrawn', outcomes: '0000' });
    },
  );

  test.skipIf(skip)('samples are told by their places, with what each run says', async () => {
    expect(await comparedRows(['a', 'b'], VISITOR, [2, 0, 9])).toMatchObject([
      {
        ...{ sampleId: 's2', ordinal: 2, question: 'question 2', gold: 'A' },
        sides: [
          { outcome: 'wrong', answer: 'B' },
          { outcome: 'correct', answer: 'A' },
        ],
      },
      { sampleId: 's0' },
    ]);
    await expect(comparedRows(['a', 'other'], VISITOR, [0])).rejects.toThrow('not over the same');
  });

  test.skipIf(skip)('a text is found in questions, and in what any of the runs says', async () => {
    const found = (text: string) =>
      comparedContaining(['a', 'b'], { principal: VISITOR, address: 'a' }, text);
    expect(await found('QUESTION 1')).toBe('0100');
    expect(await found('<answer>1')).toBe('1110');
    expect(await found('wait')).toBe('1111');
    expect(await found('100 %')).toBe('0000');
  });

  test.skipIf(skip)('what is chosen is compared; what cannot be, is said', async () => {
    const compare = (chosen: Partial<ChosenRuns>, principal: Principal = VISITOR) =>
      comparison({ runs: [], checkpoints: [], model: null, baseline: null, ...chosen }, principal);
    expect(await compare({})).toBeNull();

    const two = await compare({ runs: ['a', 'b', 'a', 'other', 'draft'] });
    expect(two?.runs.map(({ name, outcomes }) => [name, outcomes])).toEqual([
      ['Base', '0011'],
      ['Stage 1', '1004'],
      ['Base', '0011'],
      ['Stage 2', '0000'],
    ]);
    expect(two?.sets).toHaveLength(1);
    expect(two?.sets[0]?.comparison?.all.changes[1]).toMatchObject({ fixed: 1, broken: 1 });
    expect(two?.leftOut).toEqual([
      'There is no run “draft” here that you may see.',
      'Base is the same run as Base.',
      'Stage 2 was scored on another version of cv-bench test than Base: their samples are not the same.',
    ]);

    const line = await compare({ model: 'nano', baseline: 'one' });
    expect(line?.sets[0]?.comparison).toMatchObject({ names: ['Base', 'Stage 1'], baseline: 1 });
    const reader = await compare({ runs: ['a', 'draft'] }, WRITER);
    expect(reader?.sets[0]?.comparison?.all.changes[1]).toMatchObject({ fixed: 2, broken: 0 });
    // What a writer was shown is no answer to a visitor.
    expect((await compare({ runs: ['a', 'draft'] }))?.sets).toEqual([]);

    const gone = await compare({ runs: ['a', 'gone'] });
    expect(gone?.sets[0]?.notes).toEqual(['Stage 2 was withdrawn since.']);
    expect((await compare({ checkpoints: ['one'] }))?.leftOut).toEqual([
      'one is one checkpoint: choose another to compare it with.',
    ]);
  });

  test.skipIf(skip)('how they answer is counted by what became of the samples', async () => {
    const [base, tuned] = await comparedBehaviour(['a', 'b'], VISITOR, 0, 'somewhere');
    expect(base).toMatchObject({
      since: null,
      all: { outputs: 4, wellFormed: 4, reflecting: 4, changed: null },
    });
    expect(tuned?.all).toMatchObject({ outputs: 3, changed: { reflecting: 2, others: 0 } });
    expect(tuned?.since).toMatchObject({
      broken: { outputs: 1 },
      fixed: { outputs: 1 },
      bothRight: { outputs: 1, changed: { reflecting: 0 } },
      bothWrong: { outputs: 0 },
    });
    // What was counted is kept.
    expect((await comparedBehaviour(['a', 'b'], VISITOR, 0, 'somewhere'))[1]).toBe(tuned);
    expect((await comparedBehaviour(['a', 'b'], VISITOR, 1, 'somewhere'))[1]?.since).toBeNull();
  });

  test.skipIf(skip)('outputs are not looked into without end', async () => {
    const once = () => comparedBehaviour(['a', 'b'], VISITOR, 0, 'one address');
    for (let i = 0; i < 20; i += 1) await once();
    await expect(once()).rejects.toThrow(/Try again in \d+ s/);
    await comparedBehaviour(['a', 'b'], VISITOR, 0, 'another address');
  });

  test.skipIf(skip)(
    'a model stands for the line of its training, and checkpoints for their newest runs',
    async () => {
      expect(await lineage('nano')).toEqual(['base', 'one', 'two']);
      expect(await lineage('nobody')).toEqual([]);
      expect(await runsOfCheckpoints(['base', 'one', 'two'])).toEqual(['a', 'b', 'other']);
      expect(await runsOfCheckpoints(['base'])).toEqual([]);
      expect((await compareChoices()).map(({ checkpointId }) => checkpointId)).toEqual([
        'base',
        'one',
        'two',
      ]);
    },
  );

  test.skipIf(skip)('lengths are of right and wrong outputs apart, in all and by tag', async () => {
    const size = '<think>Wait.</think><answer>1</answer>'.length;
    const [a, b] = await outputLengths(['a', 'b'], 'task', LOOKS);
    expect(a).toMatchObject({ id: 'a', unit: 'characters' });
    expect(a?.lengths.map(({ group, outputs, correct }) => [group, outputs, correct])).toEqual([
      [null, 4, 2],
      ['Count', 2, 1],
      ['Depth', 2, 1],
    ]);
    expect(a?.lengths[0]).toMatchObject({ truncated: 0, right: { mean: size }, wrong: { mean: size } });
    // What has no output has no length.
    expect(b?.lengths[0]).toMatchObject({ outputs: 3, correct: 2 });
  });

  test.skipIf(skip)('reflection is counted by whoever’s phrases, of a run that may be seen', async () => {
    const counted = (phrases: Record<string, string[]>) => reflection(['a', 'b'], phrases, LOOKS);
    expect(await counted({ 're-check': ['wait.'], other: ['nothing'], none: [] })).toEqual([
      {
        ...{ id: 'a', outputs: 4, correct: 2, reflecting: 4, reflectingCorrect: 2 },
        ...{ by: { 're-check': 4 }, examples: ['s0', 's1', 's2'] },
      },
      {
        ...{ id: 'b', outputs: 3, correct: 2, reflecting: 3, reflectingCorrect: 2 },
        ...{ by: { 're-check': 3 }, examples: ['s0', 's1', 's2'] },
      },
    ]);
    expect((await counted({ other: ['nothing'] })).map(({ reflecting }) => reflecting)).toEqual([0, 0]);
    await expect(reflection(['draft'], {}, LOOKS)).rejects.toThrow('There is no run "draft"');
    await expect(outputLengths(['a', 'other'], 'task', LOOKS)).rejects.toThrow('not over the same samples');
  });

  test.skipIf(skip)(
    'one address counts new lists twenty times a minute; what was counted is kept',
    async () => {
      const ask = (word: string) => reflection(['a'], { own: [word] }, { ...LOOKS, address: '10.0.0.9' });
      for (let n = 0; n < 20; n += 1) await ask(`word ${n}`);
      await expect(ask('one more')).rejects.toThrow(/Try again in \d+ s/);
      expect((await ask('word 3'))[0]?.outputs).toBe(4);
    },
  );
});
