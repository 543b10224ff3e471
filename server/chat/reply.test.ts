import type { IncomingMessage, ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { UIMessageChunk } from 'ai';
import sharp from 'sharp';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { type ChatRequest, chatRequest, replyFigures } from '@/lib/chat/chat-request';
import { Problem } from '../problem';
import { endpoints } from './models';
import { reply } from './reply';

const KEY = 'sk-of-these-tests-1234567890';

/** A real server that answers as each test tells it to. */
const stub = await vi.hoisted(async () => {
  const { createServer } = await import('node:http');
  const stub = {
    answer: (_response: ServerResponse): unknown => undefined,
    asked: [] as { path: string; headers: IncomingMessage['headers']; body: string }[],
    closed: 0,
    server: createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      stub.asked.push({ path: request.url ?? '', headers: request.headers, body });
      response.on('close', () => {
        stub.closed += 1;
      });
      stub.answer(response);
    }),
  };
  await new Promise<void>((resolve) => stub.server.listen(0, '127.0.0.1', resolve));
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
  const portOf = (server: typeof nobody) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const [port, deadPort] = [portOf(stub.server), portOf(nobody)];
  await new Promise((closed) => nobody.close(closed));
  const common = {
    url: `http://127.0.0.1:${port}/v1/`,
    model: 'org/seven',
    perVisitor: 1_000,
    perMinute: 1_000,
  };
  process.env.LOG_LEVEL = 'silent';
  process.env.OCEAN_CHAT_MODELS = JSON.stringify([
    {
      ...common,
      id: 'seven',
      label: 'Seven',
      key: 'sk-of-these-tests-1234567890',
      checkpoint: 'ocean-r1-7b',
    },
    {
      ...common,
      id: 'nano',
      label: 'Nano',
      stage: 'stage1',
      pictures: { multiple: 16, minPixels: 16_384, maxPixels: 16_384 },
    },
    { ...common, id: 'gone', label: 'Gone', url: `http://127.0.0.1:${deadPort}/v1` },
    { ...common, id: 'rare', label: 'Rare', perVisitor: 2, perMinute: 3 },
  ]);
  return stub;
});

afterEach(() => {
  stub.asked = [];
  stub.closed = 0;
});
afterAll(() => {
  stub.server.closeAllConnections();
  stub.server.close();
});

const LIMITS = { firstMs: 300, silentMs: 300, totalMs: 1_000, bytes: 100_000 };
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (delta: object, finish_reason: string | null = null) =>
  event({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
const usage = event({ choices: [], usage: { prompt_tokens: 70, completion_tokens: 2, total_tokens: 72 } });
const END = 'data: [DONE]\n\n';
const begin = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
const say = (...events: string[]) => {
  stub.answer = (response) => begin(response).end(events.join(''));
};

const question = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  ...chatRequest.parse({
    endpoint: 'seven',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'How many?' }] }],
  }),
  ...more,
});
const asking = (
  request: ChatRequest,
  { signal = new AbortController().signal, address = 'a', limits = LIMITS } = {},
) => reply(request, { principal: { role: 'visitor' }, address, requestId: 'r', signal }, limits);

async function read(stream: ReadableStream<UIMessageChunk>) {
  const chunks: UIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const text = chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');
  const [figures] = chunks.flatMap((chunk) =>
    chunk.type === 'data-figures' && 'data' in chunk ? [replyFigures.parse(chunk.data)] : [],
  );
  const error = chunks.find((chunk) => chunk.type === 'error')?.errorText ?? null;
  return { chunks, text, figures, error };
}
const ask = async (more: Partial<ChatRequest> = {}) => read(await asking(question(more)));

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 20, b: 20 } } });
const dataUrl = (bytes: Buffer, type = 'image/png') => `data:${type};base64,${bytes.toString('base64')}`;
const withPicture = (url: string, endpoint = 'seven') =>
  question({
    endpoint,
    messages: [
      {
        role: 'user',
        parts: [
          { type: 'file', mediaType: 'image/png', url },
          { type: 'text', text: 'How many?' },
        ],
      },
    ],
  });
