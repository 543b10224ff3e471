import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultyServer, memoryCache, serveFiles } from '@/e2e/faulty-server';
import { FileStore, type RemoteFile } from './file-store';

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) % 251);
const NEVER = new AbortController().signal;
const ignore = () => {};
// Comparing element by element takes seconds.
const isContent = (bytes: Uint8Array) => Buffer.compare(bytes, CONTENT) === 0;

let server: FaultyServer;
let file: RemoteFile;
let cache: Cache;
let store: FileStore;
let waits: number[];
beforeEach(async () => {
  server = await serveFiles((path) => (path === 'model.onnx' ? CONTENT : null));
  const sha256 = createHash('sha256').update(CONTENT).digest('hex');
  file = {
    model: 'nano',
    path: 'onnx/model.onnx',
    url: `${server.address}model.onnx`,
    bytes: CONTENT.length,
    sha256,
  };
  cache = memoryCache();
  waits = [];
  store = new FileStore(cache, async (ms) => void waits.push(ms));
});
afterEach(() => server.close());

const fail = (fault: Parameters<FaultyServer['faults']['set']>[1]) => server.faults.set('model.onnx', fault);

test('a file is fetched once, told as it comes, and kept', async () => {
  const told: number[] = [];
  expect(isContent(await store.read(file, (loaded) => told.push(loaded), NEVER))).toBe(true);
  expect(told.at(-1)).toBe(CONTENT.length);
  expect(await store.has(file)).toBe(true);
  expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
  expect(server.asked).toHaveLength(1);
  expect(await store.kept()).toEqual([{ modelId: 'nano', bytes: CONTENT.length }]);
  await store.clear();
  expect(await store.kept()).toEqual([]);
});

test('equal files of two models are kept once', async () => {
  await store.read(file, ignore, NEVER);
  await store.read({ ...file, model: 'other', url: `${server.address}other/model.onnx` }, ignore, NEVER);
  expect(server.asked).toHaveLength(1);
});

test('earlier versions of a model are forgotten', async () => {
  await store.read(file, ignore, NEVER);
  const newer = { ...file, sha256: null };
  await store.read(newer, ignore, NEVER);
  store.keepOnly('another', []);
  expect(await store.has(file)).toBe(true);
  store.keepOnly('nano', [newer]);
  expect(await store.has(file)).toBe(false);
  expect(await store.has(newer)).toBe(true);
});

test('without a store of the browser everything is fetched each time', async () => {
  store = new FileStore(null);
  await store.read(file, ignore, NEVER);
  expect(await store.has(file)).toBe(false);
  expect(await store.kept()).toEqual([]);
  expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
});

test('a file is used while it is written to the disk, and what goes wrong there is told to whoever asks next', async () => {
  let fail: (reason: Error) => void = () => {};
  cache.put = () =>
    new Promise((_, reject) => {
      fail = reject;
    });
  expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
  fail(new Error('the disk is broken'));
  await expect(store.has(file)).rejects.toThrow('the disk is broken');
});

test('a full disk is no fault', async () => {
  cache.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
});

test('what lies damaged on the disk is fetched again', async () => {
  await store.read(file, ignore, NEVER);
  const [key] = await cache.keys();
  if (key) await cache.put(key, new Response(CONTENT.slice(1)));
  expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
  expect(server.asked).toHaveLength(2);
});

describe('a download that breaks', () => {
  test('goes on where it ended', async () => {
    fail([
      (_, response, content) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.slice(0, 100_000), () => response.destroy());
      },
    ]);
    expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
    expect(server.asked[1]).toMatch(/^GET model.onnx bytes=[1-9]\d*-$/);
    expect(waits).toEqual([500]);
  });

  test('begins anew with a server that cannot go on', async () => {
    fail([
      (_, response, content) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.slice(0, 100_000), () => response.destroy());
      },
      (_, response, content) => response.writeHead(200).end(content),
    ]);
    expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
  });

  test('that comes damaged is thrown away and fetched again', async () => {
    fail([(_, response, content) => response.writeHead(200).end(content.map((byte) => byte ^ 1))]);
    expect(isContent(await store.read(file, ignore, NEVER))).toBe(true);
    expect(server.asked).toEqual(['GET model.onnx', 'GET model.onnx']);
  });

  test('that is damaged every time is told by its name and hashes, and not kept', async () => {
    fail(
      Array.from(
        { length: 4 },
        () => (_, response, content) => response.writeHead(200).end(content.map((byte) => byte ^ 1)),
      ),
    );
    await expect(store.read(file, ignore, NEVER)).rejects.toMatchObject({
      kind: 'download',
      message: expect.stringMatching(
        /^onnx\/model.onnx of nano could not be fetched: it is damaged \(its SHA-256 is [0-9a-f]{64} in place of/,
      ),
    });
    expect(await store.has(file)).toBe(false);
  });

  test('that fails every time is given up after four attempts, each after a longer wait', async () => {
    fail(Array.from({ length: 9 }, () => (_, response) => response.writeHead(503).end()));
    await expect(store.read(file, ignore, NEVER)).rejects.toThrow(
      /onnx\/model.onnx of nano .*the server answered 503/,
    );
    expect(server.asked).toHaveLength(4);
    expect(waits).toEqual([500, 1000, 2000]);
  });

  test('of a file that is not there is not tried again', async () => {
    const lost = { ...file, path: 'lost.onnx', url: `${server.address}lost.onnx` };
    await expect(store.read(lost, ignore, NEVER)).rejects.toMatchObject({
      kind: 'download',
      message: expect.stringContaining('lost.onnx of nano is not on the server'),
    });
    expect(server.asked).toHaveLength(1);
  });

  test('ends at once when it is cancelled', async () => {
    fail([(_, response) => response.writeHead(200).write('a')]);
    const cancel = new AbortController();
    const reading = store.read(file, () => cancel.abort(new Error('enough')), cancel.signal);
    await expect(reading).rejects.toThrow('enough');
    expect(server.asked).toHaveLength(1);
  });
});
