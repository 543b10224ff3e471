import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { type PackedOutcomes, type PackedSamples, packSamples } from '@/lib/compare/packed-samples';
import type { StoredRun } from '@/lib/compare/stored-run';
import { OUTCOMES } from '@/lib/scoring/scorer';
import { maySee, type Principal } from '../auth';
import { benchmarkData, checkpoint, getDb, model, run, sample, score, verdict } from '../db';
import { keptLately } from '../kept';
import { hasVerdicts, ofRun, type ScoredRun, scoredRun } from './samples';

const keptOutcomes = keptLately<PackedOutcomes>('outcomes', 64);
const keptGroups = keptLately<PackedSamples>('sample groups', 16);

/** A run with its outcomes by the scorer of its headline; null where there is none, or none to be seen. */
export async function runOutcomes(id: string, principal: Principal): Promise<StoredRun | null> {
  return (await runsOutcomes([id], principal))[0] ?? null;
}

/** One for each id, in their order. */
export async function runsOutcomes(
  ids: readonly string[],
  principal: Principal,
): Promise<readonly (StoredRun | null)[]> {
  const db = await getDb();
  const rows = await db
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
      dataId: run.dataId,
      headline: score.headline,
      interval: score.interval,
      generation: run.generation,
    })
    .from(run)
    .innerJoin(checkpoint, eq(checkpoint.id, run.checkpointId))
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .leftJoin(benchmarkData, eq(benchmarkData.id, run.dataId))
    .leftJoin(score, and(eq(score.runId, run.id), eq(score.scorer, run.scorer)))
    .where(inArray(run.id, [...ids]));
  const told = new Map<string, Promise<StoredRun>>();
  for (const found of rows) {
    if (!maySee(principal, found)) continue;
    const { headline, interval, dataId, ...facts } = found;
    const { id, scorer, benchmark, split, state, source } = facts;
    const isScored = source !== 'reported' && headline !== null && hasVerdicts(state);
    const outcomes =
      isScored && dataId !== null && split !== null
        ? packedOutcomes({ id, scorer, dataId, benchmark, split })
        : Promise.resolve(null);
    told.set(
      id,
      outcomes.then((packed) => ({
        ...facts,
        figure: headline === null || interval === null ? null : { value: headline, interval },
        outcomes: packed,
      })),
    );
  }
  return Promise.all(ids.map((id) => told.get(id) ?? null));
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
