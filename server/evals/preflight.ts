import { and, eq } from 'drizzle-orm';
import { blobPath, findBlob, removeUnusedBlob } from '../blobs';
import { getDb, run } from '../db';
import { env } from '../env';
import { Problem } from '../problem';
import { inTurn } from '../process-wide';
import { LIMITS, runInWorker, WORKER_FILE } from './supervise';
import { sizeOf } from './turns';
import type { PreflightReport } from './types';
import { GAUGE, type PreflightFindings } from './worker-protocol';

/** The most that a preflight takes until it has findings, in ms. */
const FINDINGS_LIMIT_MS = 120_000;

/** Each may take the memory of a whole worker; a small file does not wait for a large one. */
const oneAtATime = { small: inTurn('small preflight'), large: inTurn('large preflight') };

export interface PreflightInput {
  fileSha256: string;
  fileName: string;
  benchmark: string | null;
  split: string | null;
}

/**
 * Looks an uploaded file through before anything is made of it. `workerFile` and `limits` are for tests.
 * @throws Problem with what is wrong with the file.
 */
export async function preflight(
  input: PreflightInput,
  workerFile = WORKER_FILE,
  limits = LIMITS,
): Promise<PreflightReport> {
  const stored = await findBlob(input.fileSha256);
  if (stored === null) throw new Problem('not-found', 'This file is not here (any more): upload it again.');

  const { findings, recomputed } = await oneAtATime[sizeOf(stored.bytes)](() =>
    inWorker(input, workerFile, limits),
  );
  const { target } = findings;
  return {
    ...findings,
    fileSha256: stored.sha256,
    fileName: input.fileName,
    bytes: stored.bytes,
    recomputed,
    existingRunId: target === null ? null : await existingRun(stored.sha256, target),
  };
}

async function inWorker(input: PreflightInput, workerFile: string, limits: typeof LIMITS) {
  const { fileSha256, fileName, benchmark, split } = input;
  let findings: PreflightFindings | null = null;
  let recomputed: PreflightReport['recomputed'] = null;
  const over = new AbortController();
  let timer = setTimeout(() => over.abort(), FINDINGS_LIMIT_MS);
  const end = await runInWorker(
    workerFile,
    {
      kind: 'preflight',
      path: blobPath(fileSha256),
      fileName,
      dataDir: env().OCEAN_DATA_DIR,
      benchmark,
      split,
      lookMs: limits.lookMs,
      gauges: new SharedArrayBuffer(4 * GAUGE.length),
    },
    (message) => {
      if (message.type === 'findings') {
        findings = message.findings;
        clearTimeout(timer);
        timer = setTimeout(() => over.abort(), message.leftMs);
      }
      if (message.type === 'accuracy') recomputed = message.recomputed;
    },
    over.signal,
    limits,
  ).finally(() => clearTimeout(timer));
  // A scorer that was lost on a sample, or out of time, leaves the findings; the scoring will tell the accuracy.
  if (findings !== null) return { findings: findings as PreflightFindings, recomputed };
  await removeUnusedBlob(fileSha256);
  if (end.how === 'refused') throw new Problem('refused', end.message);
  throw new Problem('refused', 'Looking the file through took too long here: hand it in in smaller parts.');
}

async function existingRun(
  sha256: string,
  target: { benchmark: string; split: string },
): Promise<string | null> {
  const db = await getDb();
  const [found] = await db
    .select({ id: run.id, state: run.state })
    .from(run)
    .where(and(eq(run.fileSha256, sha256), eq(run.benchmark, target.benchmark), eq(run.split, target.split)));
  return found === undefined || found.state === 'failed' || found.state === 'cancelled' ? null : found.id;
}
