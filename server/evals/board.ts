import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { checkpoint, getDb, model, run, score } from '../db';
import { BENCHMARKS } from './registry-for-now';
import type { Board, BoardCell, BoardRow } from './types';

/** The leaderboard: every checkpoint that has a published figure. */
export async function board(): Promise<Board> {
  const db = await getDb();
  const figures = await db
    .select({
      runId: run.id,
      checkpointId: run.checkpointId,
      benchmark: run.benchmark,
      source: run.source,
      scorer: score.scorer,
      value: score.headline,
      interval: score.interval,
      total: score.total,
      citation: run.citation,
    })
    .from(run)
    .innerJoin(score, and(eq(score.runId, run.id), eq(score.scorer, run.scorer)))
    .where(and(eq(run.state, 'published'), inArray(run.benchmark, Object.keys(BENCHMARKS))))
    .orderBy(desc(run.publishedAt));
  const checkpoints = await db
    .select({
      checkpointId: checkpoint.id,
      modelSlug: model.slug,
      modelName: model.name,
      family: model.family,
      parametersB: model.parametersB,
      openWeights: model.openWeights,
      link: model.link,
      stage: checkpoint.stage,
      step: checkpoint.step,
      parentId: checkpoint.parentId,
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug));
  const cells = new Map<
    string,
    Record<string, { reported: BoardCell | null; recomputed: BoardCell | null }>
  >();
  for (const figure of figures) {
    const evidence = figure.source === 'reported' ? 'reported' : 'recomputed';
    const row = cells.get(figure.checkpointId) ?? {};
    const cell = row[figure.benchmark] ?? { reported: null, recomputed: null };
    cell[evidence] ??= {
      runId: figure.runId,
      evidence,
      value: figure.value,
      interval: figure.interval,
      rank:
        1 +
        figures.filter(
          (other) =>
            other.benchmark === figure.benchmark &&
            (other.source === 'reported') === (figure.source === 'reported') &&
            other.value > figure.value,
        ).length,
      scorer: figure.scorer,
      provenance:
        evidence === 'reported'
          ? `reported in ${figure.citation}`
          : `recomputed here from ${figure.total?.toLocaleString('en')} samples`,
    };
    row[figure.benchmark] = cell;
    cells.set(figure.checkpointId, row);
  }
  const rows: BoardRow[] = checkpoints.flatMap((each) => {
    const own = cells.get(each.checkpointId);
    return own === undefined ? [] : [{ ...each, cells: own }];
  });
  return { columns: Object.values(BENCHMARKS).map(columnOf), rows };
}

function columnOf(benchmark: Benchmark): Board['columns'][number] {
  return {
    benchmark: benchmark.id,
    shortName: benchmark.shortName,
    name: benchmark.name,
    ability: benchmark.ability,
    headlineLabel: benchmark.headline.label,
    scorer: benchmark.scorers[0]?.id ?? null,
    inSeedTable: benchmark.id !== 'superclevr-200',
  };
}
