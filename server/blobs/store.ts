import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { and, eq, lt, notExists, sql } from 'drizzle-orm';
import { blob, checkpointFile, type Db, getDb, jobFile, rolloutImage, run } from '../db';
import { env } from '../env';
import { log } from '../log';
import { makeFolder } from '../make-folder';
import { Problem } from '../problem';
import { BLOB_KINDS, type BlobKind } from './kinds';
import { append, sizeOf, tooLarge } from './write';

/** Files that were handed in, kept under their sha256: `<data folder>/blobs/<first two digits>/<sha256>`. */

export interface StoredBlob {
  sha256: string;
  bytes: number;
}

/** What nothing refers to is kept this long, in ms: a submitter is still looking at its preflight, or sends the rest of it. */
const UNUSED_FOR_MS = 24 * 60 * 60 * 1_000;

const root = () => join(env().OCEAN_DATA_DIR, 'blobs');
const incoming = () => join(root(), 'incoming');

export function blobPath(sha256: string): string {
  return join(root(), sha256.slice(0, 2), sha256);
}

/**
 * Keeps a stream of bytes. Nothing is left of one that breaks off.
 * @param declaredBytes what the sender said it would send, null where it did not.
 * @throws Problem
 */
export async function storeBlob(
  stream: ReadableStream<Uint8Array>,
  declaredBytes: number | null,
  kind: BlobKind = 'predictions',
): Promise<StoredBlob> {
  const { maxBytes } = BLOB_KINDS[kind];
  if (declaredBytes !== null && declaredBytes > maxBytes) throw tooLarge(kind);
  makeFolder(incoming());
  const draft = join(incoming(), randomUUID());
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await append(draft, stream, (chunk) => {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(kind);
      hash.update(chunk);
    });
    if (bytes === 0) throw new Problem('refused', 'The upload is empty.');
    if (declaredBytes !== null && bytes !== declaredBytes)
      throw new Problem(
        'refused',
        `Only ${bytes.toLocaleString('en')} of ${declaredBytes.toLocaleString('en')} bytes arrived. Upload the file again.`,
      );
    const stored = { sha256: hash.digest('hex'), bytes };
    await place(draft, stored);
    return stored;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

const partPath = (sha256: string) => join(incoming(), `${sha256}.part`);

/** How much of a file that is sent in parts is here; all of it where it is stored. */
export async function receivedBytes(sha256: string): Promise<number> {
  return (await findBlob(sha256))?.bytes ?? (await sizeOf(partPath(sha256))) ?? 0;
}

/**
 * Takes a part of a file that is sent in several, one behind the other. What came of one that breaks off stays, and the
 * sender goes on from there.
 * @param whole what the file is said to be.
 * @param offset of the part's first byte in it.
 * @returns how much is here now: the file is stored once that is all of it.
 * @throws Problem
 */
export async function storePart(
  whole: StoredBlob,
  kind: BlobKind,
  offset: number,
  stream: ReadableStream<Uint8Array>,
): Promise<number> {
  if (whole.bytes > BLOB_KINDS[kind].maxBytes) throw tooLarge(kind);
  makeFolder(incoming());
  const received = await receivedBytes(whole.sha256);
  if (offset !== received)
    throw new Problem(
      'conflict',
      `${received.toLocaleString('en')} bytes of the file are here, and the part begins at ${offset.toLocaleString('en')}: go on from ${received}.`,
    );
  if (received === whole.bytes && (await findBlob(whole.sha256)) !== null) return received;
  const part = partPath(whole.sha256);
  let bytes = received;
  await append(part, stream, (chunk) => {
    bytes += chunk.length;
    if (bytes > whole.bytes)
      throw new Problem(
        'refused',
        `More came than the ${whole.bytes.toLocaleString('en')} bytes that were announced.`,
      );
  });
  if (bytes < whole.bytes) return bytes;
  if ((await sha256Of(part)) !== whole.sha256) {
    await rm(part, { force: true });
    throw new Problem(
      'refused',
      'What arrived is not the file that was announced: its sha256 is another one. Nothing was kept; send it again.',
    );
  }
  await place(part, whole);
  return bytes;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** Of several servers one places or removes a file at a time, so that none is removed in the moment it comes anew. */
const lock = (tx: Db, sha256: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`blob ${sha256}`}, 0))`);

async function place(draft: string, { sha256, bytes }: StoredBlob): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await lock(tx, sha256);
    const path = blobPath(sha256);
    makeFolder(dirname(path));
    // What is there is what these bytes are, and runs are made of it: it is not touched.
    if ((await sizeOf(path)) === bytes) await rm(draft);
    else await rename(draft, path);
    await tx
      .insert(blob)
      .values({ sha256, bytes })
      .onConflictDoUpdate({ target: blob.sha256, set: { createdAt: sql`now()` } });
  });
}

/** Null where it is not kept here (any more). */
export async function findBlob(sha256: string): Promise<StoredBlob | null> {
  const db = await getDb();
  const [found] = await db.select().from(blob).where(eq(blob.sha256, sha256));
  if (found === undefined) return null;
  return (await sizeOf(blobPath(sha256))) === found.bytes ? { sha256, bytes: found.bytes } : null;
}

/** That nothing refers to it. Whatever comes to refer to blobs has its line here; its foreign key refuses what would be forgotten. */
const unused = (db: Db) =>
  and(
    notExists(db.select({ id: run.id }).from(run).where(eq(run.fileSha256, blob.sha256))),
    notExists(
      db
        .select({ path: checkpointFile.path })
        .from(checkpointFile)
        .where(eq(checkpointFile.sha256, blob.sha256)),
    ),
    notExists(db.select({ path: jobFile.path }).from(jobFile).where(eq(jobFile.sha256, blob.sha256))),
    notExists(
      db.select({ step: rolloutImage.step }).from(rolloutImage).where(eq(rolloutImage.sha256, blob.sha256)),
    ),
  );

/** Removes it unless something refers to it. */
export async function removeUnusedBlob(sha256: string): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await lock(tx, sha256);
    const removed = await tx
      .delete(blob)
      .where(and(eq(blob.sha256, sha256), unused(tx)))
      .returning();
    if (removed.length > 0) await rm(blobPath(sha256), { force: true });
  });
}

/** Removes what nothing refers to, and what nobody goes on sending, once that is so for a day; and what no row names. */
export async function tidyBlobs(now = Date.now()): Promise<void> {
  makeFolder(incoming());
  const before = new Date(now - UNUSED_FOR_MS);
  const db = await getDb();
  const found = await db
    .select({ sha256: blob.sha256 })
    .from(blob)
    .where(and(lt(blob.createdAt, before), unused(db)));
  for (const { sha256 } of found) await removeUnusedBlob(sha256);
  const orphans = await removeOrphans();
  let drafts = 0;
  for (const name of await readdir(incoming())) {
    const path = join(incoming(), name);
    // Another server may have placed or removed it meanwhile.
    const written = await stat(path).catch(() => null);
    if (written === null || written.mtime >= before) continue;
    await rm(path, { force: true });
    drafts += 1;
  }
  if (found.length + orphans + drafts > 0)
    log.info({ files: found.length, orphans, drafts }, 'removed files that nothing is made of');
}

/** Of files that no row names: whoever placed them was killed, or lost the database, before that was written down. */
async function removeOrphans(): Promise<number> {
  const db = await getDb();
  const places = await readdir(root());
  const names = (
    await Promise.all(places.filter(isPlace).map((place) => readdir(join(root(), place))))
  ).flat();
  // Read after the files are: what comes meanwhile is not looked at.
  const known = new Set((await db.select({ sha256: blob.sha256 }).from(blob)).map(({ sha256 }) => sha256));
  let removed = 0;
  for (const sha256 of names.filter((name) => !known.has(name)))
    await db.transaction(async (tx) => {
      await lock(tx, sha256);
      const rows = await tx.select({ sha256: blob.sha256 }).from(blob).where(eq(blob.sha256, sha256));
      if (rows.length > 0) return;
      await rm(blobPath(sha256), { force: true });
      removed++;
    });
  return removed;
}
const isPlace = (name: string) => /^[0-9a-f]{2}$/.test(name);
