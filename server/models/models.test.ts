import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { checkpoint, model, run } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import {
  browserModels,
  type ChosenCheckpoint,
  chooseCheckpoint,
  chosenCheckpoint,
  describeModel,
  listModels,
  NANO,
  NANO_CHECKPOINTS,
  removeUnusedCheckpoint,
} from '.';

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent';
});

const chosen = (more: Partial<Extract<ChosenCheckpoint, { kind: 'new' }>> = {}): ChosenCheckpoint => ({
  kind: 'new',
  name: 'A Model',
  family: 'Family',
  parametersB: 7,
  openWeights: true,
  link: null,
  stage: null,
  parentId: null,
  ...more,
});

test.each(['turned \u202erevo', 'colour\u001b[31m', 'hid\u200bden', 'two\u2028lines', '  '])(
  'no model is called %j',
  (name) => {
    expect(chosenCheckpoint.safeParse(chosen({ name })).success).toBe(false);
    expect(chosenCheckpoint.safeParse(chosen({ family: name })).success).toBe(false);
  },
);

test('every model that browsers run is a checkpoint, of the stage that the manifest names', async () => {
  const { models } = await browserModels();
  expect(models.map(({ id, stage }) => [id, stage])).toEqual(
    NANO_CHECKPOINTS.map(({ browserModel, stage }) => [browserModel, stage]),
  );
});

describe.each(DRIVERS)('checkpoints on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });
  beforeAll(async () => {
    if (skip) return;
    await describeModel(database.db, NANO, NANO_CHECKPOINTS);
  });

  test.skipIf(skip)('a model of ours is described as often as one likes, and as it is now', async () => {
    await describeModel(database.db, { ...NANO, parametersB: 1 }, NANO_CHECKPOINTS);
    await describeModel(database.db, NANO, NANO_CHECKPOINTS);
    const [found] = await database.db.select().from(model).where(eq(model.slug, NANO.slug));
    expect(found).toMatchObject(NANO);
    expect(await database.db.$count(checkpoint, eq(checkpoint.modelSlug, NANO.slug))).toBe(3);
  });

  test.skipIf(skip)(
    'a model of another recipe has no stage, and its checkpoint is called as it is',
    async () => {
      expect(await chooseCheckpoint(database.db, chosen())).toBe('a-model');
      await expect(chooseCheckpoint(database.db, chosen())).rejects.toThrow('has a checkpoint already');
      expect(await chooseCheckpoint(database.db, { kind: 'existing', checkpointId: 'a-model' })).toBe(
        'a-model',
      );
      expect(
        (await listModels({ role: 'writer' })).find(({ checkpointId }) => checkpointId === 'a-model'),
      ).toMatchObject({
        modelName: 'A Model',
        stage: null,
      });
      // Nothing of it is published.
      expect((await listModels({ role: 'visitor' })).map(({ modelName }) => modelName)).not.toContain(
        'A Model',
      );
    },
  );

  test.skipIf(skip)('stages of a model are checkpoints of their own, each once', async () => {
    const base = await chooseCheckpoint(database.db, chosen({ stage: 'base' }));
    const one = await chooseCheckpoint(database.db, chosen({ stage: 'stage1', parentId: base }));
    expect([base, one]).toEqual(['a-model-stage-0', 'a-model-stage-1']);
    await expect(chooseCheckpoint(database.db, chosen({ stage: 'stage1' }))).rejects.toThrow(
      'has a checkpoint of stage 1 already',
    );
    await expect(
      chooseCheckpoint(database.db, chosen({ stage: 'stage2', parentId: 'gone' })),
    ).rejects.toThrow('no checkpoint "gone"');
    await expect(chooseCheckpoint(database.db, chosen({ family: 'Other', stage: 'stage2' }))).rejects.toThrow(
      'described differently',
    );
  });

  test.skipIf(skip)('a name whose address is taken by a checkpoint is refused in a sentence', async () => {
    await expect(chooseCheckpoint(database.db, chosen({ name: 'A Model stage 1' }))).rejects.toThrow(
      'another checkpoint "a-model-stage-1"',
    );
    expect(await database.db.$count(model, eq(model.slug, 'a-model-stage-1'))).toBe(1);
  });

  test.skipIf(skip)('the board shows one checkpoint of a model and stage, of any number', async () => {
    const another = { modelSlug: 'a-model', stage: 'base', step: 200 } as const;
    await database.db.insert(checkpoint).values({ ...another, id: 'later', onBoard: false });
    await expect(database.db.insert(checkpoint).values({ ...another, id: 'latest' })).rejects.toThrow();
    await database.db.delete(checkpoint).where(eq(checkpoint.id, 'later'));
  });

  test.skipIf(skip)(
    'what a run is of, was trained from or browsers run stays; the last one takes its model along',
    async () => {
      const { db } = database;
      const isThere = async (id: string) => (await db.$count(checkpoint, eq(checkpoint.id, id))) === 1;
      await removeUnusedCheckpoint(db, 'a-model-stage-0');
      expect(await isThere('a-model-stage-0')).toBe(true);
      await removeUnusedCheckpoint(db, 'ocean-r1-nano-stage-2');
      expect(await isThere('ocean-r1-nano-stage-2')).toBe(true);
      await db.insert(run).values({
        id: 'r',
        checkpointId: 'a-model',
        benchmark: 'geoqa',
        source: 'reported',
        state: 'published',
        scorer: 'x/y@1',
      });
      await removeUnusedCheckpoint(db, 'a-model');
      expect(await isThere('a-model')).toBe(true);
      await db.delete(run).where(eq(run.id, 'r'));
      for (const id of ['a-model', 'a-model-stage-1']) await removeUnusedCheckpoint(db, id);
      expect(await db.$count(model, eq(model.slug, 'a-model'))).toBe(1);
      await removeUnusedCheckpoint(db, 'a-model-stage-0');
      expect(await db.$count(model, eq(model.slug, 'a-model'))).toBe(0);
    },
  );
});
