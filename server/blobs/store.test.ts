import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { blob, checkpoint, checkpointFile, type Database, model, openDatabase, setDatabase } from '../db';
import { blobPath, findBlob, receivedBytes, removeUnusedBlob, storeBlob, storePart, tidyBlobs } from '.';

const { folder, disk } = vi.hoisted(() => {
  const folder = `${process.env.TMPDIR ?? '/tmp'}/ocean-blobs-${process.pid}-${Date.now()}`;
  Object.assign(process.env, { OCEAN_DATA_DIR: folder, LOG_LEVEL: 'silent', DATABASE_URL: '' });
  return { folder, disk: { takesAtOnce: Number.POSITIVE_INFINITY, room: Number.POSITIVE_INFINITY } };
});

// As the system writes: less than it is given where it likes, and nothing more where there is no room.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>): Promise<FileHandle> {
      const file = await real.open(...args);
      const write = file.write.bind(file);
      return Object.assign(file, {
        write(chunk: Uint8Array, at = 0) {
          if (disk.room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
          const taken = Math.min(chunk.length - at, disk.takesAtOnce, disk.room);
          disk.room -= taken;
          return write(chunk, at, taken);
        },
      });
    },
  };
});

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: undefined, dataDir: folder });
  setDatabase(database);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  disk.takesAtOnce = Number.POSITIVE_INFINITY;
  disk.room = Number.POSITIVE_INFINITY;
});

const bytes = (seed: number) => Uint8Array.from({ length: 10_000 }, (_, at) => (at * seed) % 251);
const store = (content: Uint8Array<ArrayBuffer>) => storeBlob(new Blob([content]).stream(), content.length);
const drafts = () => readdirSync(join(folder, 'blobs', 'incoming'));

test('a data folder that is new is tidy', async () => {
  await expect(tidyBlobs()).resolves.toBeUndefined();
});

test('a file is whole where the system takes it piece by piece', async () => {
  disk.takesAtOnce = 777;
  const { sha256 } = await store(bytes(3));
  expect(readFileSync(blobPath(sha256))).toEqual(Buffer.from(bytes(3)));
  expect(await findBlob(sha256)).toEqual({ sha256, bytes: 10_000 });
});

test('nothing is kept where the disk fills up, and the sender is told', async () => {
  disk.room = 4_000;
  await expect(store(bytes(5))).rejects.toMatchObject({ kind: 'no-room', status: 507 });
  expect(drafts()).toEqual([]);
  disk.room = Number.POSITIVE_INFINITY;
  const { sha256 } = await store(bytes(5));
  expect(statSync(blobPath(sha256)).size).toBe(10_000);
});

test('the same bytes again leave the stored file as it is, on a full disk too', async () => {
  const { sha256 } = await store(bytes(7));
  const before = statSync(blobPath(sha256));
  await store(bytes(7));
  expect(statSync(blobPath(sha256)).ino).toBe(before.ino);
  disk.room = 100;
  await expect(store(bytes(7))).rejects.toMatchObject({ kind: 'no-room' });
  expect(readFileSync(blobPath(sha256))).toEqual(Buffer.from(bytes(7)));
});

test('a stored file that was cut is not there, and is replaced by the same bytes', async () => {
  const { sha256 } = await store(bytes(11));
  writeFileSync(blobPath(sha256), bytes(11).subarray(0, 10));
  expect(await findBlob(sha256)).toBeNull();
  await store(bytes(11));
  expect(await findBlob(sha256)).toEqual({ sha256, bytes: 10_000 });
});

/** What breaks off after the bytes that it has. */
const breaking = (content: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      if (content.length === 0) controller.error(new Error('reset'));
      else controller.enqueue(content);
      content = content.subarray(content.length);
    },
  });
const whole = (content: Uint8Array) => ({
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
});
const part = (content: Uint8Array<ArrayBuffer>) => new Blob([content]).stream();

test('a file that is sent in parts goes on where a connection broke', async () => {
  const content = bytes(13);
  const file = whole(content);
  expect(await receivedBytes(file.sha256)).toBe(0);
  await expect(storePart(file, 'checkpoint', 0, breaking(content.subarray(0, 3_000)))).rejects.toThrow(
    'reset',
  );
  expect(await receivedBytes(file.sha256)).toBe(3_000);
  expect(await findBlob(file.sha256)).toBeNull();
  await expect(storePart(file, 'checkpoint', 0, part(content))).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining('go on from 3000'),
  });
  expect(await storePart(file, 'checkpoint', 3_000, part(content.slice(3_000, 7_000)))).toBe(7_000);
  expect(await storePart(file, 'checkpoint', 7_000, part(content.slice(7_000)))).toBe(10_000);
  expect(readFileSync(blobPath(file.sha256))).toEqual(Buffer.from(content));
  expect(await findBlob(file.sha256)).toEqual(file);
  // Sent again, it is there.
  expect(await receivedBytes(file.sha256)).toBe(10_000);
  expect(await storePart(file, 'checkpoint', 10_000, part(content.slice(0, 0)))).toBe(10_000);
});

