import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { sceneOf } from '@/lib/benchmarks/ocean-world';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { asBox, boxWithin } from '@/lib/scoring/box';
import { maySee, type Principal } from '../auth';
import { imagePath, installedSplit } from '../benchmarks';
import { getDb, prediction, type RunState, run, sample, score, verdict } from '../db';
import { env } from '../env';
import { keptLately } from '../kept';
import { Problem } from '../problem';
import { searchSamples } from './search';
import { dataIdOf } from './store-samples';
import type { SampleDetail, SampleFilter, SampleRow, VerdictDetail } from './types';

/** Lists of a run's samples: a scored run does not change, and scrolling through one does not make it anew. `key` begins with the run's id. */
export const keptList = keptLately<Int32Array>('sample lists', 64);

/** Who looks; searches are counted by the address. */
export interface Visitor {
  principal: Principal;
  address: string;
}

export const hasVerdicts = (state: RunState): boolean =>
  state === 'scored' || state === 'published' || state === 'withdrawn';

export type ScoredRun = { id: string; scorer: string; dataId: string; benchmark: string; split: string };

/**
 * A run and one of its scorers, that of the headline where none is named; null where it has no samples scored by it, or
 * none to be seen by this visitor.
 */
export async function scoredRun(
  id: string,
  principal: Principal,
  scorer: string | null = null,
): Promise<ScoredRun | null> {
  return (await scoredRuns([id], principal, scorer))[0] ?? null;
}

/** One for each id, in their order. */
export async function scoredRuns(
  ids: readonly string[],
  principal: Principal,
  scorer: string | null = null,
): Promise<readonly (ScoredRun | null)[]> {
  const db = await getDb();
  const rows = await db
    .select({
      id: run.id,
      state: run.state,
      scorer: score.scorer,
      dataId: run.dataId,
      benchmark: run.benchmark,
      split: run.split,
    })
    .from(run)
    .innerJoin(score, and(eq(score.runId, run.id), eq(score.scorer, scorer ?? run.scorer)))
    .where(inArray(run.id, [...ids]));
  return ids.map((id) => {
    const found = rows.find((row) => row.id === id);
    if (found === undefined || !maySee(principal, found)) return null;
    const { state, dataId, split } = found;
    if (!hasVerdicts(state) || dataId === null || split === null) return null;
    return { ...found, dataId, split };
  });
}

export const ofRun = ({ id, scorer }: ScoredRun) => and(eq(verdict.runId, id), eq(verdict.scorer, scorer));

/**
 * A range of a run's samples in the data's order, and how many the filter leaves. @throws Problem where there is no
 * such run.
 */
export async function sampleRows(
  id: string,
  visitor: Visitor,
  filter: SampleFilter,
  offset: number,
  limit: number,
): Promise<{ total: number; rows: readonly SampleRow[] }> {
  const of = await scoredRun(id, visitor.principal);
  if (of === null) throw new Problem('not-found', `There is no scored run "${id}".`);
  const ordinals = await ordinalsLeft(of, filter, visitor);
  const shown = ordinals.subarray(offset, offset + limit);
  if (shown.length === 0) return { total: ordinals.length, rows: [] };
  const db = await getDb();
  const rows = await db
    .select({
      sampleId: verdict.sampleId,
      ordinal: verdict.ordinal,
      outcome: verdict.outcome,
      question: sample.question,
      gold: sample.gold,
      answer: verdict.answer,
      reason: verdict.reason,
    })
    .from(verdict)
    .innerJoin(sample, and(eq(sample.dataId, of.dataId), eq(sample.ordinal, verdict.ordinal)))
    .where(and(ofRun(of), inArray(verdict.ordinal, [...shown])))
    .orderBy(asc(verdict.ordinal));
  return {
    total: ordinals.length,
    rows: rows.map((row) => ({
      ...row,
      question: shortened(row.question),
      answer: row.answer === null ? null : shortened(row.answer),
      reason: shortened(row.reason),
    })),
  };
}

