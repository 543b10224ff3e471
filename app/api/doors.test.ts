import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { MAX_FILE_BYTES } from '@/lib/predictions/limits';
import { install } from '@/server/benchmarks';
import { type Database, openDatabase, seed, setDatabase } from '@/server/db';
import { appRouter } from '@/server/trpc/router';
import { POST as upload } from './blobs/route';
import { GET as health } from './health/route';
import { GET as image } from './images/[benchmark]/[split]/[...path]/route';
import { POST as mutate, GET as query } from './trpc/[trpc]/route';

const { folder, TOKEN } = vi.hoisted(() => {
  const folder = `${process.env.TMPDIR ?? '/tmp'}/ocean-doors-${process.pid}-${Date.now()}`;
  const TOKEN = 'token-of-these-tests';
  Object.assign(process.env, {
    OCEAN_DATA_DIR: folder,
    OCEAN_TOKEN: TOKEN,
    LOG_LEVEL: 'silent',
    DATABASE_URL: '',
  });
  return { folder, TOKEN };
});

const writer = { authorization: `Bearer ${TOKEN}` };
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: undefined, dataDir: folder });
  setDatabase(database);
  await seed(database.db);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const incoming = () =>
  existsSync(join(folder, 'blobs/incoming')) ? readdirSync(join(folder, 'blobs/incoming')) : [];

function blobRequest(body: BodyInit, headers: Record<string, string> = writer): Request {
  return new Request('http://localhost/api/blobs', { method: 'POST', body, headers });
}

describe('the door for uploads', () => {
  test('keeps 50 MB under their sha256', async () => {
    const bytes = new Uint8Array(50_000_000).fill(7);
    const response = await upload(blobRequest(bytes, { ...writer, 'content-length': '50000000' }));
    expect(response.status).toBe(201);
    const stored: { sha256: string; bytes: number } = await response.json();
    expect(stored.bytes).toBe(50_000_000);
    expect(existsSync(join(folder, 'blobs', stored.sha256.slice(0, 2), stored.sha256))).toBe(true);
    expect(incoming()).toEqual([]);
  });

  test('opens to the writer only, and not for a page of another site', async () => {
    expect((await upload(blobRequest('x', {}))).status).toBe(401);
    expect((await upload(blobRequest('x', { authorization: 'Bearer wrong' }))).status).toBe(401);
    expect((await upload(blobRequest('x', { ...writer, origin: 'https://evil.example' }))).status).toBe(403);
  });

  test.each([
    ['cut off', 'abc', '10', 400, 'Only 3 of 10 bytes arrived'],
    ['empty', '', '0', 400, 'empty'],
    ['too large', 'abc', String(MAX_FILE_BYTES + 1), 413, 'larger than'],
  ])('refuses one that is %s, and keeps nothing', async (_, body, length, status, sentence) => {
    const response = await upload(blobRequest(body, { ...writer, 'content-length': length }));
    expect(response.status).toBe(status);
    expect((await response.json()).error).toContain(sentence);
    expect(incoming()).toEqual([]);
  });

  test('keeps nothing of a connection that breaks', async () => {
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(1_000));
      },
      pull(controller) {
        controller.error(new Error('reset'));
      },
    });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: broken,
      headers: writer,
      duplex: 'half',
    };
    const response = await upload(new Request('http://localhost/api/blobs', init));
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(incoming()).toEqual([]);
  });
});

