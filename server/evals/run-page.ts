import { and, count, eq, sql } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import type { Outcome } from '@/lib/scoring/scorer';
import { mayChange, maySee, type Principal } from '../auth';
import { benchmarkData, blob, checkpoint, getDb, model, run, sample, score, scoring, verdict } from '../db';
import { env } from '../env';
import { keptLately } from '../kept';
import { isOurs } from '../models';
import { historyOf } from './history';
import { runScorers } from './run-scorers';
import { hasVerdicts } from './samples';
import type { RunPage } from './types';

/** What a run is and what it came to; null where there is none, or none that this visitor may see. */
export async function runPage(id: string, principal: Principal): Promise<RunPage | null> {
  const db = await getDb();
  const [found] = await db
    .select({ run, model, checkpoint, data: benchmarkData, blob, score, scoring })
    .from(run)
    .innerJoin(checkpoint, eq(checkpoint.id, run.checkpointId))
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .leftJoin(benchmarkData, eq(benchmarkData.id, run.dataId))
    .leftJoin(blob, eq(blob.sha256, run.fileSha256))
    .leftJoin(score, and(eq(score.runId, run.id), eq(score.scorer, run.scorer)))
    .leftJoin(scoring, and(eq(scoring.runId, run.id), eq(scoring.scorer, run.scorer)))
    .where(eq(run.id, id));
  if (found === undefined || !maySee(principal, found.run)) return null;
  const { state, source, dataId } = found.run;
  const benchmark = benchmarkOf(found.run.benchmark);
  const split = benchmark?.splits.find((each) => each.id === found.run.split);
  const scorer = benchmark?.scorers.find((each) => each.id === found.run.scorer);
  const hasSamples = source !== 'reported' && hasVerdicts(state);
  return {
    id,
    state,
    source,
    benchmark: {
      id: found.run.benchmark,
      name: benchmark?.name ?? found.run.benchmark,
      breakdowns: benchmark?.breakdowns ?? [],
      secondary: (benchmark?.secondary ?? []).map(({ id, label, formula }) => ({ id, label, formula })),
    },
    split: found.run.split === null ? null : { id: found.run.split, label: split?.label ?? found.run.split },
    model: {
      slug: found.model.slug,
      name: found.model.name,
      parametersB: found.model.parametersB,
      openWeights: found.model.openWeights,
      link: found.model.link,
    },
    checkpoint: {
      id: found.checkpoint.id,
      stage: found.checkpoint.stage,
      step: found.checkpoint.step,
    },
    // Which rule a reported figure was made by is its authors' word, not ours.
    scorer:
      scorer === undefined || source === 'reported'
        ? null
        : { id: scorer.id, label: scorer.label, rule: scorer.rule, upstream: scorer.upstream },
    data: found.data && {
      sha256: found.data.sha256,
      source: found.data.source,
      licence: found.data.licence,
      sampleCount: found.data.sampleCount,
    },
    file:
      found.run.fileSha256 === null
        ? null
        : {
            name: found.run.fileName ?? '',
            sha256: found.run.fileSha256,
            format: found.run.format ?? '',
            bytes: found.blob?.bytes ?? 0,
          },
    prompt: found.run.prompt,
    generation: found.run.generation,
    citation: found.run.citation,
    claimedAccuracy: found.run.claimedAccuracy,
    matched: found.run.matched,
    missing: found.run.missing,
    progress: found.scoring && { scored: found.scoring.scored, total: found.scoring.total },
    error: found.run.error,
    score: found.score && {
      headline: found.score.headline,
      interval: found.score.interval,
      correct: found.score.correct,
      needsJudge: found.score.needsJudge,
      total: found.score.total,
      breakdown: found.score.breakdown,
      secondary: found.score.secondary,
    },
    judge: env().OCEAN_JUDGE_MODEL ?? null,
    headlineScorer: found.run.scorer,
    scorers: hasSamples ? await runScorers(id, found.run.scorer, benchmark) : [],
    outcomes: hasSamples
      ? await keptCounts(`${id} ${found.run.scorer}`, () => outcomesOf(id, found.run.scorer))
      : null,
    tags:
      hasSamples && dataId !== null
        ? await keptTags(dataId, () => tagsOf(dataId, benchmark?.breakdowns ?? []))
        : [],
    createdAt: found.run.createdAt,
    publishedAt: found.run.publishedAt,
    history: await historyOf(id),
    mayDecide: mayChange(principal) && source !== 'reported',
    mayCorrect: mayChange(principal) && source !== 'reported' && !isOurs(found.model.slug),
  };
}

/** A scored run does not change: what took a walk through its verdicts, or its data's samples, is kept. */
const keptCounts = keptLately<Record<Outcome, number>>('outcome counts', 256);
const keptTags = keptLately<RunPage['tags']>('tags', 64);

async function outcomesOf(runId: string, scorer: string): Promise<Record<Outcome, number>> {
  const db = await getDb();
  const rows = await db
    .select({ outcome: verdict.outcome, count: count() })
    .from(verdict)
    .where(and(eq(verdict.runId, runId), eq(verdict.scorer, scorer)))
    .groupBy(verdict.outcome);
  const counts: Record<Outcome, number> = {
    correct: 0,
    wrong: 0,
    'needs-judge': 0,
    'timed-out': 0,
    missing: 0,
  };
  for (const { outcome, count } of rows) counts[outcome] = count;
  return counts;
}

/** Values of the benchmark's breakdowns and how many samples have them. */
async function tagsOf(
  dataId: string,
  breakdowns: readonly { tag: string; label: string }[],
): Promise<RunPage['tags']> {
  const db = await getDb();
  const order = new Intl.Collator('en', { numeric: true });
  const tags: RunPage['tags'][number][] = [];
  for (const { tag, label } of breakdowns) {
    // A string counts as a list of one.
    const values = sql`case jsonb_typeof(${sample.tags} -> ${tag}::text)
      when 'array' then ${sample.tags} -> ${tag}::text
      when 'string' then jsonb_build_array(${sample.tags} -> ${tag}::text)
      else '[]'::jsonb end`;
    const each = db
      .select({ value: sql<string>`distinct_value`.as('value') })
      .from(
        sql`${sample} cross join lateral (select distinct jsonb_array_elements_text(${values}) as distinct_value) as tag_values`,
      )
      .where(eq(sample.dataId, dataId))
      .as('each_value');
    const rows = await db.select({ value: each.value, count: count() }).from(each).groupBy(each.value);
    if (rows.length > 0)
      tags.push({ tag, label, values: rows.sort((a, b) => order.compare(a.value, b.value)) });
  }
  return tags;
}
