import { and, eq, inArray } from 'drizzle-orm';
import { readJudgedId } from '@/lib/scoring/judge';
import { database, getDb, isLostConnection, lacksRoom, run, scoring } from '../db';
import { log } from '../log';
import { Problem } from '../problem';
import { inTurn, processWide } from '../process-wide';
import { endAllLeases, keepLease, type Lease, LeaseLost, leaveLease, takeLease } from './lease';
import { queueBeside } from './queue';
import { fail, removeRows, scoreRun } from './score-run';
import { LIMITS, WORKER_FILE } from './supervise';
import { ANY, BOARD, SCORINGS, scoringId, TAKEN_BACK, WAITING } from './topics';
import { AT_ONCE, type Kind, sizeOf } from './turns';

/** How often is looked for what an ended server left, in ms. */
const LOOK_EVERY_MS = 5_000;
/** A scoring that so many servers or connections did not survive is given up. */
const MAX_TRIES = 20;

/** What this process scores. */
interface Scorings {
  running: Map<Lease, { stop: AbortController; ended: Promise<void> }>;
  /** Takes up what there is room for; null where this process scores nothing. */
  look: (() => void) | null;
  stopLooking: () => void;
}
const scorings = processWide(
  'scorings',
  (): Scorings => ({ running: new Map(), look: null, stopLooking: () => {} }),
);
const inTurnLooking = inTurn('looking for what is to be scored');

/**
 * From here on this process scores what waits, the short before the long (see `takeLease`), and what ended servers left.
 * `workerFile` and `limits` are for tests.
 */
export async function startScorings(workerFile = WORKER_FILE, limits = LIMITS): Promise<void> {
  if ((await database()).driver === 'pglite') await endAllLeases();
  await queueMissing();
  const look = () => {
    inTurnLooking(() => takeUp(workerFile, limits)).catch((error: unknown) =>
      log.error({ err: error }, 'what waits to be scored could not be looked up; it is tried again'),
    );
  };
  const unheard = await WAITING.onWake(ANY, look);
  const timer = setInterval(look, LOOK_EVERY_MS);
  Object.assign(scorings(), {
    look,
    stopLooking() {
      unheard();
      clearInterval(timer);
    },
  });
  look();
}

/** Before the end of the process: what is scored is broken off and left to whoever comes first. */
export async function stopScorings(): Promise<void> {
  const shared = scorings();
  shared.stopLooking();
  shared.look = null;
  // What is being taken up is running by then.
  await inTurnLooking(async () => {});
  for (const { stop } of shared.running.values()) stop.abort('stopping');
  await Promise.all([...shared.running.values()].map(({ ended }) => ended));
}

async function takeUp(workerFile: string, limits: typeof LIMITS): Promise<void> {
  const shared = scorings();
  const kindOf = ({ scorer, bytes }: { scorer: string; bytes: number }): Kind =>
    readJudgedId(scorer) === null ? sizeOf(bytes) : 'judged';
  const hasRoom = (waiting: { scorer: string; bytes: number }) =>
    [...shared.running.keys()].filter((each) => kindOf(each) === kindOf(waiting)).length <
    AT_ONCE[kindOf(waiting)];
  while (shared.look !== null) {
    const lease = await takeLease(hasRoom);
    if (lease === null) return;
    const stop = new AbortController();
    const ended = underLease(lease, stop, workerFile, limits).finally(() => {
      shared.running.delete(lease);
      shared.look?.();
    });
    shared.running.set(lease, { stop, ended });
  }
}

/** Scores from the start, to an ending that is in the database, or as far as the lease goes. Never throws. */
async function underLease(
  lease: Lease,
  stop: AbortController,
  workerFile: string,
  limits: typeof LIMITS,
): Promise<void> {
  const started = performance.now();
  const told = { runId: lease.runId, scorer: lease.scorer };
  let letGo = () => {};
  try {
    letGo = await keepLease(lease, () => stop.abort('taken back'));
    const state =
      lease.fence > MAX_TRIES
        ? await fail(lease, `The scoring was broken off ${MAX_TRIES} times, and is not tried again.`)
        : await scoreRun(lease, stop.signal, workerFile, limits);
    if (state === 'broken off' && stop.signal.reason === 'stopping') await leaveLease(lease);
    log.info({ ...told, state, ms: Math.round(performance.now() - started) }, 'scoring ended');
  } catch (error) {
    if (error instanceof LeaseLost)
      log.info({ ...told }, 'a scoring was taken back, or up by another server');
    else if (isLostConnection(error) || lacksRoom(error))
      log.warn(
        { ...told, err: error },
        'the database was lost, or full, while scoring; it is taken up again',
      );
    else {
      log.error({ ...told, err: error }, 'scoring failed');
      await fail(
        lease,
        `Something failed here while scoring; the log has it under run ${lease.runId}.`,
      ).catch((again: unknown) =>
        log.error({ ...told, err: again }, 'the failure could not be written down'),
      );
    }
  } finally {
    letGo();
  }
}

/** At start: published runs that lack what stands beside their first score, as those of before a benchmark had it. */
async function queueMissing(): Promise<void> {
  const db = await getDb();
  const published = await db
    .select({ id: run.id, benchmark: run.benchmark, scorer: run.scorer })
    .from(run)
    .where(and(eq(run.state, 'published'), inArray(run.source, ['upload', 'job'])));
  const failed = await db.select().from(scoring).where(eq(scoring.state, 'failed'));
  // What failed says why, and is tried again when somebody asks for it.
  for (const each of published)
    if (!failed.some(({ runId }) => runId === each.id)) await db.transaction((tx) => queueBeside(tx, each));
}

/** Takes a scoring back, the run's first where `scorer` is null, whoever is at it. @throws Problem */
export async function cancelScoring(runId: string, scorer: string | null = null): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    const [found] = await tx.select().from(run).where(eq(run.id, runId)).for('update');
    if (found === undefined) throw new Problem('not-found', `There is no run "${runId}".`);
    const first = scorer === null;
    if (first && found.state === 'cancelled') return;
    if (first && found.state !== 'scoring')
      throw new Problem('conflict', `The run is ${found.state}: there is no scoring to cancel.`);
    const by = scorer ?? found.scorer;
    const taken = await tx
      .delete(scoring)
      .where(and(eq(scoring.runId, runId), eq(scoring.scorer, by), eq(scoring.state, 'scoring')))
      .returning();
    if (!first && taken.length === 0)
      throw new Problem('conflict', `The run is not being scored by ${by}: there is nothing to cancel.`);
    await removeRows(tx, { runId, scorer: by, first });
    if (first) await tx.update(run).set({ state: 'cancelled' }).where(eq(run.id, runId));
    await SCORINGS.publish(tx, scoringId(runId, scorer), { type: 'done', state: 'cancelled', error: null });
    await TAKEN_BACK.wake(tx, runId);
    await BOARD.wake(tx, ANY);
  });
}
