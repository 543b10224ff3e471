import { Script } from 'node:vm';
import { type ScoreRow, scoredBy } from '@/lib/predictions/score-rows';
import { type Scorer, type StoredVerdict, timedOut, VERDICT_LIMIT_MS } from '@/lib/scoring/scorer';

/** A rule is through with shorter ones before the watch over it is set up. */
const WATCHED_LENGTH = 8_000;

/** By a rule, given up where a server gives it up: what takes longer on one sample is no verdict there either. */
export function scoredWithin(scorer: Scorer, limitMs = VERDICT_LIMIT_MS): ScoreRow {
  const score = scoredBy(scorer);
  return (matched, position) =>
    matched.row.output.length < WATCHED_LENGTH
      ? score(matched, position)
      : (watched(() => score(matched, position), limitMs) ??
        timedOut(`no verdict within ${limitMs / 1_000} s`));
}

const hook: typeof globalThis & { oceanWork?: () => void } = globalThis;
const script = new Script('globalThis.oceanWork()');

/** Node ends a script that takes too long, with all that it calls; null then. */
function watched(work: () => StoredVerdict, limitMs: number): StoredVerdict | null {
  let verdict: StoredVerdict | null = null;
  hook.oceanWork = () => {
    verdict = work();
  };
  try {
    script.runInThisContext({ timeout: limitMs });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'))
      throw error;
  }
  return verdict;
}
