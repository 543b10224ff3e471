import { and, eq } from 'drizzle-orm';
import { getDb, run, score, scoring } from '../db';
import { Problem } from '../problem';
import { SCORINGS, scoringId } from './topics';
import type { SubmissionEvent } from './types';

/**
 * How a scoring goes: where it stands at once, then each change, until it is done. With the id of the last event that the
 * follower has, what came after that. @throws Problem
 */
export async function* followRun(
  runId: string,
  signal: AbortSignal | undefined,
  scorer: string | null = null,
  lastEventId: string | null = null,
): AsyncGenerator<{ id: string; event: SubmissionEvent }> {
  const now = await standing(runId, scorer);
  const known = Number(lastEventId);
  // What is asked for may be of another sequence, or too long ago: then where it stands tells all.
  const goesOn = lastEventId !== null && Number.isInteger(known) && known > 0 && known < now.seq;
  if (!goesOn) {
    yield { id: String(now.seq), event: now.event };
    if (now.event.type === 'done') return;
  }
  for await (const { seq, data } of SCORINGS.follow(
    scoringId(runId, scorer),
    goesOn ? known : now.seq,
    signal,
  )) {
    yield { id: String(seq), event: data };
    if (data.type === 'done') return;
  }
}

/** Where a scoring stands, and the place of the last event that told of it. @throws Problem */
async function standing(
  runId: string,
  scorer: string | null,
): Promise<{ seq: number; event: SubmissionEvent }> {
  const db = await getDb();
  // Read before what it tells of: an event in between is told twice rather than never.
  const seq = await SCORINGS.lastSeq(db, scoringId(runId, scorer));
  const by = scorer === null ? run.scorer : scorer;
  const [found] = await db
    .select({ run: { state: run.state, error: run.error }, scoring, scored: score.scorer })
    .from(run)
    .leftJoin(scoring, and(eq(scoring.runId, run.id), eq(scoring.scorer, by)))
    .leftJoin(score, and(eq(score.runId, run.id), eq(score.scorer, by)))
    .where(eq(run.id, runId));
  if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
  if (found.scoring?.state === 'scoring') {
    const { scored, total } = found.scoring;
    return { seq, event: { type: 'progress', state: 'scoring', scored, total } };
  }
  if (scorer === null) return { seq, event: { type: 'done', ...found.run } };
  const failed = found.scoring?.error ?? null;
  const state = failed !== null ? 'failed' : found.scored === null ? 'cancelled' : 'scored';
  return { seq, event: { type: 'done', state, error: failed } };
}
