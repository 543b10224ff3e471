import { and, count, eq, ne } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { judgedId, readJudgedId } from '@/lib/scoring/judge';
import { getDb, score, scoring, verdict } from '../db';
import { env } from '../env';
import { keptLately } from '../kept';
import type { RunScorer } from './types';

/** The benchmark's scorers in their order, then those that scored the run and are no longer the benchmark's. */
export async function runScorers(
  runId: string,
  headline: string,
  benchmark: Benchmark | null,
): Promise<readonly RunScorer[]> {
  const db = await getDb();
  const [scores, pending] = await Promise.all([
    db.select().from(score).where(eq(score.runId, runId)),
    db.select().from(scoring).where(eq(scoring.runId, runId)),
  ]);
  const changed = new Map<string, number>();
  for (const { scorer } of scores.filter((each) => each.scorer !== headline))
    changed.set(
      scorer,
      await keptChanged(`${runId} ${headline} ${scorer}`, () => changedBy(scorer, runId, headline)),
    );
  const known = benchmark?.scorers ?? [];
  const ids = new Set<string>([
    ...known.map(({ id }) => id),
    ...[...scores, ...pending].map(({ scorer }) => scorer),
  ]);
  const model = env().OCEAN_JUDGE_MODEL;
  return [...ids].map((id): RunScorer => {
    const judged = readJudgedId(id);
    const scorer = known.find((each) => each.id === (judged?.scorer ?? id));
    const scored = scores.find((each) => each.scorer === id);
    const waiting = pending.find((each) => each.scorer === id);
    const withJudge = model === undefined ? null : judgedId(id, model);
    return {
      id,
      scorer:
        scorer === undefined
          ? null
          : {
              label: judged === null ? scorer.label : `${scorer.label}, judge ${judged.model}`,
              rule: scorer.rule,
              upstream: scorer.upstream,
            },
      judged: scored?.judge ?? null,
      judgeable:
        withJudge === null ||
        judged !== null ||
        ids.has(withJudge) ||
        scorer?.judge === undefined ||
        !scored?.needsJudge
          ? null
          : withJudge,
      score:
        scored?.interval == null || scored.correct === null || scored.total === null
          ? null
          : {
              headline: scored.headline,
              interval: scored.interval,
              correct: scored.correct,
              needsJudge: scored.needsJudge,
              total: scored.total,
            },
      changed: changed.get(id) ?? 0,
      rescoring:
        waiting === undefined
          ? null
          : waiting.state === 'failed'
            ? { state: 'failed', error: waiting.error ?? '' }
            : { state: 'scoring', scored: waiting.scored, total: waiting.total },
    };
  });
}

/** What a scorer said is not said again: how often it differs from another is counted once. */
const keptChanged = keptLately<number>('changed verdicts', 256);

/** On how many samples another outcome comes of one scorer than of another. */
async function changedBy(scorer: string, runId: string, other: string): Promise<number> {
  const db = await getDb();
  const first = alias(verdict, 'first');
  const [row] = await db
    .select({ count: count() })
    .from(verdict)
    .innerJoin(
      first,
      and(eq(first.runId, verdict.runId), eq(first.scorer, other), eq(first.sampleId, verdict.sampleId)),
    )
    .where(and(eq(verdict.runId, runId), eq(verdict.scorer, scorer), ne(verdict.outcome, first.outcome)));
  return row?.count ?? 0;
}