/** Enough for a line of a list. */
export function shortened(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 299)}…`;
}

/** Place (from 0) of a sample among those that the filter leaves; null where it leaves it out or there is none. */
export async function samplePosition(
  id: string,
  visitor: Visitor,
  filter: SampleFilter,
  sampleId: string,
): Promise<number | null> {
  const of = await scoredRun(id, visitor.principal);
  if (of === null) throw new Problem('not-found', `There is no scored run "${id}".`);
  const db = await getDb();
  const [found] = await db
    .select({ ordinal: verdict.ordinal })
    .from(verdict)
    .where(and(ofRun(of), eq(verdict.sampleId, sampleId)));
  if (found === undefined) return null;
  const position = (await ordinalsLeft(of, filter, visitor)).indexOf(found.ordinal);
  return position === -1 ? null : position;
}

/** Ordinals of the samples that the filter leaves. */
export function ordinalsLeft(of: ScoredRun, filter: SampleFilter, visitor: Visitor): Promise<Int32Array> {
  return keptList(
    `${of.id} ${of.scorer} ${JSON.stringify([filter.outcome, filter.tag?.tag, filter.tag?.value, filter.text])}`,
    () => ordinalsOf(of, filter, visitor),
  );
}

/** True for a string that equals the value, and for a list that has it. */
export const hasTag = ({ tag, value }: { tag: string; value: string }): SQL =>
  sql`jsonb_exists(${sample.tags} -> ${tag}::text, ${value}::text)`;

async function ordinalsOf(
  of: ScoredRun,
  { outcome, tag, text }: SampleFilter,
  visitor: Visitor,
): Promise<Int32Array> {
  const condition = and(ofRun(of), outcome && eq(verdict.outcome, outcome), tag && hasTag(tag));
  if (text !== undefined && text !== '')
    return Int32Array.from(await searchSamples(of.dataId, condition, text, visitor));
  const db = await getDb();
  let query = db.select({ ordinal: verdict.ordinal }).from(verdict).$dynamic();
  if (tag !== undefined)
    query = query.innerJoin(sample, and(eq(sample.dataId, of.dataId), eq(sample.ordinal, verdict.ordinal)));
  const rows = await query.where(condition).orderBy(asc(verdict.ordinal));
  return Int32Array.from(rows, ({ ordinal }) => ordinal);
}

/** Everything of one sample, by one scorer of the run; null where there is no such run, scorer or sample. */
export async function sampleDetail(
  id: string,
  principal: Principal,
  sampleId: string,
  scorer: string | null = null,
): Promise<SampleDetail | null> {
  const of = await scoredRun(id, principal, scorer);
  if (of === null) return null;
  const db = await getDb();
  const [found] = await db
    .select({ verdict, sample, output: prediction.output, tokens: prediction.tokens })
    .from(verdict)
    .innerJoin(sample, and(eq(sample.dataId, of.dataId), eq(sample.ordinal, verdict.ordinal)))
    .leftJoin(prediction, and(eq(prediction.runId, verdict.runId), eq(prediction.sampleId, verdict.sampleId)))
    .where(and(ofRun(of), eq(verdict.sampleId, sampleId)));
  if (found === undefined) return null;
  const { image } = found.sample;
  return {
    sampleId,
    ordinal: found.verdict.ordinal,
    question: found.sample.question,
    options: found.sample.options,
    gold: found.sample.gold,
    tags: found.sample.tags,
    image,
    imageUrl: image === null ? null : await imageUrl(of, image),
    output: found.output,
    tokens: found.tokens,
    ...verdictDetail(found.verdict),
    scene: of.benchmark === 'ocean-world' ? sceneOf(of.split, sampleId) : null,
    boxes: boxesOf(found.sample.gold, found.output, found.verdict),
  };
}

/** What one more scorer says of a sample; null where there is no such run, scorer or sample. */
export async function sampleVerdict(
  id: string,
  principal: Principal,
  sampleId: string,
  scorer: string,
): Promise<VerdictDetail | null> {
  const of = await scoredRun(id, principal, scorer);
  if (of === null) return null;
  const db = await getDb();
  const [found] = await db
    .select()
    .from(verdict)
    .where(and(ofRun(of), eq(verdict.sampleId, sampleId)));
  return found === undefined ? null : verdictDetail(found);
}

const verdictDetail = ({
  outcome,
  answer,
  reason,
  spanStart,
  spanEnd,
}: typeof verdict.$inferSelect): VerdictDetail => ({
  outcome,
  answer,
  reason,
  span: spanStart === null || spanEnd === null ? null : [spanStart, spanEnd],
});

async function imageUrl({ benchmark, split, dataId }: ScoredRun, image: string): Promise<string | null> {
  const source = benchmarkOf(benchmark)?.splits.find(({ id }) => id === split)?.source;
  if (source?.kind === 'generated') {
    // A picture is drawn as the world is now; a run of an earlier version saw another one.
    const data = await installedSplit(env().OCEAN_DATA_DIR, benchmark, split);
    if (data === null || dataIdOf(data) !== dataId) return null;
  }
  const there = await imagePath(env().OCEAN_DATA_DIR, benchmark, split, image);
  if (there === null) return null;
  const path = image.split('/').filter((part) => part !== '' && part !== '.');
  return `/api/images/${benchmark}/${split}/${path.map(encodeURIComponent).join('/')}`;
}

function boxesOf(
  gold: unknown,
  output: string | null,
  { spanStart, spanEnd }: { spanStart: number | null; spanEnd: number | null },
): SampleDetail['boxes'] {
  const truth = asBox(gold);
  if (truth === null) return [];
  const answer =
    output === null || spanStart === null || spanEnd === null
      ? null
      : boxWithin(output, [spanStart, spanEnd]);
  const boxes: SampleDetail['boxes'][number][] = [{ label: 'gold', box: truth }];
  return answer === null ? boxes : [...boxes, { label: 'answer', box: answer.box }];
}
