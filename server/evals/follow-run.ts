import { on } from 'node:events';
import { and, eq } from 'drizzle-orm';
import { getDb, type RunState, rescoring, run, score } from '../db';
import { Problem } from '../problem';
import { processWide } from '../process-wide';
import { keyOf, type Scoring, state } from './state';
import type { SubmissionEvent } from './types';

const last = processWide('last event', () => ({ id: 0 }));
/** Grows with every event, from one process to the next too. */
function nextId(): string {
  last().id = Math.max(last().id + 1, Date.now());
  return String(last().id);
}

/** How a scoring goes: where it stands at once, then each change, until it is done. @throws Problem */
export async function* followRun(
  runId: string,
  signal: AbortSignal | undefined,
  scorer: string | null = null,
): AsyncGenerator<{ id: string; event: SubmissionEvent }> {
  const shared = state();
  const ended = new AbortController();
  const listened = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  // Listened to before the database is asked, so that nothing between the two is lost.
  const scoring = { runId, scorer };
  const live = on(shared.events, keyOf(scoring), { signal: listened });
  try {
    const found = await stateOf(scoring);
    if (found.state !== 'scoring') {
      yield { id: nextId(), event: { type: 'done', state: found.state, error: found.error } };
      return;
    }
    let { scored, total } = progressOf(scoring);
    yield { id: nextId(), event: { type: 'progress', state: 'scoring', scored, total } };
    for await (const [event] of live as AsyncIterable<[SubmissionEvent]>) {
      if (event.type === 'progress') {
        if (event.scored <= scored && event.total === total) continue;
        ({ scored, total } = event);
      }
      yield { id: nextId(), event };
      if (event.type === 'done') return;
    }
  } catch (error) {
    // The listener went away: that is an end, not a failure.
    if (!signal?.aborted) throw error;
  } finally {
    ended.abort();
  }
}

async function stateOf({ runId, scorer }: Scoring): Promise<{ state: RunState; error: string | null }> {
  const db = await getDb();
  const [found] = await db
    .select({ state: run.state, error: run.error, rescoring, scored: score.scorer })
    .from(run)
    .leftJoin(rescoring, and(eq(rescoring.runId, run.id), eq(rescoring.scorer, scorer ?? '')))
    .leftJoin(score, and(eq(score.runId, run.id), eq(score.scorer, scorer ?? '')))
    .where(eq(run.id, runId));
  if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
  if (scorer === null) return found;
  if (found.rescoring !== null) return found.rescoring;
  return { state: found.scored === null ? 'cancelled' : 'scored', error: null };
}

/** A total of 0 says that it waits for the worker. */
export function progressOf(scoring: Scoring): { scored: number; total: number } {
  const { current, judging } = state();
  const asking = judging.get(keyOf(scoring));
  if (asking !== undefined) return { scored: asking.asked, total: asking.total };
  return current?.key === keyOf(scoring)
    ? { scored: current.scored, total: current.total }
    : { scored: 0, total: 0 };
}
