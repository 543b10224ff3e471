import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Database, openDatabase, setDatabase } from '../db';
import { blobPath, findBlob, storeBlob } from '.';

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
