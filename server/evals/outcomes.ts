import { and, asc, eq, sql } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { type PackedOutcomes, type PackedSamples, packSamples } from '@/lib/compare/packed-samples';
import type { StoredRun } from '@/lib/compare/stored-run';
import { OUTCOMES } from '@/lib/scoring/scorer';
import { maySee, type Principal } from '../auth';
import { benchmarkData, checkpoint, getDb, model, run, sample, score, verdict } from '../db';
import { keptLately } from '../kept';
import { ofRun, type ScoredRun, scoredRun } from './samples';

const keptOutcomes = keptLately<PackedOutcomes>('outcomes', 64);
const keptGroups = keptLately<PackedSamples>('sample groups', 16);

/** A run with its outcomes by the scorer of its headline; null where there is none, or none to be seen. */
export async function runOutcomes(id: string, principal: Principal): Promise<StoredRun | null> {
  const db = await getDb();
  const [found] = await db
    .select({
      id: run.id,
      model: { slug: model.slug, name: model.name },
      checkpoint: { id: checkpoint.id, stage: checkpoint.stage, step: checkpoint.step },
      benchmark: run.benchmark,
      split: run.split,
      source: run.source,
      state: run.state,
      scorer: run.scorer,
      data: benchmarkData.sha256,
      headline: score.headline,
      interval: score.interval,
      generation: run.generation,
    })
    .from(run)
    .innerJoin(checkpoint, eq(checkpoint.id, run.checkpointId))
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .leftJoin(benchmarkData, eq(benchmarkData.id, run.dataId))
    .leftJoin(score, and(eq(score.runId, run.id), eq(score.scorer, run.scorer)))
    .where(eq(run.id, id));
  if (found === undefined || !maySee(principal, found)) return null;
  const { headline, interval, ...facts } = found;
  const scored = found.source === 'reported' ? null : await scoredRun(id, principal);
  return {
    ...facts,
    figure: headline === null || interval === null ? null : { value: headline, interval },
    outcomes: scored === null ? null : await packedOutcomes(scored),
  };
}

/** A digit a sample in the data's order. */
export function packedOutcomes(of: ScoredRun): Promise<PackedOutcomes> {
  return keptOutcomes(`${of.id} ${of.scorer}`, async () => {
    const db = await getDb();
    const places = sql.join(
      OUTCOMES.map((outcome) => sql`${outcome}`),
      sql`, `,
    );
    const [row] = await db
      .select({
        packed: sql<
          string | null
        >`string_agg((array_position(array[${places}]::text[], ${verdict.outcome}) - 1)::text, '' order by ${verdict.ordinal})`,
      })
      .from(verdict)
      .where(ofRun(of));
    return row?.packed ?? '';
  });
}

/** Pictures and tags of the samples that a run was scored on; null where there is no such run. */
export async function sampleGroups(id: string, principal: Principal): Promise<PackedSamples | null> {
  const of = await scoredRun(id, principal);
  return of === null ? null : groupsOf(of);
}

export function groupsOf({ dataId, benchmark }: ScoredRun): Promise<PackedSamples> {
  return keptGroups(dataId, async () => {
    const db = await getDb();
    const samples = await db
      .select({ tags: sample.tags, cluster: sample.cluster })
      .from(sample)
      .where(eq(sample.dataId, dataId))
      .orderBy(asc(sample.ordinal));
    return packSamples(
      samples,
      (benchmarkOf(benchmark)?.breakdowns ?? []).map(({ tag }) => tag),
    );
  });
}
