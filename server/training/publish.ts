import { readFile } from 'node:fs/promises';
import { and, eq } from 'drizzle-orm';
import { neededFiles } from '@/lib/vlm/graph-files';
import { VlmError } from '@/lib/vlm/types';
import { blobPath } from '../blobs';
import { checkpoint, checkpointFile, type Db, getDb, job, run } from '../db';
import { publishRun, withdrawRun } from '../evals';
import { isOurs } from '../models';
import { Problem } from '../problem';
import { checkpointOfTraining, filesOf } from './made-checkpoint';
import { JOBS } from './topics';

/**
 * Gives what a training made its place: its exported model is served to browsers and among the models of the chat, and the runs
 * that evaluated it are published. @returns the checkpoint's id. @throws Problem
 */
export async function publishTraining(jobId: string, by: string): Promise<string> {
  const db = await getDb();
  const [training] = await db.select().from(job).where(eq(job.id, jobId));
  if (training === undefined) throw new Problem('not-found', `There is no job "${jobId}".`);
  const exported = await exportOf(db, jobId);
  const files = exported === null ? [] : await filesOf(db, exported.id, 'export');
  const config = files.find(({ path }) => path === 'config.json');
  if (exported === null || config === undefined)
    throw new Problem(
      'conflict',
      `"${training.name}" is not exported yet: only an exported model runs in browsers.`,
    );
  // What is not there to be fetched is said here, rather than to visitors.
  requireRunnable(files, JSON.parse(await readFile(blobPath(config.sha256), 'utf8')));
  const checkpointId = await db.transaction(async (tx) => {
    const id = await checkpointOfTraining(tx, training);
    await tx.delete(checkpointFile).where(eq(checkpointFile.checkpointId, id));
    await tx
      .insert(checkpointFile)
      .values(files.map(({ path, sha256 }) => ({ checkpointId: id, path, sha256 })));
    await tx
      .update(checkpoint)
      .set({ browserModel: `job-${exported.id.slice(0, 8)}` })
      .where(eq(checkpoint.id, id));
    await tx.update(job).set({ public: true }).where(eq(job.id, jobId));
    await JOBS.wake(tx, jobId);
    return id;
  });
  for (const { id, state } of await runsOf(db, checkpointId))
    if (state === 'scored' || state === 'withdrawn') await publishRun(id, by);
  return checkpointId;
}

/** Takes all of that back: browsers are served it no more, and its runs are withdrawn. @throws Problem */
export async function unpublishTraining(jobId: string, by: string): Promise<void> {
  const db = await getDb();
  const [made] = await db.select().from(checkpoint).where(eq(checkpoint.jobId, jobId));
  if (made?.browserModel == null) throw new Problem('conflict', 'What this job made is not published.');
  if (isOurs(made.modelSlug))
    throw new Problem('conflict', 'What this job made comes with the site, and stays.');
  await db.transaction(async (tx) => {
    await tx.delete(checkpointFile).where(eq(checkpointFile.checkpointId, made.id));
    await tx.update(checkpoint).set({ browserModel: null }).where(eq(checkpoint.id, made.id));
    await JOBS.wake(tx, jobId);
  });
  for (const { id, state } of await runsOf(db, made.id))
    if (state === 'published') await withdrawRun(id, by, 'The checkpoint was taken out again.');
}

/** @throws Problem naming the file without which no browser runs it. */
function requireRunnable(files: readonly { path: string }[], config: unknown): void {
  try {
    neededFiles(
      files.map(({ path }) => ({ path, bytes: 0 })),
      config,
    );
  } catch (error) {
    throw error instanceof VlmError ? new Problem('conflict', error.message) : error;
  }
}

const runsOf = (db: Db, checkpointId: string) =>
  db
    .select({ id: run.id, state: run.state })
    .from(run)
    .where(and(eq(run.checkpointId, checkpointId), eq(run.source, 'job')));

/** The last export of a training: its id is a part of the addresses that browsers keep the files by. */
async function exportOf(db: Db, trainingId: string): Promise<{ id: string } | null> {
  const exports = await db
    .select({ id: job.id, spec: job.spec })
    .from(job)
    .where(eq(job.state, 'succeeded'))
    .orderBy(job.endedAt);
  const own = exports.findLast(
    ({ spec }) => spec.kind === 'export' && spec.start.kind === 'job' && spec.start.id === trainingId,
  );
  return own ?? null;
}
