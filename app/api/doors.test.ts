import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import type { Conversation } from '@/lib/chat/conversation';
import { MAX_SHARE_BYTES } from '@/lib/chat/share';
import { MAX_FILE_BYTES } from '@/lib/predictions/limits';
import { install } from '@/server/benchmarks';
import { type Database, openDatabase, setDatabase } from '@/server/db';
import { seed } from '@/server/evals';
import { createContext } from '@/server/trpc/init';
import { appRouter, createCaller } from '@/server/trpc/router';
import { HEAD as askPart, PATCH as sendPart } from './blobs/[hash]/route';
import { POST as upload } from './blobs/route';
import { GET as sharedPicture } from './chat/pictures/[share]/[picture]/route';
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

describe('the door for uploads in parts', () => {
  const content = 'a file in parts';
  const sha256 = createHash('sha256').update(content).digest('hex');
  const context = { params: Promise.resolve({ hash: sha256 }) };
  const url = (query: string) => `http://localhost/api/blobs/${sha256}${query}`;
  const send = (
    body: string,
    offset: number,
    headers: Record<string, string> = writer,
    query = '?bytes=15',
  ) =>
    sendPart(
      new Request(url(query), {
        method: 'PATCH',
        body,
        headers: { ...headers, 'upload-offset': String(offset) },
      }),
      context,
    );
  const ask = (headers: Record<string, string> = writer) =>
    askPart(new Request(url(''), { method: 'HEAD', headers }), context);

  test('opens to the writer only, and not for a page of another site', async () => {
    expect((await ask({})).status).toBe(401);
    expect((await send('a', 0, {})).status).toBe(401);
    expect((await send('a', 0, { ...writer, origin: 'https://evil.example' })).status).toBe(403);
  });

  test('takes one behind the other, and says how much is here', async () => {
    expect((await ask()).headers.get('upload-offset')).toBe('0');
    const first = await send('a file ', 0);
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '7']);
    expect((await ask()).headers.get('upload-offset')).toBe('7');
    const wrong = await send('a file ', 0);
    expect(wrong.status).toBe(409);
    expect((await wrong.json()).error).toContain('go on from 7');
    expect((await send('in parts', 7)).headers.get('upload-offset')).toBe('15');
    expect(existsSync(join(folder, 'blobs', sha256.slice(0, 2), sha256))).toBe(true);
    expect(incoming()).toEqual([]);
  });

  test.each([
    ['no length', '', 'bytes: how many bytes the file has'],
    ['an unknown kind', '?bytes=15&kind=anything', 'kind'],
  ])('refuses %s with a sentence', async (_, query, sentence) => {
    const response = await send('a', 0, writer, query);
    expect(response.status).toBe(400);
    expect((await response.json()).error).toContain(sentence);
  });
});