const sent = (): { messages: { role: string; content: string | { image_url?: { url: string } }[] }[] } =>
  JSON.parse(stub.asked.at(-1)?.body ?? '');
async function sentPicture() {
  const content = sent().messages[0]?.content;
  const url = typeof content === 'object' ? (content[0]?.image_url?.url ?? '') : '';
  const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  return { type: url.slice(0, url.indexOf(';')), bytes, ...(await sharp(bytes).metadata()) };
}

test('the page learns which models there are, and nothing of where and by which key', () => {
  expect(endpoints()[0]).toEqual({
    id: 'seven',
    label: 'Seven',
    stage: null,
    checkpoint: 'ocean-r1-7b',
    pictures: { multiple: 28, minPixels: 3_136, maxPixels: 1_003_520 },
  });
  expect(JSON.stringify(endpoints())).not.toMatch(/127\.0\.0\.1|sk-|org\/seven/);
});

test('a reply streams, then its figures come', async () => {
  say(
    delta({ role: 'assistant', content: '' }),
    delta({ content: '<answer>' }),
    delta({ content: '3</answer>' }),
    delta({}, 'stop'),
    usage,
    END,
  );
  const { text, figures, error, chunks } = await ask({
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Think.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'How many?' }] },
      { role: 'assistant', parts: [{ type: 'text', text: '<answer>2</answer>' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Sure?' }] },
    ],
    sampling: { temperature: 0.5, topP: 0.9, seed: 7, maxNewTokens: 50 },
  });
  expect(text).toBe('<answer>3</answer>');
  expect(error).toBeNull();
  expect(figures).toMatchObject({ why: 'stop', promptTokens: 70, tokens: 2 });
  expect(chunks.at(-1)).toEqual({ type: 'finish' });
  expect(stub.asked[0]).toMatchObject({
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${KEY}` },
  });
  expect(JSON.parse(stub.asked[0]?.body ?? '')).toEqual({
    model: 'org/seven',
    messages: [
      { role: 'system', content: 'Think.' },
      { role: 'user', content: 'How many?' },
      { role: 'assistant', content: '<answer>2</answer>' },
      { role: 'user', content: 'Sure?' },
    ],
    temperature: 0.5,
    top_p: 0.9,
    seed: 7,
    max_tokens: 50,
    stream: true,
    stream_options: { include_usage: true },
  });
});

test('a text comes as it is written, not at the end', async () => {
  let more: () => void = () => {};
  stub.answer = (response) => {
    begin(response).write(delta({ content: 'one' }));
    more = () => response.end(delta({ content: ' two' }, 'stop') + END);
  };
  const reader = (await asking(question())).getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value?.type === 'text-delta') break;
  }
  more();
  let rest = '';
  for (let next = await reader.read(); !next.done; next = await reader.read())
    if (next.value.type === 'text-delta') rest += next.value.delta;
  expect(rest).toBe(' two');
});

test('what a server sends as reasoning is within <think>', async () => {
  say(
    delta({ reasoning_content: 'One, ' }),
    delta({ reasoning_content: 'two.' }),
    delta({ content: '<answer>2</answer>' }),
    delta({}, 'stop'),
    END,
  );
  expect(await ask()).toMatchObject({
    text: '<think>One, two.</think>\n<answer>2</answer>',
    figures: { why: 'stop', promptTokens: null, tokens: null },
  });
});

test('a reply that was ended by its length is told from one that ended', async () => {
  say(delta({ content: 'and so' }, 'length'), usage, END);
  expect(await ask()).toMatchObject({ text: 'and so', error: null, figures: { why: 'length' } });
});

test.each<[string, (response: ServerResponse) => unknown, string, RegExp]>([
  ['never answers', () => undefined, '', /gave no answer within 0.3 s/],
  ['falls silent', (r) => begin(r).write(delta({ content: 'So' })), 'So', /fell silent in the middle/],
  [
    'talks for ever',
    (r) => {
      begin(r);
      const talking = setInterval(() => r.write(delta({ content: 'x' })), 50);
      r.on('close', () => clearInterval(talking));
    },
    'x',
    /took longer than 1 s/,
  ],
  [
    'sends comments for ever',
    (r) => {
      begin(r);
      const talking = setInterval(() => r.write(': still here\n\n'), 50);
      r.on('close', () => clearInterval(talking));
    },
    '',
    /took longer than 1 s/,
  ],
  [
    'sends far too much',
    (r) => begin(r).end(delta({ content: 'y'.repeat(200_000) })),
    '',
    /far more than a reply/,
  ],
  [
    'breaks off',
    (r) => begin(r).write(delta({ content: 'So' }), () => r.socket?.destroySoon()),
    'So',
    /ended in the middle of the reply. What came is above/,
  ],
  ['ends without an end', (r) => begin(r).end(delta({ content: 'So' })), 'So', /ended in the middle/],
  ['hangs up', (r) => r.destroy(), '', /does not answer/],
  ['says nothing', (r) => begin(r).end(), '', /ended in the middle/],
  [
    'sends no events',
    (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>'),
    '',
    /ended in the/,
  ],
  [
    'sends broken JSON',
    (r) => begin(r).end('data: {"choices": [\n\n'),
    '',
    /sent something that is no reply/,
  ],
  [
    'sends other JSON',
    (r) => begin(r).end(event({ choices: 'none' })),
    '',
    /sent something that is no reply/,
  ],
  [
    'fails in the middle, in words with its key',
    (r) => begin(r).end(delta({ content: 'So' }) + event({ error: { message: `out of memory for ${KEY}` } })),
    'So',
    /ended in the middle/,
  ],
  ['redirects', (r) => r.writeHead(307, { location: `http://127.0.0.1:9/${KEY}` }).end(), '', /redirect/],
  ['refuses the key, and repeats it', (r) => refuse(r, 401), '', /refuses \(status 401\)/],
  ['has no such model', (r) => refuse(r, 404), '', /refuses \(status 404\)/],
  ['takes no such prompt', (r) => refuse(r, 400), '', /too long for the model/],
  ['is busy', (r) => refuse(r, 429), '', /busy/],
  ['fails', (r) => r.writeHead(500).end('<html>'), '', /failed \(status 500\)/],
])(
  'a server that %s: what came stays, and a sentence says what was wrong',
  async (_, answer, text, sentence) => {
    stub.answer = answer;
    const got = await ask();
    expect(got.error).toMatch(/^The server of Seven .*\.$/);
    expect(got.error).toMatch(sentence);
    expect(got.text.replace(/x+$/, 'x')).toBe(text);
    expect(got.figures).toBeUndefined();
    expect(JSON.stringify(got.chunks)).not.toContain(KEY);
    expect(stub.asked).toHaveLength(1);
    await vi.waitFor(() => expect(stub.closed).toBe(1));
  },
);
const refuse = (response: ServerResponse, status: number) =>
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}`, type: 'x', code: 'y' } }));

test('a server that is not there is a sentence', async () => {
  expect((await ask({ endpoint: 'gone' })).error).toBe(
    'The server of Gone does not answer. Try again later.',
  );
});

test('a silent server is given up, whatever is collected meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  stub.answer = () => undefined;
  const collecting = setInterval(collect, 20);
  const { error } = await ask();
  clearInterval(collecting);
  expect(error).toMatch('gave no answer within 0.3 s');
});

test('stopping ends the connection to the model', async () => {
  stub.answer = (response) => begin(response).write(delta({ content: 'So' }));
  const stop = new AbortController();
  const reading = read(
    await asking(question(), {
      signal: stop.signal,
      limits: { ...LIMITS, silentMs: 30_000, totalMs: 60_000 },
    }),
  );
  await vi.waitFor(() => expect(stub.asked).toHaveLength(1));
  stop.abort();
  expect((await reading).error).toBeNull();
  await vi.waitFor(() => expect(stub.closed).toBe(1));
});

test('a visitor has a share, and all have one together', async () => {
  say(delta({ content: '2' }, 'stop'), END);
  const from = (address: string) => asking(question({ endpoint: 'rare' }), { address }).then(read);
  expect((await from('a')).text).toBe('2');
  expect((await from('a')).text).toBe('2');
  await expect(from('a')).rejects.toThrow(
    /^Rare was asked a lot in the last minute. Try again in \d+ seconds.$/,
  );
  expect((await from('b')).text).toBe('2');
  await expect(from('c')).rejects.toMatchObject({ kind: 'too-many' });
  expect(stub.asked).toHaveLength(3);
});

test('no model of that name', async () => {
  await expect(ask({ endpoint: 'other' })).rejects.toEqual(
    new Problem('not-found', 'This server has no model "other".'),
  );
});

test.each([
  [640, 480, 'seven', 644, 476],
  [30, 30, 'seven', 56, 56],
  [4_000, 3_000, 'seven', 1_148, 840],
  [300, 200, 'nano', 144, 96],
])(
  'a picture of %i x %i comes to %s at the size that its processor leaves as it is',
  async (w, h, id, width, height) => {
    say(delta({ content: '2' }, 'stop'), END);
    await read(await asking(withPicture(dataUrl(await picture(w, h).png().toBuffer()), id)));
    expect(await sentPicture()).toMatchObject({ type: 'data:image/png', format: 'png', width, height });
  },
);

test('nothing of a photo goes on but its pixels, upright', async () => {
  say(delta({ content: '2' }, 'stop'), END);
  const bytes = await picture(560, 280)
    .withExif({ IFD0: { ImageDescription: 'where I live' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect(bytes.toString('latin1')).toContain('Exif');
  await read(await asking(withPicture(dataUrl(bytes, 'image/jpeg'))));
  const got = await sentPicture();
  expect(got).toMatchObject({ format: 'jpeg', width: 280, height: 560 });
  expect(got.exif).toBeUndefined();
  expect(got.bytes.toString('latin1')).not.toContain('where I live');
});

test('what is transparent is white', async () => {
  say(delta({ content: '2' }, 'stop'), END);
  const clear = await sharp({ create: { width: 56, height: 56, channels: 4, background: '#00000000' } })
    .png()
    .toBuffer();
  await read(await asking(withPicture(dataUrl(clear))));
  const { data, info } = await sharp((await sentPicture()).bytes)
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  expect(Math.min(...data)).toBe(255);
});

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>',
);
const png = await picture(3_000, 20).png().toBuffer();
test.each([
  ['an SVG', svg, /not a PNG, JPEG or WebP/],
  [
    'an SVG that says it is a PNG',
    Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), svg]),
    /could not be read/,
  ],
  ['a HEIC', Buffer.from('0000001866747970686569630000000068656963', 'hex'), /not a PNG, JPEG or WebP/],
  ['no bytes', Buffer.alloc(0), /not a PNG, JPEG or WebP/],
  ['a PNG that was cut off', png.subarray(0, 70), /could not be read/],
  ['a PNG of 17 million pixels', await picture(4_200, 4_200).png().toBuffer(), /more than 16 million pixels/],
  ['a line of a picture', await picture(5_000, 20).png().toBuffer(), /more than 200 times as long as wide/],
])('%s is refused, and no model asked', async (_, bytes, sentence) => {
  const failure = await asking(withPicture(dataUrl(bytes))).catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: 'refused', message: expect.stringMatching(sentence) });
  expect(stub.asked).toEqual([]);
});
