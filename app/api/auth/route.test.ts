import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newProcess } from '@/server/process-wide';

const TOKEN = 'correct-horse-battery-staple';
const jar = { set: vi.fn() };
vi.mock('next/headers', () => ({ cookies: async () => jar }));

let route: typeof import('./route');
beforeEach(async () => {
  newProcess();
  vi.resetModules();
  vi.stubEnv('OCEAN_TOKEN', TOKEN);
  vi.stubEnv('OCEAN_HOSTS', 'ocean.example');
  jar.set.mockReset();
  route = await import('./route');
});

function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return route.POST(
    new Request('http://localhost/api/auth', {
      method: 'POST',
      body,
      headers: { host: 'localhost', 'content-length': String(body.length), ...headers },
    }),
  );
}
const withToken = (token: string, headers?: Record<string, string>) =>
  post(JSON.stringify({ token }), headers);

describe('POST /api/auth', () => {
  it('gives a cookie that scripts cannot read for the right token', async () => {
    const response = await withToken(` ${TOKEN}\n`, { origin: 'http://localhost' });
    expect(response.status).toBe(204);
    expect(jar.set).toHaveBeenCalledWith(
      'ocean_session',
      expect.stringMatching(/^\d+\.[\w-]{12}\.[\w-]{43}$/),
      {
        httpOnly: true,
        sameSite: 'strict',
        path: '/',
        secure: false,
        maxAge: 2_592_000,
      },
    );
  });

  it('makes the cookie secure when the browser speaks https, behind a proxy too', async () => {
    await withToken(TOKEN, {
      host: 'ocean.example',
      origin: 'https://ocean.example',
      'sec-fetch-site': 'same-origin',
    });
    expect(jar.set).toHaveBeenCalledWith(
      expect.anything(),
      expect.anything(),
      expect.objectContaining({ secure: true }),
    );
  });

  it.each([
    ['a wrong token', '{"token":"wrong"}', {}, 401],
    ['a page of another origin', `{"token":"${TOKEN}"}`, { origin: 'https://evil.example' }, 403],
    ['no JSON', 'token', {}, 400],
    ['no token', '{}', {}, 400],
    ['a token that is no text', '{"token":["x"]}', {}, 400],
    ['a long body', `{"token":"${'x'.repeat(5_000)}"}`, {}, 413],
  ])('refuses %s with a sentence', async (_what, body, headers, status) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\.$/) });
    expect(jar.set).not.toHaveBeenCalled();
  });

  it('stops listening after five wrong tokens, even sent at once, and says for how long', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => (await withToken('wrong')).status),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    const response = await withToken(TOKEN);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('says that writing is off where there is no token', async () => {
    vi.resetModules();
    vi.stubEnv('OCEAN_TOKEN', '');
    route = await import('./route');
    const response = await withToken(TOKEN);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: expect.stringContaining('OCEAN_TOKEN') });
  });
});

describe('DELETE /api/auth', () => {
  const remove = (origin: string) =>
    route.DELETE(
      new Request('http://localhost/api/auth', { method: 'DELETE', headers: { host: 'localhost', origin } }),
    );

  it('clears the cookie, for our own pages only', async () => {
    expect((await remove('https://evil.example')).status).toBe(403);
    expect(jar.set).not.toHaveBeenCalled();
    expect((await remove('http://localhost')).status).toBe(204);
    expect(jar.set).toHaveBeenCalledWith('ocean_session', '', expect.objectContaining({ maxAge: 0 }));
  });
});
