import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { and, eq, isNull, lt, notExists, sql } from 'drizzle-orm';
import { MAX_FILE_BYTES } from '@/lib/predictions/limits';
import { blob, getDb, run } from '../db';
import { env } from '../env';
import { log } from '../log';
import { Problem } from '../problem';
import { inTurn } from '../process-wide';

/** Uploaded files, kept under their sha256: `<data folder>/blobs/<first two digits>/<sha256>`. */

export interface StoredBlob {
  sha256: string;
  bytes: number;
}

/** What nobody made a run of is kept this long, in ms: a submitter is still looking at its preflight. */
const UNUSED_FOR_MS = 24 * 60 * 60 * 1_000;

const root = () => join(env().OCEAN_DATA_DIR, 'blobs');
const drafts = () => join(root(), 'incoming');

export function blobPath(sha256: string): string {
  return join(root(), sha256.slice(0, 2), sha256);
}

/** Placing and removing take turns, so that a file is not removed in the moment it is uploaded anew. */
const placing = inTurn('blobs');

/**
 * Keeps a stream of bytes. Nothing is left of one that breaks off.
 * @param declaredBytes what the sender said it would send, null where it did not.
 * @throws Problem
 */
export async function storeBlob(
  stream: ReadableStream<Uint8Array>,
  declaredBytes: number | null,
): Promise<StoredBlob> {
  const tooLarge = new Problem(
    'too-large',
    `The file is larger than the ${MAX_FILE_BYTES / 1024 ** 2} MiB that are taken. Compress it with gzip or zip, or leave out what is not predictions.`,
  );
  if (declaredBytes !== null && declaredBytes > MAX_FILE_BYTES) throw tooLarge;
  await mkdir(drafts(), { recursive: true });
  const draft = join(drafts(), randomUUID());
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(draft, 'wx');
    try {
      for await (const chunk of stream) {
        bytes += chunk.length;
        if (bytes > MAX_FILE_BYTES) throw tooLarge;
        hash.update(chunk);
        // A disk that fills up takes a part of a chunk, and says so only at the next.
        for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (bytes === 0) throw new Problem('refused', 'The upload is empty.');
    if (declaredBytes !== null && bytes !== declaredBytes)
      throw new Problem(
        'refused',
        `Only ${bytes.toLocaleString('en')} of ${declaredBytes.toLocaleString('en')} bytes arrived. Upload the file again.`,
      );
    const sha256 = hash.digest('hex');
    await placing(async () => {
      const path = blobPath(sha256);
      await mkdir(dirname(path), { recursive: true });
      // What is there is what these bytes are, and runs are made of it: it is not touched.
      if ((await sizeOf(path)) === bytes) await rm(draft);
      else await rename(draft, path);
      const db = await getDb();
      await db
        .insert(blob)
        .values({ sha256, bytes })
        .onConflictDoUpdate({ target: blob.sha256, set: { createdAt: sql`now()` } });
    });
    return { sha256, bytes };
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
      throw new Problem('no-room', 'The disk of this server is full, so nothing of the file was kept.');
    throw error;
  }
}

/** Null where there is no such file. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Null where it is not kept here (any more). */
export async function findBlob(sha256: string): Promise<StoredBlob | null> {
  const db = await getDb();
  const [found] = await db.select().from(blob).where(eq(blob.sha256, sha256));
  if (found === undefined) return null;
  return (await sizeOf(blobPath(sha256))) === found.bytes ? { sha256, bytes: found.bytes } : null;
}

/** Removes it unless a run is made of it. */
export function removeUnusedBlob(sha256: string): Promise<void> {
  return placing(async () => {
    const db = await getDb();
    const removed = await db
      .delete(blob)
      .where(
        and(
          eq(blob.sha256, sha256),
          notExists(db.select({ id: run.id }).from(run).where(eq(run.fileSha256, sha256))),
        ),
      )
      .returning({ sha256: blob.sha256 });
    if (removed.length > 0) await rm(blobPath(sha256), { force: true });
  });
}

/** At start: what an ended process was still receiving, and what nobody made a run of. */
export async function tidyBlobs(now = Date.now()): Promise<void> {
  await rm(drafts(), { recursive: true, force: true });
  const db = await getDb();
  const unused = await db
    .select({ sha256: blob.sha256 })
    .from(blob)
    .leftJoin(run, eq(run.fileSha256, blob.sha256))
    .where(and(isNull(run.id), lt(blob.createdAt, new Date(now - UNUSED_FOR_MS))));
  for (const { sha256 } of unused) await removeUnusedBlob(sha256);
  if (unused.length > 0) log.info({ files: unused.length }, 'removed uploads that nothing was made of');
}
