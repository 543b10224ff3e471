import { once } from 'node:events';
import { request as ask, createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { newProcess } from '../process-wide';
import { published } from '../published';
import { type Handler, keptPages } from './kept-pages';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
  newProcess();
});

async function serving(handle: Handler): Promise<(path: string, headers?: object) => Promise<Answer>> {
  server = createServer(keptPages(handle));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return (path, headers = {}) =>
    new Promise((resolve, reject) => {
      ask({ host: '127.0.0.1', port, path, headers: { ...headers } }, async (response) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        const body = response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.toString() });
      })
        .on('error', reject)
        .end();
    });
}
interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A page as Next makes one, with its nonce in two places, and the count of how often it was made. */
function page() {
  const made = { count: 0 };
  const handle: Handler = async (_request, response) => {
    const nonce = btoa(crypto.randomUUID());
    made.count++;
    await new Promise((resolve) => setImmediate(resolve));
    response.setHeader('content-security-policy', `script-src 'nonce-${nonce}' 'strict-dynamic'`);
    // As Next and its compression do.
    response.setHeader('link', `</a.css>; rel=preload; nonce="${nonce}"`);
    response.writeHead(200, { 'content-type': 'text/html' });
    response.write(`<p>${made.count} é <script nonce="${nonce}">`);
    response.end(`</script><script nonce="${nonce}"></script>`);
  };
  return { made, handle };
}
const nonces = ({ body, headers }: Answer) => [
  String(headers['content-security-policy']).match(/'nonce-(.+?)'/)?.[1],
  String(headers.link).match(/nonce="(.+?)"/)?.[1],
  ...[...body.matchAll(/nonce="(.+?)"/g)].map(([, each]) => each),
];

it('makes a page once for all who ask, each with a nonce of its own', async () => {
  const { made, handle } = page();
  const get = await serving(handle);
  const answers = await Promise.all([get('/'), get('/'), get('/', { 'accept-encoding': 'gzip' })]);
  answers.push(await get('/'));
  expect(made.count).toBe(1);
  for (const answer of answers) {
    expect(answer.body).toContain('<p>1 é ');
    expect(new Set(nonces(answer)).size).toBe(1);
    expect(nonces(answer)).toHaveLength(4);
  }
  expect(new Set(answers.map((answer) => nonces(answer)[0])).size).toBe(4);
});

it('makes it anew when something was published, and for whoever may see more', async () => {
  const { made, handle } = page();
  const get = await serving(handle);
  await get('/runs/a');
  await get('/runs/a', { cookie: 'ocean_session=x' });
  await get('/runs/a', { authorization: 'Bearer x' });
  await get('/runs/a', { rsc: '1' });
  expect(made.count).toBe(4);
  published().version++;
  expect((await get('/runs/a')).body).toContain('<p>5 ');
  expect((await get('/runs/a')).body).toContain('<p>5 ');
  expect((await get('/submit')).body).toContain('<p>6 ');
});

it('does not keep what was made while something was published', async () => {
  const { made, handle } = page();
  const get = await serving(async (request, response) => {
    await handle(request, response);
    if (made.count === 1) published().version++;
  });
  await get('/');
  await get('/');
  expect(made.count).toBe(2);
});

it('keeps no page that is missing, or failed', async () => {
  let count = 0;
  const get = await serving(async (_request, response) => {
    count++;
    response.writeHead(count === 1 ? 404 : 500).end(`no ${count}`);
  });
  expect(await get('/runs/none')).toMatchObject({ status: 404, body: 'no 1' });
  expect(await get('/runs/none')).toMatchObject({ status: 500, body: 'no 2' });
});

it('lets those who wait go on when whoever asked first goes away', async () => {
  let count = 0;
  let begun = () => {};
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const get = await serving(async (_request, response) => {
    begun();
    // The first is never answered.
    if (++count > 1) response.end('here');
  });
  const { port } = server.address() as AddressInfo;
  const leaving = ask({ host: '127.0.0.1', port, path: '/' }).on('error', () => {});
  leaving.end();
  await first;
  const arrived = once(server, 'request');
  const waiting = get('/');
  await arrived;
  leaving.destroy();
  expect((await waiting).body).toBe('here');
});

it('lets a browser keep what is the same for everybody', async () => {
  const get = await serving(async (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"rows":[]}');
  });
  const path = '/api/trpc/leaderboard.board';
  const { headers, body } = await get(path, { 'accept-encoding': 'gzip' });
  expect(body).toBe('{"rows":[]}');
  expect(headers['cache-control']).toBe('public, max-age=0, must-revalidate');
  expect(await get(path, { 'if-none-match': headers.etag })).toMatchObject({ status: 304, body: '' });
});
