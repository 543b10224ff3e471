import { EventEmitter, once } from 'node:events';
import {
  request as ask,
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { giveUpSlowBody } from './bodies';
import type { Handler } from './kept-pages';

const TOKEN = 'correct-horse-battery-staple';
let server: Server;
beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('OCEAN_TOKEN', TOKEN);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

async function listening(listener: RequestListener): Promise<number> {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Our door in front of a handler; gives what asks it. */
async function serving(handle: Handler) {
  const { door } = await import('./index');
  const port = await listening(door(handle));
  return (path: string, headers: IncomingHttpHeaders = {}, method = 'GET') =>
    new Promise<{ status: number; body: string; connection: string | undefined }>((resolve, reject) => {
      ask({ host: '127.0.0.1', port, path, headers, method, agent: false }, async (response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        const { connection } = response.headers;
        resolve({ status: response.statusCode ?? 0, body, connection });
      })
        .on('error', reject)
        .end();
    });
}
const echo: Handler = async ({ headers }, response) => {
  response.end(headers['x-forwarded-for']);
};

describe('a request', () => {
  it('is of the socket that it comes by, whatever it says', async () => {
    const get = await serving(echo);
    expect(await get('/x', { 'x-forwarded-for': '1.2.3.4' })).toMatchObject({ body: '127.0.0.1' });
  });

  it('is of whom a proxy names that the environment names', async () => {
    vi.stubEnv('OCEAN_TRUSTED_PROXY', '127.0.0.0/8');
    const get = await serving(echo);
    expect(await get('/x', { 'x-forwarded-for': '9.9.9.9, 1.2.3.4' })).toMatchObject({ body: '1.2.3.4' });
  });

  it.each(['/runs/%ff', '/runs/%00', '/runs/x?text=%00'])(
    'is refused with an address as %s',
    async (path) => {
      expect(await (await serving(echo))(path)).toMatchObject({ status: 400 });
    },
  );
});

it('listens to thirty wrong tokens a minute from one address, however that names itself', async () => {
  const get = await serving(echo);
  const guess = (n: number) =>
    get('/api/trpc/x', { authorization: `Bearer guess ${n}`, 'x-forwarded-for': `1.2.3.${n}` });
  for (let n = 0; n < 30; n++) expect((await guess(n)).status).toBe(200);
  expect((await guess(30)).status).toBe(429);
});

it('sends visitors away when many are here, each address for itself, and never whoever is signed in', async () => {
  vi.stubEnv('OCEAN_TRUSTED_PROXY', '127.0.0.1');
  const get = await serving(async ({ headers }, response) => {
    if (headers.authorization !== undefined) response.end('done');
  });
  /** What is let in is never answered here: resolves once so many of a hundred requests of an address were sent away. */
  const refused = (from: string, count: number) =>
    new Promise<void>((resolve) => {
      let seen = 0;
      for (let n = 0; n < 100; n++)
        get('/submit', { 'x-forwarded-for': from, accept: 'text/event-stream' }).then(
          ({ status }) => {
            seen += Number(status === 503);
            if (seen === count) resolve();
          },
          () => {},
        );
    });
  for (const each of ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4']) await refused(each, 84);
  await refused('5.5.5.5', 100);
  const another = { 'x-forwarded-for': '6.6.6.6' };
  expect(await get('/submit', another)).toMatchObject({ status: 503, connection: 'keep-alive' });
  const body = { ...another, 'content-length': '5' };
  expect(await get('/submit', body, 'POST')).toMatchObject({ status: 503, connection: 'close' });
  expect(await get('/submit', { authorization: `Bearer ${TOKEN}` })).toMatchObject({ status: 200 });
});

it('works on four visits at a time', async () => {
  // Nothing takes long.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const ends: (() => void)[] = [];
  const visits = new EventEmitter();
  const fourth = once(visits, '4');
  const fifth = once(visits, '5');
  const get = await serving(async ({ headers }, response) => {
    if (headers.authorization !== undefined) return void response.end();
    visits.emit(`${ends.push(() => response.end())}`);
  });
  const answers = Array.from({ length: 5 }, () => get('/submit'));
  await fourth;
  await get('/submit', { authorization: `Bearer ${TOKEN}` });
  expect(ends).toHaveLength(4);
  ends[0]?.();
  await fifth;
  for (const end of ends) end();
  await Promise.all(answers);
});

it('begins no body of a visitor that says no length, or is more than can be held', async () => {
  const get = await serving(echo);
  expect((await get('/api/trpc/x', { 'transfer-encoding': 'chunked' }, 'POST')).status).toBe(411);
  expect((await get('/api/trpc/x', { 'content-length': '70000000' }, 'POST')).status).toBe(503);
});

it('gives up a body that does not come, and no other', async () => {
  const port = await listening((request, response) => {
    giveUpSlowBody(request, 20);
    request.resume();
    request.on('end', () => response.end('whole'));
  });
  const slow = connect(port, '127.0.0.1');
  slow.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{');
  slow.on('error', () => {});
  await once(slow, 'close');
  const whole = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(1_000_000) });
  expect(await whole.text()).toBe('whole');
});