describe('the door for tRPC', () => {
  const call = (path: string, headers: Record<string, string>, input: unknown = {}) => {
    const body = JSON.stringify({ json: input });
    return mutate(
      new Request(`http://localhost/api/trpc/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          ...headers,
        },
        body,
      }),
    );
  };
  /** By name: the router keeps its procedures flat, whatever its type says. */
  const procedures: [string, unknown][] = Object.entries(appRouter._def.procedures);
  const kind = z.object({ _def: z.object({ type: z.string() }) });
  const isMutation = (procedure: unknown) =>
    typeof procedure === 'function' && kind.parse(Object.assign({}, procedure))._def.type === 'mutation';
  const mutations = procedures.filter(([, procedure]) => isMutation(procedure)).map(([path]) => path);
  /** What a visitor may write without the token. */
  const OPEN = ['share.create', 'share.revoke'];
  const writes = mutations.filter((path) => !OPEN.includes(path));

  test('has writes to guard', () => {
    expect(writes.length).toBeGreaterThanOrEqual(5);
    expect(mutations).toEqual(expect.arrayContaining(OPEN));
  });

  test.each(OPEN)('%s: heard from a visitor, refused to a page of another site', async (path) => {
    const heard = await call(path, {});
    expect(heard.status).toBe(400);
    const { message, data } = (await heard.json()).error.json;
    expect(message).toMatch(/^What was sent is not taken: \w+: .+\.$/);
    expect(data.issues.fieldErrors).toBeTypeOf('object');
    expect((await call(path, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await call(path, { ...writer, origin: 'https://evil.example' })).status).toBe(403);
  });

  test.each([['none'], [String(MAX_SHARE_BYTES + 1)]])('begins no body of %s bytes', async (length) => {
    const headers = length === 'none' ? {} : { 'content-length': length };
    const request = new Request('http://localhost/api/trpc/share.create', {
      method: 'POST',
      body: '{}',
      headers,
    });
    expect((await mutate(request)).status).toBe(413);
    expect(request.bodyUsed).toBe(false);
  });

  test('reads no list of a million turns', async () => {
    const body = `{"json":{"conversation":{"turns":[${'{},'.repeat(1_000_000)}{}]}}}`;
    const request = new Request('http://localhost/api/trpc/share.create', {
      method: 'POST',
      body,
      headers: { 'content-length': String(body.length), 'content-type': 'application/json' },
    });
    expect((await mutate(request)).status).toBe(413);
  });

  test.each([
    ['a sign that is none', 'runs.get', { id: 'x\0' }],
    ['half of a pair', 'runs.samples', { id: 'x', filter: { text: '\ud800' }, offset: 0, limit: 10 }],
    ['a place that no list has', 'runs.scorable', { id: 'x', scorer: 's', after: 2 ** 53 - 1 }],
  ])('refuses %s as what it is', async (_what, path, input) => {
    const said = encodeURIComponent(JSON.stringify({ json: input }));
    const response = await query(new Request(`http://localhost/api/trpc/${path}?input=${said}`));
    expect(response.status).toBe(400);
  });

  test.each(['constructor', '__proto__'])('keeps nothing under the name %s', async (name) => {
    const response = await call('submissions.create', writer, JSON.parse(`{"generation":{"${name}":"x"}}`));
    expect(response.status).toBe(400);
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

describe('a share link, from its making to its end', () => {
  const png =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
  const conversation: Conversation = {
    format: 'ocean-r1/conversation',
    version: 1,
    id: 'conversation-1',
    title: 'What is it?',
    createdAt: '2026-11-24T12:00:00.000Z',
    updatedAt: '2026-11-24T12:00:01.000Z',
    models: [],
    pictures: [{ id: 'picture-1', url: png, width: 1, height: 1, scene: null }],
    turns: [],
    currentId: null,
  };
  const visitor = (headers: Record<string, string> = {}) => createCaller(createContext(new Headers(headers)));
  const picture = (share: string, id: string) =>
    sharedPicture(new Request('http://localhost/'), { params: Promise.resolve({ share, picture: id }) });

  test('a visitor makes it, all read it, its secret ends it', async () => {
    const { id, secret } = await visitor().share.create({ conversation });
    const shared = await visitor().share.get({ id });
    expect(shared.conversation.pictures[0]?.url).toBe(`/api/chat/pictures/${id}/picture-1`);
    const shown = await picture(id, 'picture-1');
    expect(shown.status).toBe(200);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    });
    expect(Buffer.from(await shown.arrayBuffer()).toString('latin1', 1, 4)).toBe('PNG');
    expect((await picture(id, 'picture-2')).status).toBe(404);
    await expect(visitor().share.revoke({ id, secret: 'x'.repeat(32) })).rejects.toThrow('not its secret');
    await visitor().share.revoke({ id, secret });
    await expect(visitor().share.get({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await picture(id, 'picture-1')).status).toBe(404);
  });

  test('the writer ends it without', async () => {
    const { id } = await visitor().share.create({ conversation });
    await visitor(writer).share.revoke({ id, secret: null });
    await expect(visitor().share.get({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the door for health', () => {
  test('says version and database, and 503 when that does not answer', async () => {
    const up = await health();
    expect(up.status).toBe(200);
    expect(await up.json()).toMatchObject({ status: 'up', database: { driver: 'pglite' } });
    const broken = Promise.reject(new Error('gone'));
    broken.catch(() => {});
    setDatabase(broken);
    const down = await health();
    expect(down.status).toBe(503);
    expect(await down.json()).toMatchObject({ status: 'down' });
    setDatabase(database);
  });
});
