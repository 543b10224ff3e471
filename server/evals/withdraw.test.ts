import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { model, run, runChange, score } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { chooseCheckpoint } from '../models';
import { benchmarkPage } from './benchmark-page';
import { board } from './board';
import { correctRun } from './correct';
import { publishRun } from './publish';
import { runPage } from './run-page';
import { seed } from './seed';
import { withdrawRun } from './withdraw';

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent';
});

const WRITER = { role: 'writer' } as const;
const VISITOR = { role: 'visitor' } as const;

describe.each(DRIVERS)('a published run on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });

  /** A scored run of a model of this name. */
  async function scored(id: string, name: string): Promise<string> {
    const { db } = database;
    const checkpointId = await chooseCheckpoint(db, {
      kind: 'new',
      name,
      family: 'Made up',
      parametersB: 2,
      openWeights: false,
      link: null,
      stage: null,
      parentId: null,
    });
    const scorer = 'superclevr-200/seed@1';
    await db.insert(run).values({
      id,
      checkpointId,
      benchmark: 'superclevr-200',
      split: 'test',
      source: 'upload',
      state: 'scored',
      scorer,
    });
    await db.insert(score).values({
      runId: id,
      scorer,
      headline: 50,
      correct: 100,
      total: 200,
      interval: { low: 43, high: 57, level: 0.95, method: 'wilson' },
      breakdown: [],
      secondary: {},
    });
    return id;
  }

  const onBoard = async (name: string) => (await board()).rows.some(({ modelName }) => modelName === name);
  const history = async (id: string) =>
    (await runPage(id, VISITOR))?.history.map(({ kind, by, note }) => [kind, by, note]);

  beforeAll(async () => {
    if (skip) return;
    await seed(database.db);
  });

  test.skipIf(skip)('is withdrawn, says so to everybody, and is published again', async () => {
    const id = await scored('tide', 'Tide 2B');
    await expect(withdrawRun(id, 'team', 'too early')).rejects.toThrow('only a published run');
    await publishRun(id, 'team');
    expect(await onBoard('Tide 2B')).toBe(true);

    await withdrawRun(id, 'team', 'the wrong file');
    expect(await onBoard('Tide 2B')).toBe(false);
    expect((await benchmarkPage('superclevr-200'))?.runs.map(({ runId }) => runId)).not.toContain(id);
    expect(await runPage(id, VISITOR)).toMatchObject({ state: 'withdrawn', score: { headline: 50 } });
    await expect(withdrawRun(id, 'team', 'again')).rejects.toThrow('only a published run');

    await publishRun(id, 'team');
    expect(await onBoard('Tide 2B')).toBe(true);
    expect(await history(id)).toEqual([
      ['published', 'team', null],
      ['withdrawn', 'team', 'the wrong file'],
      ['published', 'team', null],
    ]);
  });

  test.skipIf(skip)('stays published where its history could not be written', async () => {
    const id = await scored('ebb', 'Ebb 2B');
    await publishRun(id, 'team');
    // No text of Postgres holds this character, so the second of the two writes fails.
    await expect(withdrawRun(id, 'team', 'a\0b')).rejects.toThrow();
    expect(await runPage(id, WRITER)).toMatchObject({ state: 'published' });
  });

  test.skipIf(skip)(
    'is corrected with its model: on all of its runs, and in the history of each',
    async () => {
      const id = await scored('flood', 'Flod 2B');
      const { db } = database;
      const [first] = await db.select().from(run).where(eq(run.id, id));
      if (first === undefined) throw new Error('the run is gone');
      await db.insert(run).values({ ...first, id: 'flood, another', split: 'other' });
      const correction = { name: 'Flood 2B', link: 'https://example.org/flood', openWeights: true };
      await correctRun(id, 'team', { ...correction, note: 'a typing error' });
      // What is the same is no correction.
      await correctRun(id, 'team', { ...correction, note: 'nothing' });
      for (const each of [id, 'flood, another']) {
        const page = await runPage(each, WRITER);
        expect(page?.model).toMatchObject({ slug: 'flod-2b', ...correction });
        expect(page?.history).toMatchObject([
          {
            kind: 'corrected',
            note: 'a typing error',
            changes: {
              name: ['Flod 2B', 'Flood 2B'],
              link: [null, 'https://example.org/flood'],
              openWeights: [false, true],
            },
          },
        ]);
      }
    },
  );

  test.skipIf(skip)('is not corrected to the name of another model, nor are those of the site', async () => {
    const id = await scored('spring', 'Spring 2B');
    await scored('neap', 'Neap 2B');
    const correction = { link: null, openWeights: false, note: null };
    for (const name of ['Neap 2B', 'neap-2b', 'Ocean-R1 Nano'])
      await expect(correctRun(id, 'team', { ...correction, name })).rejects.toThrow('too close to that of');
    await expect(correctRun(id, 'team', { ...correction, name: '???' })).rejects.toThrow('neither a letter');
    const reported = 'reported-ocean-r1-7b-instruct-geoqa';
    await expect(correctRun(reported, 'team', { ...correction, name: 'Mine' })).rejects.toThrow(
      'described by this site',
    );
    await expect(withdrawRun(reported, 'team', 'mine')).rejects.toThrow('stays');
    expect(await database.db.$count(runChange, eq(runChange.runId, id))).toBe(0);
  });

  test.skipIf(skip)('leaves its first name to nobody else, and is found by its new one', async () => {
    const id = await scored('swell', 'Swel 2B');
    await correctRun(id, 'team', { name: 'Swell 2B', link: null, openWeights: false, note: null });
    await expect(scored('swell, again', 'Swel 2B')).rejects.toThrow(
      'too close to that of the model "Swell 2B"',
    );
    await expect(scored('swell, again', 'Swell 2B')).rejects.toThrow('has a checkpoint already');
    expect(await database.db.$count(model, eq(model.name, 'Swell 2B'))).toBe(1);
  });
});
