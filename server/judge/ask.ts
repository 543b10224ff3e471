import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inArray } from 'drizzle-orm';
import { getDb, judgeAnswer } from '../db';
import { wellFormed } from '../well-formed';
import {
  COMPLETION_LIMITS,
  type CompletionLimits,
  complete,
  JudgeFailed,
  type JudgeModel,
  JudgeRefused,
  TEMPERATURE,
} from './completion';

/** How many questions are under way at a time. */
const CONCURRENCY = 8;
/** A judge that fails this often in a row is taken as gone. */
const MAX_FAILED = 20;
/** A reply is a line; the rest of a longer one says nothing. */
const MAX_REPLY = 2_000;

/** Names a question with all that its answer depends on. */
export const hashOf = ({ url, model }: JudgeModel, question: string, maxTokens: number): string =>
  createHash('sha256')
    .update(JSON.stringify([url, model, TEMPERATURE, maxTokens, question]))
    .digest('hex');

/** Which of these questions were answered before. */
export async function answered(hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const db = await getDb();
  const found = new Set<string>();
  for (let from = 0; from < hashes.length; from += 1_000) {
    const rows = await db
      .select({ hash: judgeAnswer.hash })
      .from(judgeAnswer)
      .where(inArray(judgeAnswer.hash, hashes.slice(from, from + 1_000)));
    for (const { hash } of rows) found.add(hash);
  }
  return found;
}

/** How long, in ms, a call at the time `now` waits so that calls begin evenly, no more than so many in a minute. */
export function spaced(perMinute: number): (now: number) => number {
  let next = Number.NEGATIVE_INFINITY;
  return (now) => {
    const start = Math.max(now, next);
    next = start + 60_000 / perMinute;
    return start - now;
  };
}

/** Calls of one judging, evenly spaced so that no more than so many begin in a minute. */
export interface Judging {
  /** The reply; null where the judge gave none. From the cache where the same was asked before. */
  ask(question: string, maxTokens: number): Promise<string | null>;
  /** Runs all of it, a few at a time; ends at the first error. */
  each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void>;
  counts(): { calls: number; cached: number; failed: number; inputTokens: number; outputTokens: number };
}

/** @throws (from `ask`) JudgeRefused, or the signal's reason. */
export function judging(
  judge: JudgeModel,
  perMinute: number,
  signal: AbortSignal,
  limits: CompletionLimits = COMPLETION_LIMITS,
): Judging {
  const broken = new AbortController();
  const under = AbortSignal.any([signal, broken.signal]);
  const counts = { calls: 0, cached: 0, failed: 0, inputTokens: 0, outputTokens: 0 };
  let failedInARow = 0;

  const waitOf = spaced(perMinute);
  async function turn(): Promise<void> {
    const wait = waitOf(performance.now());
    if (wait > 0) await sleep(wait, undefined, { signal: under });
    under.throwIfAborted();
  }

  return {
    counts: () => ({ ...counts }),
    async ask(question, maxTokens) {
      const db = await getDb();
      const hash = hashOf(judge, question, maxTokens);
      const [kept] = await db
        .select({ reply: judgeAnswer.reply })
        .from(judgeAnswer)
        .where(inArray(judgeAnswer.hash, [hash]));
      if (kept !== undefined) {
        counts.cached += 1;
        return kept.reply;
      }
      await turn();
      try {
        const { text, inputTokens, outputTokens } = await complete(
          judge,
          question,
          maxTokens,
          signal,
          limits,
        );
        const reply = wellFormed(text.slice(0, MAX_REPLY));
        counts.calls += 1;
        failedInARow = 0;
        counts.inputTokens += inputTokens ?? 0;
        counts.outputTokens += outputTokens ?? 0;
        await db
          .insert(judgeAnswer)
          .values({ hash, model: judge.model, temperature: TEMPERATURE, reply, inputTokens, outputTokens })
          .onConflictDoNothing();
        return reply;
      } catch (error) {
        if (!(error instanceof JudgeFailed)) throw error;
        counts.failed += 1;
        failedInARow += 1;
        if (failedInARow >= MAX_FAILED)
          throw new JudgeRefused(
            `The judge at ${judge.url} left ${MAX_FAILED} questions in a row without an answer: ${error.message}`,
          );
        return null;
      }
    },
    async each(items, work) {
      const left = items.values();
      const ends = await Promise.allSettled(
        Array.from({ length: CONCURRENCY }, async () => {
          try {
            for (const item of left) {
              under.throwIfAborted();
              await work(item);
            }
          } catch (error) {
            // The others end too, and what they are waiting for.
            broken.abort(error);
            throw error;
          }
        }),
      );
      if (ends.some(({ status }) => status === 'rejected')) throw under.reason;
    },
  };
}
