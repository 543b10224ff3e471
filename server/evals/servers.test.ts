import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { install } from '../benchmarks';
import { storeBlob } from '../blobs';
import { blob, checkpoint, event, prediction, run, score, scoring, setDatabase, verdict } from '../db';
import { DRIVERS, type TestDatabase, useTestDatabase } from '../db/test-databases';
import { newProcess } from '../process-wide';
import { followRun } from './follow-run';
import { keepLease, LeaseLost, leaveLease, requireLease, takeLease } from './lease';
import { runPage } from './run-page';
import { startScorings, stopScorings } from './scoring';
import { LIMITS } from './supervise';
import { counting, newRunOf, predictions, type TestPrograms, testPrograms } from './test-programs';
import { TAKEN_BACK } from './topics';
import type { SubmissionEvent } from './types';

const folder = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? '/tmp'}/ocean-servers-${process.pid}-${Date.now()}`;
  process.env.OCEAN_DATA_DIR = made;
  process.env.LOG_LEVEL = 'silent';
  return made;
});

const WRITER = { role: 'writer' } as const;
let programs: TestPrograms;
beforeAll(async () => {
  programs = await testPrograms();
  await install(folder, BENCHMARKS['superclevr-200'], null, programs.annotations);
});
afterAll(() => {
  programs.remove();
  rmSync(folder, { recursive: true, force: true });
});

const start = () => startScorings(programs.worker, { ...LIMITS, verdictMs: 400 });

/** A server of its own process, on `at`, that hands in a file whose first 50 samples are quick and the others slow. */
async function serverAtWork(
  at: TestDatabase,
): Promise<{ server: ChildProcess; runId: string; file: string }> {
  await install(at.dataDir, BENCHMARKS['superclevr-200'], null, programs.annotations);
  const file = join(at.dataDir, 'slow.jsonl');
  const slow = Object.fromEntries(counting.slice(50).map((_, index) => [50 + index, `SLOW ${index}`]));
  // Messages are full after a megabyte: the first has come long before the last.
  slow[49] = 'x'.repeat(1_100_000);
  writeFileSync(file, predictions(200, slow));
  const server = spawn(
    process.execPath,
    [programs.server, programs.worker, file, JSON.stringify(newRunOf('', 'Slow'))],
    {
      env: { ...process.env, OCEAN_DATA_DIR: at.dataDir, DATABASE_URL: at.url ?? '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface(server.stdout)) {
    const said: { runId: string; event: SubmissionEvent } = JSON.parse(line);
    if (said.event.type === 'progress' && said.event.scored > 0) return { server, runId: said.runId, file };
  }
  throw new Error('the server ended early');
}

async function kill(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

async function lastEvent(runId: string): Promise<SubmissionEvent | undefined> {
  let last: SubmissionEvent | undefined;
  for await (const told of followRun(runId, undefined)) last = told.event;
  return last;
}

describe.each(DRIVERS)('a server that is killed in the middle of a scoring, on $name', ({ skip, make }) => {
  test.skipIf(skip)('leaves a database that opens, and the next server scores the run anew', async () => {
    const at = await make();
    try {
      const { server, runId, file } = await serverAtWork(at);
      await kill(server);
      const database = await at.open();
      newProcess();
      setDatabase(database);
      const [left] = await database.db.select().from(run).where(eq(run.id, runId));
      expect(left).toMatchObject({ state: 'scoring', owner: 'team' });
      expect(await database.db.select().from(scoring)).toMatchObject([
        { runId, scored: 50, total: 200, fence: 1 },
      ]);
      expect(await database.db.$count(verdict)).toBe(50);
      expect(await database.db.$count(score, eq(score.runId, runId))).toBe(0);
      // Its upload lies in the other server's folder.
      const { sha256 } = await storeBlob(new Blob([readFileSync(file)]).stream(), null);
      expect(left?.fileSha256).toBe(sha256);
      // Its lease ends by itself; here nobody waits for that.
      await database.db.update(scoring).set({ leasedUntil: sql`now()` });
      await start();
      expect(await lastEvent(runId)).toMatchObject({ state: 'scored' });
      expect(await runPage(runId, WRITER)).toMatchObject({ state: 'scored', score: { correct: 49 } });
      expect(await database.db.$count(verdict)).toBe(200);
      await stopScorings();
      await database.close();
    } finally {
      await at.remove();
    }
  });
});

describe.each(DRIVERS.filter(({ name }) => name !== 'PGlite'))(
  'two servers on one $name',
  ({ skip, make }) => {
    const database = useTestDatabase({ skip, make });
    beforeAll(async () => {
      if (skip) return;
      await start();
    });
    afterAll(async () => {
      if (skip) return;
      await stopScorings();
    });

    test.skipIf(skip)('what one scores the other tells of; killed, the other takes it up, once', async () => {
      const { server, runId, file } = await serverAtWork(database.at);
      await storeBlob(new Blob([readFileSync(file)]).stream(), null);
      const told = followRun(runId, undefined);
      const { value: now } = await told.next();
      expect(now?.event).toMatchObject({ type: 'progress', scored: 50, total: 200 });
      // It is not free, however often is looked for it.
      await stopScorings();
      await start();
      expect(await database.db.select({ fence: scoring.fence }).from(scoring)).toEqual([{ fence: 1 }]);

      await kill(server);
      await database.db.update(scoring).set({ leasedUntil: sql`now()` });
      await stopScorings();
      await start();
      const events: SubmissionEvent[] = [];
      for await (const { event } of told) events.push(event);
      expect(events[0]).toMatchObject({ type: 'progress', scored: 0, total: 0 });
      expect(events.at(-1)).toEqual({ type: 'done', state: 'scored', error: null });
      expect(await database.db.$count(verdict, eq(verdict.runId, runId))).toBe(200);
      expect(await database.db.$count(prediction, eq(prediction.runId, runId))).toBe(200);
      expect(await database.db.$count(score, eq(score.runId, runId))).toBe(1);

      // Whoever has some of it is told the rest.
      const from: number[] = [];
      for await (const { id } of followRun(runId, undefined, null, '1')) from.push(Number(id));
      expect(from).toEqual(
        Array.from(
          { length: (await database.db.$count(event, sql`${event.key} = ${`scoring ${runId}`}`)) - 1 },
          (_, at) => at + 2,
        ),
      );
    });

    test.skipIf(skip)('one that was taken for dead writes nothing more', async () => {
      await stopScorings();
      const { db } = database;
      await db.delete(run);
      const [checkpointId] = (await db.select({ id: checkpoint.id }).from(checkpoint)).map(({ id }) => id);
      await db.insert(run).values({
        id: 'r',
        checkpointId: checkpointId ?? '',
        benchmark: 'superclevr-200',
        source: 'upload',
        state: 'scoring',
        scorer: 'x/y@1',
      });
      await db.insert(scoring).values({ runId: 'r', scorer: 'x/y@1' });
      const any = () => true;
      const first = await takeLease(any);
      expect(first).toEqual({ runId: 'r', scorer: 'x/y@1', bytes: 0, fence: 1, first: true });
      expect(await takeLease(any)).toBeNull();
      if (first === null) throw new Error('there is a lease');
      await requireLease(db, first);

      await db.update(scoring).set({ leasedUntil: sql`now()` });
      expect(await takeLease(() => false)).toBeNull();
      const second = await takeLease(any);
      expect(second).toEqual({ ...first, fence: 2 });
      await expect(requireLease(db, first)).rejects.toThrow(LeaseLost);
      // It is told so, rather than finding out at its next write.
      const lost = vi.fn();
      const letGo = await keepLease(first, lost);
      await TAKEN_BACK.wake(db, 'r');
      await vi.waitFor(() => expect(lost).toHaveBeenCalled());
      letGo();
      // And whoever goes in peace leaves it at once.
      if (second === null) throw new Error('there is a lease');
      await leaveLease(second);
      expect(await takeLease(any)).toEqual({ ...first, fence: 3 });
    });

    test.skipIf(skip)(
      'the short are scored before the long, until those have waited long enough',
      async () => {
        const { db } = database;
        const sizes = { large: 500_000_000, small: 1_000, medium: 20_000_000 };
        for (const [id, bytes] of Object.entries(sizes)) {
          await db.insert(blob).values({ sha256: id, bytes });
          const [{ checkpointId } = { checkpointId: '' }] = await db.select().from(run).limit(1);
          await db.insert(run).values({
            id,
            checkpointId,
            benchmark: 'superclevr-200',
            source: 'upload',
            state: 'scoring',
            scorer: 'x/y@1',
            fileSha256: id,
          });
          await db.insert(scoring).values({ runId: id, scorer: 'x/y@1' });
        }
        const next = async () => (await takeLease(({ bytes }) => bytes > 0))?.runId;
        expect(await next()).toBe('small');
        await db
          .update(scoring)
          .set({ createdAt: sql`now() - interval '10 minutes'` })
          .where(eq(scoring.runId, 'large'));
        expect([await next(), await next(), await next()]).toEqual(['large', 'medium', undefined]);
      },
    );
  },
);
