import { describe, expect, test, vi } from 'vitest';
import { run, score } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { chooseCheckpoint } from '../models';
import { board } from './board';

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
});