test('an empty part puts in its place what had come whole when the server was killed', async () => {
  const content = bytes(37);
  const file = whole(content);
  await storePart(file, 'checkpoint', 0, part(content.slice(0, 9_000)));
  appendFileSync(join(folder, 'blobs', 'incoming', `${file.sha256}.part`), content.subarray(9_000));
  expect(await findBlob(file.sha256)).toBeNull();
  expect(await storePart(file, 'checkpoint', 10_000, part(content.slice(0, 0)))).toBe(10_000);
  expect(await findBlob(file.sha256)).toEqual(file);
});

test('a part goes on where the disk was full', async () => {
  const content = bytes(17);
  const file = whole(content);
  disk.room = 2_500;
  await expect(storePart(file, 'checkpoint', 0, part(content))).rejects.toMatchObject({ kind: 'no-room' });
  expect(await receivedBytes(file.sha256)).toBe(2_500);
  disk.room = Number.POSITIVE_INFINITY;
  expect(await storePart(file, 'checkpoint', 2_500, part(content.slice(2_500)))).toBe(10_000);
});

test('what is not the file that was announced is not kept', async () => {
  const file = whole(bytes(19));
  await expect(storePart(file, 'checkpoint', 0, part(bytes(20)))).rejects.toThrow(
    'its sha256 is another one',
  );
  expect(await receivedBytes(file.sha256)).toBe(0);
  await expect(storePart({ ...file, bytes: 5_000 }, 'checkpoint', 0, part(bytes(19)))).rejects.toThrow(
    'More came than the 5,000 bytes',
  );
});

test('each kind of file has its own limit', async () => {
  const file = { sha256: '0'.repeat(64), bytes: 600 * 1024 ** 2 };
  await expect(storePart(file, 'predictions', 0, part(bytes(1)))).rejects.toThrow('larger than the 512 MiB');
  await expect(
    storePart({ ...file, bytes: 21 * 1024 ** 3 }, 'checkpoint', 0, part(bytes(1))),
  ).rejects.toThrow('larger than the 20,480 MiB');
});

test('what nothing refers to goes after a day, and nothing else does', async () => {
  const { db } = database;
  const kept = await store(bytes(23));
  const gone = await store(bytes(29));
  const half = whole(bytes(31));
  await storePart(half, 'checkpoint', 0, part(bytes(31).slice(0, 100)));
  await db.insert(model).values({ slug: 'm', name: 'M', family: 'tests', openWeights: true });
  await db.insert(checkpoint).values({ id: 'c', modelSlug: 'm' });
  await db.insert(checkpointFile).values({ checkpointId: 'c', path: 'model.onnx', sha256: kept.sha256 });

  await removeUnusedBlob(kept.sha256);
  await tidyBlobs();
  expect(await findBlob(gone.sha256)).toEqual(gone);
  expect(await receivedBytes(half.sha256)).toBe(100);
  await tidyBlobs(Date.now() + 25 * 60 * 60 * 1_000);
  expect(await findBlob(kept.sha256)).toEqual(kept);
  expect(await findBlob(gone.sha256)).toBeNull();
  expect(await receivedBytes(half.sha256)).toBe(0);
  expect(await db.select({ sha256: blob.sha256 }).from(blob)).toEqual([{ sha256: kept.sha256 }]);

  // A checkpoint goes with its model, and its files with it.
  await db.delete(checkpoint);
  await removeUnusedBlob(kept.sha256);
  expect(await findBlob(kept.sha256)).toBeNull();
});

test('a file that was placed and not written down goes, and no other', async () => {
  const { db } = database;
  const kept = await store(bytes(41));
  const orphan = await store(bytes(43));
  await db.delete(blob).where(eq(blob.sha256, orphan.sha256));
  await tidyBlobs();
  expect(existsSync(blobPath(orphan.sha256))).toBe(false);
  expect(await findBlob(kept.sha256)).toEqual(kept);
});
