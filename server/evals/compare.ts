import { and, asc, eq, gt, inArray, lte, ne, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { compareOutcomes } from '@/lib/stats/compare-outcomes';
import type { Principal } from '../auth';
import { getDb, prediction, sample, verdict } from '../db';
import { keptLately } from '../kept';
import { Problem } from '../problem';
import { hasTag, keptList, ofRun, type ScoredRun, scoredRun, shortened } from './samples';
import type { ChangedRow, ChangeFilter, ScorableSample, ScorerComparison } from './types';

/** Two scorers of a run, each of which has scored all of its samples. */
export interface ScorerPair {
  id: string;
  from: string;
  to: string;
}

/** The verdict of the second scorer; the first's is `verdict`. */
const second = alias(verdict, 'second');

const NO_SUCH_PAIR = 'There is no such run here that both scorers have scored.';

/** @throws Problem where the run is not to be seen, or not scored by both. */
async function scoredBoth({ id, from, to }: ScorerPair, principal: Principal): Promise<ScoredRun> {
  const first = await scoredRun(id, principal, from);
  if (first === null || (await scoredRun(id, principal, to)) === null)
    throw new Problem('not-found', NO_SUCH_PAIR);
  return first;
}

const sameSample = (to: string) =>
  and(eq(second.runId, verdict.runId), eq(second.scorer, to), eq(second.sampleId, verdict.sampleId));
const sampleOf = ({ dataId }: ScoredRun) =>
  and(eq(sample.dataId, dataId), eq(sample.ordinal, verdict.ordinal));
const otherAnswer = and(
  eq(verdict.outcome, second.outcome),
  sql`${verdict.answer} is distinct from ${second.answer}`,
);

/** What scorers said is not said again: how they differ is counted once. */
const keptComparison = keptLately<ScorerComparison>('scorer comparisons', 64);

/** How two scorers differ on a run's samples. @throws Problem */
export async function compareScorers(pair: ScorerPair, principal: Principal): Promise<ScorerComparison> {
  const of = await scoredBoth(pair, principal);
  return keptComparison(`${of.id} ${pair.from} ${pair.to}`, () => compared(of, pair.to));
}

async function compared(of: ScoredRun, to: string): Promise<ScorerComparison> {
  const db = await getDb();
  const rows = await db
    .select({
      from: verdict.outcome,
      to: second.outcome,
      cluster: sample.cluster,
      otherAnswer: sql<boolean>`${otherAnswer}`,
    })
    .from(verdict)
    .innerJoin(second, sameSample(to))
    .innerJoin(sample, sampleOf(of))
    .where(ofRun(of))
    .orderBy(asc(verdict.ordinal));
  return {
    ...compareOutcomes(
      rows,
      rows.map(({ from }) => from),
      rows.map(({ to }) => to),
    ),
    otherAnswers: rows.filter((row) => row.otherAnswer).length,
  };
}

/** A range of the samples that the filter leaves, in the data's order, and how many those are. @throws Problem */
export async function changedRows(
  pair: ScorerPair,
  principal: Principal,
  filter: ChangeFilter,
  offset: number,
  limit: number,
): Promise<{ total: number; rows: readonly ChangedRow[] }> {
  const of = await scoredBoth(pair, principal);
  const ordinals = await filtered(of, pair.to, filter);
  const shown = ordinals.subarray(offset, offset + limit);
  if (shown.length === 0) return { total: ordinals.length, rows: [] };
  const db = await getDb();
  const rows = await db
    .select({
      sampleId: verdict.sampleId,
      ordinal: verdict.ordinal,
      question: sample.question,
      gold: sample.gold,
      from: { outcome: verdict.outcome, answer: verdict.answer, reason: verdict.reason },
      to: { outcome: second.outcome, answer: second.answer, reason: second.reason },
    })
    .from(verdict)
    .innerJoin(second, sameSample(pair.to))
    .innerJoin(sample, sampleOf(of))
    .where(and(ofRun(of), inArray(verdict.ordinal, [...shown])))
    .orderBy(asc(verdict.ordinal));
  return {
    total: ordinals.length,
    rows: rows.map(({ from, to, ...row }) => ({
      ...row,
      question: shortened(row.question),
      from: shortVerdict(from),
      to: shortVerdict(to),
    })),
  };
}

const shortVerdict = ({ outcome, answer, reason }: ChangedRow['from']): ChangedRow['from'] => ({
  outcome,
  answer: answer === null ? null : shortened(answer),
  reason: shortened(reason),
});

/** Place (from 0) of a sample among those that the filter leaves; null where it leaves it out. @throws Problem */
export async function changePosition(
  pair: ScorerPair,
  principal: Principal,
  filter: ChangeFilter,
  sampleId: string,
): Promise<number | null> {
  const of = await scoredBoth(pair, principal);
  const db = await getDb();
  const [found] = await db
    .select({ ordinal: verdict.ordinal })
    .from(verdict)
    .where(and(ofRun(of), eq(verdict.sampleId, sampleId)));
  if (found === undefined) return null;
  const position = (await filtered(of, pair.to, filter)).indexOf(found.ordinal);
  return position === -1 ? null : position;
}

function filtered(of: ScoredRun, to: string, { change, tag }: ChangeFilter): Promise<Int32Array> {
  const key = JSON.stringify([change, tag?.tag, tag?.value]);
  return keptList(`${of.id} ${of.scorer} ${to} ${key}`, async () => {
    const conditions: (SQL | undefined)[] = [ofRun(of)];
    if (change === undefined) conditions.push(ne(verdict.outcome, second.outcome));
    else if (change === 'answer') conditions.push(otherAnswer);
    else conditions.push(eq(verdict.outcome, change.from), eq(second.outcome, change.to));
    if (tag !== undefined) conditions.push(hasTag(tag));
    const db = await getDb();
    const rows = await db
      .select({ ordinal: verdict.ordinal })
      .from(verdict)
      .innerJoin(second, sameSample(to))
      .innerJoin(sample, sampleOf(of))
      .where(and(...conditions))
      .orderBy(asc(verdict.ordinal));
    return Int32Array.from(rows, ({ ordinal }) => ordinal);
  });
}

/** An answer holds this many samples at most, and about this many bytes of output. */
const PAGE_ROWS = 500;
const PAGE_BYTES = 2_000_000;

/**
 * A run's samples with their outputs, from the ordinal `after` on (-1 begins), and what one of its scorers says of
 * them. `next` is where the next page begins, null at the end. @throws Problem
 */
export async function scorableSamples(
  id: string,
  principal: Principal,
  scorer: string,
  after: number,
): Promise<{ samples: readonly ScorableSample[]; next: number | null }> {
  const of = await scoredRun(id, principal, scorer);
  if (of === null) throw new Problem('not-found', `There is no run "${id}" here that ${scorer} has scored.`);
  const db = await getDb();
  const predictionOf = and(eq(prediction.runId, verdict.runId), eq(prediction.sampleId, verdict.sampleId));
  const lengths = await db
    .select({
      ordinal: verdict.ordinal,
      bytes: sql<number>`coalesce(octet_length(${prediction.output}), 0)`,
    })
    .from(verdict)
    .leftJoin(prediction, predictionOf)
    .where(and(ofRun(of), gt(verdict.ordinal, after)))
    .orderBy(asc(verdict.ordinal))
    .limit(PAGE_ROWS);
  let bytes = 0;
  // One output is sent however long it is.
  const past = lengths.findIndex((row, index) => {
    bytes += row.bytes;
    return index > 0 && bytes > PAGE_BYTES;
  });
  const page = past === -1 ? lengths : lengths.slice(0, past);
  const last = page.at(-1)?.ordinal;
  if (last === undefined) return { samples: [], next: null };
  const rows = await db
    .select({ sample, output: prediction.output, extraction: prediction.extraction, verdict })
    .from(verdict)
    .innerJoin(sample, sampleOf(of))
    .leftJoin(prediction, predictionOf)
    .where(and(ofRun(of), gt(verdict.ordinal, after), lte(verdict.ordinal, last)))
    .orderBy(asc(verdict.ordinal));
  return {
    samples: rows.map(({ sample: { dataId: _, ...rest }, verdict: { outcome, answer, reason }, ...row }) => ({
      ...rest,
      ...row,
      verdict: { outcome, answer, reason },
    })),
    next: page.length === PAGE_ROWS || past !== -1 ? last : null,
  };
}
