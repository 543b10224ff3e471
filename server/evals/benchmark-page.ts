import { and, desc, eq } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { installed } from '../benchmarks';
import { checkpoint, getDb, model, run, score } from '../db';
import { env } from '../env';
import type { BenchmarkPage } from './types';

/** What a benchmark is, and its published runs, the best first; null where there is no such benchmark. */
export async function benchmarkPage(id: string): Promise<BenchmarkPage | null> {
  const benchmark = benchmarkOf(id);
  if (benchmark === null) return null;
  const db = await getDb();
  const runs = await db
    .select({
      runId: run.id,
      split: run.split,
      checkpointId: run.checkpointId,
      modelName: model.name,
      stage: checkpoint.stage,
      source: run.source,
      scorer: score.scorer,
      headline: score.headline,
      interval: score.interval,
      correct: score.correct,
      needsJudge: score.needsJudge,
      total: score.total,
      breakdown: score.breakdown,
      secondary: score.secondary,
      publishedAt: run.publishedAt,
    })
    .from(run)
    .innerJoin(score, and(eq(score.runId, run.id), eq(score.scorer, run.scorer)))
    .innerJoin(checkpoint, eq(checkpoint.id, run.checkpointId))
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .where(and(eq(run.benchmark, id), eq(run.state, 'published')))
    .orderBy(desc(score.headline));
  const data = (await installed(env().OCEAN_DATA_DIR)).filter((each) => each.benchmark === id);
  const installedAs = (split: string) => {
    const found = data.find((each) => each.split === split);
    return found === undefined
      ? null
      : { sha256: found.sha256, source: found.source, installedAt: new Date(found.installedAt) };
  };
  return {
    id: benchmark.id,
    name: benchmark.name,
    ability: benchmark.ability,
    description: benchmark.description,
    licence: benchmark.licence,
    sources: benchmark.sources,
    splits: benchmark.splits.map(({ id, label, sampleCount, source }) => ({
      id,
      label,
      sampleCount,
      kind: source.kind,
      installed: installedAs(id),
    })),
    prompts: benchmark.prompts,
    maxNewTokens: benchmark.maxNewTokens,
    headlineLabel: benchmark.headline.label,
    scorers: benchmark.scorers.map(({ id, label, rule, upstream }) => ({ id, label, rule, upstream })),
    breakdowns: benchmark.breakdowns,
    secondary: benchmark.secondary.map(({ id, label, formula }) => ({ id, label, formula })),
    caveats: benchmark.caveats,
    runs,
  };
}
