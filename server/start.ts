import { env } from './env';
import { fullDisk } from './full-disk';

const TIDY_EVERY_MS = 60 * 60 * 1_000;

/**
 * Makes the server ready: environment validated, database opened, migrated and seeded, interrupted scorings taken up,
 * shutdown arranged. What stands in the way is said, and the process ends with 1.
 */
export async function start(): Promise<void> {
  const started = performance.now();
  let dataDir: string | null = null;
  try {
    // First, and by itself: all other modules take the environment as right.
    dataDir = env().OCEAN_DATA_DIR;
    const [
      { followSignOuts },
      { generateAll },
      { database },
      { followBoard, publishOwnRuns, seed, startScorings },
      { log },
      { addOwnJobs },
    ] = await Promise.all([
      import('./auth'),
      import('./benchmarks'),
      import('./db'),
      import('./evals'),
      import('./log'),
      import('./training'),
    ]);
    const { db, driver } = await database();
    await closeAtTheEnd();
    await followSignOuts();
    await followBoard();
    await seed(db);
    await tidy();
    setInterval(
      () => tidy().catch((error: unknown) => log.error({ err: error }, 'tidying failed')),
      TIDY_EVERY_MS,
    ).unref();
    await startScorings();
    await addOwnJobs();
    log.info({ driver, pid: process.pid, ms: Math.round(performance.now() - started) }, 'ready');
    // It takes seconds at the first start of a version; until then a file for one of them is put off.
    generateAll(dataDir)
      .then(() => publishOwnRuns())
      .catch((error: unknown) =>
        log.error({ err: error }, 'generated benchmarks, or our own runs on them, could not be made ready'),
      );
  } catch (error) {
    const full = dataDir === null ? null : fullDisk(dataDir);
    console.error(full ?? (error instanceof Error ? error.message : error));
    process.exit(1);
  }
}

async function tidy(): Promise<void> {
  const [{ tidyBlobs }, { reclaimSpace }, { tidyEvents }] = await Promise.all([
    import('./blobs'),
    import('./db'),
    import('./events'),
  ]);
  await tidyBlobs();
  await tidyEvents();
  await reclaimSpace();
}

/**
 * A signal first closes what is ours, then goes on to Next's own listeners, which end the process: they do so at once
 * when no request is open, and would cut the database off in the middle of its last write.
 */
async function closeAtTheEnd(): Promise<void> {
  const [{ closeDatabase }, { stopScorings }, { stopFollowing }, { log }] = await Promise.all([
    import('./db'),
    import('./evals'),
    import('./events'),
    import('./log'),
  ]);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const others = process.listeners(signal);
    process.removeAllListeners(signal);
    process.once(signal, async () => {
      // Requests that do not end keep nobody waiting.
      setTimeout(() => process.exit(1), 10_000).unref();
      stopFollowing();
      await stopScorings();
      await closeDatabase();
      log.info({ signal }, 'closed');
      if (others.length === 0) process.exit();
      for (const listener of others) listener(signal);
    });
  }
}
