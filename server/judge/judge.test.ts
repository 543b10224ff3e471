import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { judgeAnswer } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { judging, spaced } from './ask';
import { complete, JudgeFailed, type JudgeModel, JudgeRefused } from './completion';

/** A real server that answers as each test tells it to. */
let answer: (response: ServerResponse, body: string, asked: number) => void;
let asked: { headers: IncomingMessage['headers']; path: string; body: string }[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked.push({ headers: request.headers, path: request.url ?? '', body });
  answer(response, body, asked.length);
});
let judge: JudgeModel;
const limits = { attemptMs: 300, attempts: 3, pauseMs: 5 };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  judge = { url: `http://127.0.0.1:${port}/v1`, model: 'little', key: 'secret' };
});
afterEach(() => {
  asked = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const say = (response: ServerResponse, body: unknown, status = 200, headers = {}) => {
  response.writeHead(status, headers);
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const completion = (content: string) => ({
  choices: [{ message: { role: 'assistant', content } }],
  usage: { prompt_tokens: 20, completion_tokens: 4 },
});
const ask = (signal = new AbortController().signal) => complete(judge, 'How many?', 128, signal, limits);

describe('one question', () => {
  test('is asked as an OpenAI-compatible API takes it', async () => {
    answer = (response) => say(response, completion('ANSWER: 3'));
    expect(await ask()).toEqual({ text: 'ANSWER: 3', inputTokens: 20, outputTokens: 4 });
    expect(asked[0]).toMatchObject({ path: '/v1/chat/completions' });
    expect(asked[0]?.headers.authorization).toBe('Bearer secret');
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      model: 'little',
      messages: [{ role: 'user', content: 'How many?' }],
      temperature: 0,
      max_tokens: 128,
      n: 1,
    });
  });

  test.each([
    ['status 500', (response: ServerResponse) => say(response, 'oops', 500)],
    ['status 429', (response: ServerResponse) => say(response, 'slow down', 429, { 'retry-after': '0' })],
    ['not a chat completion', (response: ServerResponse) => say(response, 'no JSON')],
    ['not a chat completion', (response: ServerResponse) => say(response, { choices: [] })],
    [
      'not a chat completion',
      (response: ServerResponse) => say(response, { choices: [{ message: { content: 3 } }] }),
    ],
    ['far too long', (response: ServerResponse) => say(response, completion('x'.repeat(300_000)))],
    ['no answer within 0.3 s', () => undefined],
    ['redirect', (response: ServerResponse) => say(response, '', 302, { location: 'http://127.0.0.1:9/' })],
    ['fetch failed', (response: ServerResponse) => response.destroy()],
  ])('is asked again, then given up, where it gets: %s', async (why, wrong) => {
    answer = wrong;
    const failure = await ask().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(JudgeFailed);
    expect(String(failure)).toMatch(why === 'redirect' ? /redirect|fetch failed/ : why);
    expect(asked).toHaveLength(3);
    // And a later attempt may do better.
    answer = (response, _, count) => (count < 5 ? wrong(response) : say(response, completion('ANSWER: 4')));
    expect(await ask()).toMatchObject({ text: 'ANSWER: 4' });
  });

  test('a silent judge is given up, whatever is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    answer = () => undefined;
    const collecting = setInterval(collect, 20);
    const failure = await ask().catch((error: unknown) => error);
    clearInterval(collecting);
    expect(String(failure)).toMatch('no answer within 0.3 s');
  });

  test('a server that is not there is a failure, not a crash', async () => {
    const nobody = { ...judge, url: 'http://127.0.0.1:9/v1' };
    await expect(complete(nobody, 'x', 1, new AbortController().signal, limits)).rejects.toBeInstanceOf(
      JudgeFailed,
    );
  });

  test.each([400, 401, 403, 404])('status %i ends it at once, and names the variables', async (status) => {
    answer = (response) => say(response, 'no', status);
    await expect(ask()).rejects.toThrow(/OCEAN_JUDGE_KEY/);
    await expect(ask()).rejects.toBeInstanceOf(JudgeRefused);
    expect(asked).toHaveLength(2);
  });

  test('it can be cancelled while the judge is silent', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    await expect(ask(stop.signal)).rejects.toThrow(/abort/i);
    expect(asked).toHaveLength(1);
  });
});

test('calls begin evenly, no more in a minute than may', () => {
  const waitOf = spaced(600);
  // Asked for at once: each a tenth of a second after the one before.
  expect([0, 0, 0, 0].map((now) => waitOf(now))).toEqual([0, 100, 200, 300]);
  expect(waitOf(350)).toBe(50);
  // After a rest there is no debt, and no credit.
  expect(waitOf(10_000)).toBe(0);
  expect(waitOf(10_000)).toBe(100);
});

describe.each(DRIVERS)('many questions, on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });
  const begin = () => judging(judge, 100_000, new AbortController().signal, { ...limits, attemptMs: 30_000 });

  test.skipIf(skip)('the same question is asked once, by whoever asks', async () => {
    answer = (response) => say(response, completion('ANSWER: \0 3 \ud800'));
    const first = begin();
    expect(await first.ask('a', 128)).toBe('ANSWER: \ufffd 3 \ufffd');
    expect(await first.ask('a', 128)).toBe('ANSWER: \ufffd 3 \ufffd');
    const second = begin();
    expect(await second.ask('a', 128)).toBe('ANSWER: \ufffd 3 \ufffd');
    await second.ask('b', 128);
    await second.ask('a', 64);
    expect(asked).toHaveLength(3);
    expect(first.counts()).toEqual({ calls: 1, cached: 1, failed: 0, inputTokens: 20, outputTokens: 4 });
    expect(second.counts()).toMatchObject({ calls: 2, cached: 1 });
    expect(await database.db.$count(judgeAnswer)).toBe(3);
  });

  test.skipIf(skip)('a few are under way at a time', async () => {
    let most = 0;
    let asked = 0;
    let open: ServerResponse[] = [];
    answer = (response) => {
      open.push(response);
      asked += 1;
      // All that may be under way wait for one another: were they fewer, none would ever be answered.
      if (open.length < 8 && asked < 40) return;
      setImmediate(() => {
        most = Math.max(most, open.length);
        for (const each of open) say(each, completion('ANSWER: 1'));
        open = [];
      });
    };
    const all = begin();
    await all.each(
      Array.from({ length: 40 }, (_, i) => `many ${i}`),
      async (question) => void (await all.ask(question, 8)),
    );
    expect(all.counts().calls).toBe(40);
    expect(most).toBe(8);
  });

  test.skipIf(skip)(
    'one question without an answer does not stop the others; a judge that is gone does',
    async () => {
      answer = (response, body) =>
        body.includes('bad') ? say(response, 'oops', 500) : say(response, completion('ANSWER: 1'));
      const some = begin();
      expect(await some.ask('bad', 8)).toBeNull();
      expect(await some.ask('good', 8)).toBe('ANSWER: 1');
      expect(some.counts()).toMatchObject({ calls: 1, failed: 1 });
      const gone = begin();
      const questions = Array.from({ length: 100 }, (_, i) => `bad ${i}`);
      await expect(
        gone.each(questions, async (question) => void (await gone.ask(question, 8))),
      ).rejects.toThrow(/left 20 questions in a row without an answer/);
      expect(gone.counts().failed).toBeLessThan(30);
    },
  );
});
