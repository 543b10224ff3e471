import type { Db } from './client';
import { checkpoint, model, run, score } from './schema';

// Stands for lib/benchmarks/reported.ts until it is there.
const CITATION = 'README of Ocean-R1, commit 571b3c4 (2025-04-09)';
const COLUMNS = [
  'superclevr',
  'geoqa',
  'refcoco',
  'cv-bench',
  'ocr-bench',
  'math-vision',
  'math-vista',
  'math-verse',
] as const;
const CHECKPOINTS = [
  {
    id: 'qwen2.5-vl-3b-instruct',
    name: 'Qwen2.5-VL-3B-Instruct',
    family: 'Qwen2.5-VL',
    b: 3,
    stage: 0,
    parent: null,
    figures: [64.1, 38.9, 75.3, 66.5, 74.6, 21.2, 62.3, 35.4],
  },
  {
    id: 'ocean-r1-3b-instruct',
    name: 'Ocean-R1-3B-Instruct',
    family: 'Ocean-R1',
    b: 3,
    stage: 2,
    parent: 'qwen2.5-vl-3b-instruct',
    figures: [87.3, 56.4, 85.5, 75.8, 84.5, 23.9, 67.2, 38.6],
  },
  {
    id: 'qwen2.5-vl-7b-instruct',
    name: 'Qwen2.5-VL-7B-Instruct',
    family: 'Qwen2.5-VL',
    b: 7,
    stage: 0,
    parent: null,
    figures: [72.0, 47.5, 85.1, 74.5, 82.3, 25.1, 68.2, 47.9],
  },
  {
    id: 'ocean-r1-7b-instruct',
    name: 'Ocean-R1-7B-Instruct',
    family: 'Ocean-R1',
    b: 7,
    stage: 2,
    parent: 'qwen2.5-vl-7b-instruct',
    figures: [94.6, 69.7, 86.8, 81.0, 87.9, 27.8, 72.6, 49.3],
  },
] as const;

/** Writes the seed's published table where it is not there yet. */
export async function seed(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    for (const each of CHECKPOINTS) {
      await tx
        .insert(model)
        .values({
          slug: each.id,
          name: each.name,
          family: each.family,
          parametersB: each.b,
          openWeights: true,
          link: null,
        })
        .onConflictDoNothing();
      await tx
        .insert(checkpoint)
        .values({ id: each.id, modelSlug: each.id, stage: each.stage, parentId: each.parent })
        .onConflictDoNothing();
      for (const [index, benchmark] of COLUMNS.entries()) {
        const id = `reported-${each.id}-${benchmark}`;
        const headline = each.figures[index];
        if (headline === undefined) continue;
        await tx
          .insert(run)
          .values({
            id,
            checkpointId: each.id,
            benchmark,
            source: 'reported',
            state: 'published',
            scorer: '',
            citation: CITATION,
            publishedAt: new Date('2025-04-09'),
          })
          .onConflictDoNothing();
        await tx
          .insert(score)
          .values({ runId: id, scorer: '', headline, breakdown: [], secondary: {} })
          .onConflictDoNothing();
      }
    }
  });
}