describe('the door for tRPC', () => {
  const call = (path: string, headers: Record<string, string>, input: unknown = {}) =>
    mutate(
      new Request(`http://localhost/api/trpc/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ json: input }),
      }),
    );
  /** By name: the router keeps its procedures flat, whatever its type says. */
  const procedures: [string, unknown][] = Object.entries(appRouter._def.procedures);
  const kind = z.object({ _def: z.object({ type: z.string() }) });
  const isMutation = (procedure: unknown) =>
    typeof procedure === 'function' && kind.parse(Object.assign({}, procedure))._def.type === 'mutation';
  const writes = procedures.filter(([, procedure]) => isMutation(procedure)).map(([path]) => path);

  test('has writes to guard', () => {
    expect(writes.length).toBeGreaterThanOrEqual(5);
  });

  test.each(writes)(
    '%s: refused to a visitor and to a page of another site, heard from the writer',
    async (path) => {
      expect((await call(path, {})).status).toBe(401);
      expect((await call(path, { authorization: 'Bearer wrong' })).status).toBe(401);
      expect((await call(path, { ...writer, origin: 'https://evil.example' })).status).toBe(403);
      // An input that means nothing: it gets as far as being read.
      const heard = await call(path, writer);
      expect(heard.status).toBe(400);
      expect((await heard.json()).error.json.data.issues.fieldErrors).toBeTypeOf('object');
    },
  );

  test('says what a domain says, with its code, and nothing of what fails inside', async () => {
    const response = await call('submissions.publish', writer, { runId: 'none' });
    expect(response.status).toBe(404);
    expect((await response.json()).error.json.message).toBe('There is no run "none".');
  });

  test('answers no more than ten calls at once', async () => {
    const paths = Array.from({ length: 11 }, () => 'leaderboard.board').join(',');
    const response = await query(new Request(`http://localhost/api/trpc/${paths}?batch=1&input={}`));
    expect(response.status).toBe(400);
  });

  test('streams the progress of a run to the writer, with ids, until it is done', async () => {
    const input = encodeURIComponent(
      JSON.stringify({ json: { runId: 'reported-ocean-r1-3b-instruct-geoqa' } }),
    );
    const address = `http://localhost/api/trpc/submissions.progress?input=${input}`;
    const stream = await query(new Request(address, { headers: { accept: 'text/event-stream', ...writer } }));
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const text = await stream.text();
    expect(text).toMatch(/id: \d+/);
    expect(text).toContain('"state":"published"');
    const refused = await query(new Request(address, { headers: { accept: 'text/event-stream' } }));
    expect(refused.status === 401 || (await refused.text()).includes('UNAUTHORIZED')).toBe(true);
  });
});

describe('the door for images', () => {
  const get = (...path: string[]) =>
    image(new Request('http://localhost/'), {
      params: Promise.resolve({ benchmark: 'superclevr-200', split: 'test', path }),
    });

  test('shows raster images of the installed folder, and nothing else', async () => {
    const images = join(folder, 'pictures');
    mkdirSync(join(images, 'deep'), { recursive: true });
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    writeFileSync(join(images, 'deep', 'a b%.png'), png);
    writeFileSync(
      join(images, 'evil.png'),
      '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    );
    writeFileSync(join(folder, 'secret.png'), png);
    const annotations = join(folder, 'annotations.jsonl');
    const row = (index: number) =>
      JSON.stringify({ image_path: `${index}.png`, question: 'q', ground_truth: index });
    writeFileSync(annotations, Array.from({ length: 200 }, (_, index) => row(index)).join('\n'));
    await install(folder, BENCHMARKS['superclevr-200'], null, annotations, images);

    const shown = await get('deep', 'a b%25.png');
    expect(shown.status).toBe(200);
    expect(shown.headers.get('content-type')).toBe('image/png');
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(png);
    expect((await get('evil.png')).status).toBe(415);
    expect((await get('..', 'secret.png')).status).toBe(404);
    expect((await get('%2e%2e%2fsecret.png')).status).toBe(404);
    expect((await get('%', 'x')).status).toBe(404);
    expect((await get('none.png')).status).toBe(404);
  });
});

describe('the door for health', () => {
  test('says version and database, and 503 when that does not answer', async () => {
    const up = await health();
    expect(up.status).toBe(200);
    expect(await up.json()).toMatchObject({ status: 'up', database: { driver: 'pglite' } });
    const broken = Promise.reject(new Error('gone'));
    broken.catch(() => {});
    Object.assign(globalThis, { oceanDatabase: broken });
    const down = await health();
    expect(down.status).toBe(503);
    expect(await down.json()).toMatchObject({ status: 'down' });
    setDatabase(database);
  });
});
