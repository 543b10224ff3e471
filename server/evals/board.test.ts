import { describe, expect, test, vi } from 'vitest';
import type { Stage } from '@/lib/models/stage';
import { packVerdicts } from '@/lib/stats/ranks';
import { benchmarkData, checkpoint, model, run, sample, score } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { chooseCheckpoint } from '../models';
import { board, refreshBoard } from './board';
import { ANY, BOARD } from './topics';

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent';
});

describe.each(DRIVERS)('the ranks of a column on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });

  /** A published figure of MathVision, whose data has 3,040 samples. */
  async function publish(name: string, correct: number, needsJudge: number, scorer: string): Promise<void> {
    const { db } = database;
    const checkpointId = await chooseCheckpoint(db, {
      kind: 'new',
      name,
      family: 'Made up',
      parametersB: null,
      openWeights: false,
      link: null,
      stage: null,
      parentId: null,
    });
    const headline = (100 * correct) / 3040;
    await db.insert(run).values({
      id: name,
      checkpointId,
      benchmark: 'math-vision',
      split: 'test',
      source: 'upload',
      state: 'published',
      scorer,
      publishedAt: new Date(),
    });
    await db.insert(score).values({
      runId: name,
      scorer,
      headline,
      correct,
      needsJudge,
      total: 3040,
      interval: { low: headline - 1, high: headline + 1, level: 0.95, method: 'wilson' },
      breakdown: [],
      secondary: {},
    });
  }

  test.skipIf(skip)('are had by whole figures, each among those by its own scorer', async () => {
    await publish('Whole', 600, 0, 'math-vision/new@2');
    await publish('Better', 900, 0, 'math-vision/new@2');
    await publish('Unjudged', 280, 1921, 'math-vision/new@2');
    await publish('Unjudged and high', 1500, 1, 'math-vision/new@2');
    await publish('Old', 1200, 0, 'math-vision/old@1');
    const { rows } = await board();
    const cells = Object.fromEntries(
      rows.map(({ modelName, cells }) => [modelName, cells['math-vision']?.recomputed]),
    );
    expect(cells).toMatchObject({
      Better: { rank: 1, unjudged: 0 },
      Whole: { rank: 2, unjudged: 0 },
      Unjudged: { rank: null, unjudged: (100 * 1921) / 3040 },
      'Unjudged and high': { rank: null },
      Old: { rank: 1, scorer: 'math-vision/old@1' },
    });
  });

  test.skipIf(skip)(
    'differ from their base beyond chance where pairs say so, however near they are',
    async () => {
      const { db } = database;
      await db.insert(benchmarkData).values({
        ...{ id: 'pairs', benchmark: 'geoqa', split: 'test', sha256: 'pairs' },
        ...{ source: 'tests', licence: 'none', sampleCount: 200 },
      });
      await db.insert(sample).values(
        Array.from({ length: 200 }, (_, ordinal) => ({
          ...{ dataId: 'pairs', sampleId: String(ordinal), ordinal, question: 'q', gold: 'A', tags: {} },
          ...{ image: null, cluster: String(ordinal) },
        })),
      );
      await db
        .insert(model)
        .values({ slug: 'line', name: 'Line', family: 'tests', parametersB: 1, openWeights: true });
      /** Right on all samples from one place to another. */
      const made = async (stage: Stage, id: string, parentId: string | null, from: number, to: number) => {
        await db.insert(checkpoint).values({ id, modelSlug: 'line', stage, parentId, onBoard: true });
        await db.insert(run).values({
          ...{ id: `run ${id}`, checkpointId: id, benchmark: 'geoqa', split: 'test', source: 'upload' },
          ...{ state: 'published', scorer: 'geoqa/seed@3', dataId: 'pairs', publishedAt: new Date() },
        });
        await db.insert(score).values({
          ...{ runId: `run ${id}`, scorer: 'geoqa/seed@3', headline: (to - from) / 2, correct: to - from },
          ...{ total: 200, needsJudge: 0, breakdown: [], secondary: {} },
          interval: { low: (to - from) / 2 - 7, high: (to - from) / 2 + 7, level: 0.95, method: 'wilson' },
          verdictBits: packVerdicts(Array.from({ length: 200 }, (_, i) => i >= from && i < to)),
        });
      };
      await made('base', 'origin', null, 0, 100);
      await made('stage1', 'eight more', 'origin', 0, 108);
      await made('stage2', 'eight more, and eight fewer', 'eight more', 8, 112);
      await db.transaction((tx) => BOARD.publish(tx, ANY, null));
      await refreshBoard();
      const { rows } = await board();
      const told = rows.flatMap(({ checkpointId, cells }) =>
        cells.geoqa?.recomputed ? [[checkpointId, cells.geoqa.recomputed.beyondChance]] : [],
      );
      expect(Object.fromEntries(told)).toEqual({
        origin: null,
        'eight more': true,
        'eight more, and eight fewer': false,
      });
    },
  );
});
