import { createServer, type Server } from 'node:http';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_NEW_TOKENS, MAX_PICTURES, MAX_REQUEST_BYTES, MAX_TEXT } from '@/lib/chat/chat-request';
import { newProcess } from '@/server/process-wide';

const KEY = 'sk-of-these-tests-1234567890';

let asked = 0;
const server: Server = createServer((request, response) => {
  asked += 1;
  request.resume();
  if (request.headers.authorization !== `Bearer ${KEY}`) {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(
    `data: ${JSON.stringify({ choices: [{ delta: { content: 'three' }, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
  );
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
afterAll(() => server.close());

let route: typeof import('./route');
beforeEach(async () => {
  asked = 0;
  newProcess();
  vi.resetModules();
  vi.stubEnv('LOG_LEVEL', 'silent');
  vi.stubEnv(
    'OCEAN_CHAT_MODELS',
    JSON.stringify([
      {
        id: 'seven',
        label: 'Seven',
        url: `http://127.0.0.1:${port}/v1`,
        model: 'm',
        key: KEY,
        perVisitor: 2,
      },
    ]),
  );
  route = await import('./route');
});

const post = (body: string, headers: Record<string, string> = {}) =>
  route.POST(
    new Request('http://localhost/api/chat', {
      method: 'POST',
      body,
      headers: { host: 'localhost', ...headers },
    }),
  );
const text = (text: string) => ({ type: 'text', text });
const user = (...parts: object[]) => ({ id: 'x', role: 'user', parts });
const ask = (more: object = {}, headers?: Record<string, string>) =>
  post(
    JSON.stringify({ id: 'chat', endpoint: 'seven', messages: [user(text('How many?'))], ...more }),
    headers,
  );

describe('POST /api/chat', () => {
  test('streams the reply as the AI SDK reads it, without a word of address or key', async () => {
    const response = await ask({ trigger: 'submit-message' }, { origin: 'http://localhost' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toContain('no-transform');
    const body = await response.text();
    expect(body).toContain('"delta":"three"');
    expect(body).toContain('"type":"data-figures"');
    expect(body).toMatch(/data: \[DONE\]\n\n$/);
    expect(body + JSON.stringify([...response.headers])).not.toMatch(new RegExp(`${KEY}|${port}`));
  });

  test('takes messages as the page has them, with parts that are not for the model', async () => {
    const parts = [text('2'), { type: 'data-figures', data: { tokens: 2 } }, { type: 'step-start' }];
    const messages = [user(text('How many?')), { id: 'y', role: 'assistant', parts }, user(text('Sure?'))];
    expect((await ask({ messages })).status).toBe(200);
  });

  const pictures = Array.from({ length: MAX_PICTURES + 1 }, () => ({
    type: 'file',
    mediaType: 'image/png',
    url: 'data:image/png;base64,AAAA',
  }));
  test.each<[string, object, number, RegExp]>([
    ['no model', { endpoint: undefined }, 400, /endpoint/],
    ['a model that is not there', { endpoint: 'eight' }, 404, /no model "eight"/],
    ['no messages', { messages: [] }, 400, /messages/],
    ['another role', { messages: [{ role: 'tool', parts: [text('x')] }] }, 400, /messages\.0\.role/],
    ['nothing asked', { messages: [user({ type: 'step-start' })] }, 400, /must have a text or a picture/],
    [
      '100,000 characters',
      { messages: [user(text('x'.repeat(100_000)))] },
      400,
      /must have at most 40,000 characters/,
    ],
    [
      'a picture to fetch',
      { messages: [user({ ...pictures[0], url: 'http://10.0.0.1/x.png' })] },
      400,
      /parts\.0/,
    ],
    [
      'a file of this machine',
      { messages: [user({ ...pictures[0], url: 'file:///etc/passwd' })] },
      400,
      /parts\.0/,
    ],
    ['many pictures', { messages: [user(...pictures)] }, 400, /at most 8 pictures/],
    ['no picture', { messages: [user(...pictures.slice(0, 1))] }, 400, /not a PNG, JPEG or WebP/],
    [
      'a picture of the assistant',
      { messages: [{ role: 'assistant', parts: pictures.slice(0, 1) }] },
      400,
      /must not have pictures/,
    ],
    ['a reply without an end', { sampling: { maxNewTokens: MAX_NEW_TOKENS + 1 } }, 400, /sampling/],
  ])('refuses %s with a sentence, and asks no model', async (_, more, status, sentence) => {
    const response = await ask(more);
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(sentence);
    expect(asked).toBe(0);
  });

  test.each([
    ['no JSON', 'x', 400],
    ['a scrap of JSON', '{"messages":', 400],
    ['null', 'null', 400],
    ['a body without an end', 'x'.repeat(MAX_REQUEST_BYTES + 1), 413],
  ])('refuses %s', async (_, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  test('takes a long question', async () => {
    expect((await ask({ messages: [user(text('x'.repeat(MAX_TEXT)))] })).status).toBe(200);
  });

  test('asks nothing for a page of another site', async () => {
    expect((await ask({}, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask({}, { origin: 'http://localhost', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(asked).toBe(0);
  });

  test('gives each visitor a share, by the address that the door settled', async () => {
    const from = async (address: string) => (await ask({}, { 'x-forwarded-for': address })).status;
    expect([await from('10.0.0.1'), await from('10.0.0.1'), await from('10.0.0.1')]).toEqual([200, 200, 429]);
    expect(await from('10.0.0.2')).toBe(200);
  });
});
