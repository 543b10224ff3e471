import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const TOKEN = 'correct-horse-battery-staple';

/** The environment is read once a process, so each test loads the module afresh. */
async function authWith(token: string) {
  vi.resetModules();
  vi.stubEnv('OCEAN_HOSTS', 'ocean.example');
  vi.stubEnv('OCEAN_TOKEN', token);
  return import('./index');
}

beforeEach(() => vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const role = (auth: Awaited<ReturnType<typeof authWith>>, headers: Record<string, string>) =>
  auth.principalOf(new Headers(headers)).role;

describe('a bearer token', () => {
  it('makes a writer when it is the token', async () => {
    const auth = await authWith(TOKEN);
    expect(role(auth, { authorization: `Bearer ${TOKEN}` })).toBe('writer');
    expect(role(auth, { authorization: `bearer  ${TOKEN}` })).toBe('writer');
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN}x`,
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${'x'.repeat(100_000)}`,
  ])('makes a visitor otherwise: %.40s', async (authorization) => {
    expect(role(await authWith(TOKEN), { authorization })).toBe('visitor');
  });

  it('is not rescued by a good session when it is wrong', async () => {
    const auth = await authWith(TOKEN);
    const cookie = `${auth.SESSION_COOKIE}=${auth.newSession()}`;
    expect(role(auth, { cookie, authorization: 'Bearer wrong' })).toBe('visitor');
  });
});

describe('isWriteToken', () => {
  it('answers false for every other length, and never throws', async () => {
    const { isWriteToken } = await authWith(TOKEN);
    for (let length = 0; length <= 200; length++) expect(isWriteToken('c'.repeat(length))).toBe(false);
    expect(isWriteToken('🐟'.repeat(10_000))).toBe(false);
    expect(isWriteToken(`${TOKEN}\0`)).toBe(false);
    expect(isWriteToken(TOKEN)).toBe(true);
  });
});

describe('a session cookie', () => {
  it('makes a writer, among other cookies too', async () => {
    const auth = await authWith(TOKEN);
    const pair = `${auth.SESSION_COOKIE}=${auth.newSession()}`;
    expect(role(auth, { cookie: pair })).toBe('writer');
    expect(role(auth, { cookie: `a=1; ${pair};b=%` })).toBe('writer');
  });

  it('does not hold the token', async () => {
    expect((await authWith(TOKEN)).newSession()).not.toContain(TOKEN);
  });

  it.each([
    '%',
    '%E0%A4%A',
    '.',
    '',
    '9999999999.',
    '.abc',
    '9999999999.AAAA',
    TOKEN,
    '\u00ff',
    'x'.repeat(8_000),
  ])('makes a visitor when it is not ours: %.40s', async (value) => {
    const auth = await authWith(TOKEN);
    expect(role(auth, { cookie: `${auth.SESSION_COOKIE}=${value}` })).toBe('visitor');
  });

  it('cannot be lengthened by its holder', async () => {
    const auth = await authWith(TOKEN);
    const [ends, id, signed] = auth.newSession().split('.');
    const lengthened = `${Number(ends) + 1}.${id}.${signed}`;
    expect(role(auth, { cookie: `${auth.SESSION_COOKIE}=${lengthened}` })).toBe('visitor');
  });

  it('ends after 30 days', async () => {
    const auth = await authWith(TOKEN);
    const cookie = `${auth.SESSION_COOKIE}=${auth.newSession()}`;
    vi.advanceTimersByTime((auth.SESSION_SECONDS - 1) * 1_000);
    expect(role(auth, { cookie })).toBe('writer');
    vi.advanceTimersByTime(2_000);
    expect(role(auth, { cookie })).toBe('visitor');
  });

  it('ends when the token is changed', async () => {
    const before = await authWith(TOKEN);
    const cookie = `${before.SESSION_COOKIE}=${before.newSession()}`;
    expect(role(await authWith('another-token-altogether'), { cookie })).toBe('visitor');
  });

  it('does not write for a page of another origin', async () => {
    const auth = await authWith(TOKEN);
    const cookie = `${auth.SESSION_COOKIE}=${auth.newSession()}`;
    const host = 'ocean.example';
    expect(role(auth, { cookie, host, origin: 'https://ocean.example' })).toBe('writer');
    expect(role(auth, { cookie, host, origin: 'https://evil.example' })).toBe('visitor');
    expect(role(auth, { cookie, host, origin: 'null' })).toBe('visitor');
    expect(role(auth, { cookie, host, origin: 'https://ocean.example:8443' })).toBe('visitor');
    expect(role(auth, { cookie, host, 'sec-fetch-site': 'cross-site' })).toBe('visitor');
    expect(role(auth, { cookie, host, 'sec-fetch-site': 'none' })).toBe('writer');
  });

  it('believes the browser about the origin where it says, as the host is another behind a proxy', async () => {
    const auth = await authWith(TOKEN);
    const cookie = `${auth.SESSION_COOKIE}=${auth.newSession()}`;
    const behind = { cookie, host: '127.0.0.1:3000', origin: 'https://ocean.example' };
    expect(role(auth, { ...behind, 'sec-fetch-site': 'same-origin' })).toBe('writer');
    expect(role(auth, { ...behind, 'sec-fetch-site': 'same-site' })).toBe('visitor');
    expect(role(auth, { ...behind, 'sec-fetch-site': 'cross-site' })).toBe('visitor');
  });
});

describe('a name that somebody pointed at this machine', () => {
  it('is no origin of ours, though the browser says that it is one', async () => {
    const auth = await authWith(TOKEN);
    const from = (host: string) =>
      auth.isSameOrigin(new Headers({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }));
    expect(from('rebound.example')).toBe(false);
    for (const ours of [
      'ocean.example',
      'ocean.example:3000',
      'localhost:3000',
      '127.0.0.1:3000',
      '[::1]:3000',
    ])
      expect(from(ours)).toBe(true);
  });

  it('is nothing to a terminal, which sends no cookie by itself', async () => {
    const auth = await authWith(TOKEN);
    expect(role(auth, { host: 'rebound.example', authorization: `Bearer ${TOKEN}` })).toBe('writer');
  });
});

describe('a server without a token', () => {
  it('has no writer at all', async () => {
    const auth = await authWith('');
    expect(auth.writingEnabled()).toBe(false);
    expect(role(auth, {})).toBe('visitor');
    expect(role(auth, { authorization: 'Bearer undefined' })).toBe('visitor');
    expect(role(auth, { cookie: `${auth.SESSION_COOKIE}=${auth.newSession()}` })).toBe('visitor');
    expect(auth.isWriteToken('')).toBe(false);
  });
});
