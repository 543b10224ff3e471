import sharp from 'sharp';
import { z } from 'zod';
import { expectAccessible } from './accessible';
import { MODEL_KEY, MODEL_PORT, type Seen, STEADY_REPLY } from './model-server';
import { expect, type Page, test } from './test';
import { ADDRESS } from './world';

/** Models behind servers, through the production build: its streaming, its ends, and what it keeps to itself. */

const seen = async (): Promise<Seen> => (await fetch(`http://127.0.0.1:${MODEL_PORT}/seen`)).json();

const ask = (endpoint: string, signal: AbortSignal | null = null) =>
  fetch(`${ADDRESS}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
    body: JSON.stringify({
      endpoint,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'How many?' }] }],
    }),
    signal,
  });
const said = (events: string) =>
  [...events.matchAll(/"delta":("(?:[^"\\]|\\.)*")/g)].map(([, text = '""']) => JSON.parse(text)).join('');

test('a reply comes while it is written, through Next and its compression', async () => {
  const response = await ask('steady');
  expect(response.status).toBe(200);
  const decoder = new TextDecoder();
  let events = '';
  let reads = 0;
  for await (const chunk of response.body ?? []) {
    events += decoder.decode(chunk, { stream: true });
    reads += 1;
  }
  expect(said(events)).toBe(STEADY_REPLY);
  expect(events).toContain('"type":"data-figures"');
  expect(reads).toBeGreaterThan(5);
});

test('whoever leaves ends the reply at the model too', async () => {
  const leave = new AbortController();
  const response = await ask('endless', leave.signal);
  const reader = response.body?.getReader();
  await reader?.read();
  expect((await seen()).open).toBe(1);
  leave.abort();
  await expect.poll(async () => (await seen()).open).toBe(0);
});

test('a visitor who asks too often is told when to come again', async () => {
  for (const status of [200, 200, 429]) {
    const response = await ask('rare');
    expect(response.status).toBe(status);
    const text = await response.text();
    if (status === 429)
      expect(text).toMatch(/^Rare 3B was asked a lot in the last minute\. Try again in \d+ seconds?\.$/);
  }
});

test('nothing that the server says holds a key or an address of a model', async () => {
  const heard = [
    await fetch(`${ADDRESS}/api/trpc/chat.endpoints`),
    await ask('steady'),
    await ask('gone'),
    await ask('nobody'),
  ];
  const words = await Promise.all(
    heard.map(async (each) => JSON.stringify([...each.headers]) + (await each.text())),
  );
  expect(words[0]).toContain('Steady 7B');
  expect(words[2]).toContain('The server of Gone 3B does not answer.');
  for (const text of words) {
    expect(text).not.toContain(MODEL_KEY);
    expect(text).not.toContain(`127.0.0.1:${MODEL_PORT}`);
  }
});

/** The page, once its scene has come. */
async function open(page: Page): Promise<void> {
  await page.goto('/chat');
  await expect(page.getByRole('img', { name: /Ocean World/ })).toBeVisible();
}
/** One model behind a server as the one that answers. */
async function choose(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: / – change$|choose$/ }).click();
  await page.getByRole('button', { name: `Only ${label}` }).click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
}
async function put(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
}
const replyOf = (page: Page, label: string) => page.getByRole('article', { name: `${label}’s reply` }).last();
/** The picture of the last request, as it came to the model. */
async function sentPicture(): Promise<Buffer> {
  const [first] = z
    .tuple([z.object({ image_url: z.object({ url: z.string() }) })])
    .rest(z.unknown())
    .parse((await seen()).last?.messages.at(-1)?.content);
  return Buffer.from(first.image_url.url.split(',')[1] ?? '', 'base64');
}

test.describe('@phone', () => {
  test('a question about a scene is answered by a model behind the server', async ({ page }) => {
    const heard: Promise<string>[] = [];
    page.on('response', (response) => {
      heard.push(
        response.body().then(
          (body) => `${JSON.stringify(response.headers())}${body.toString('latin1')}`,
          () => '',
        ),
      );
    });
    await open(page);
    await choose(page, 'Steady 7B');
    await put(page, 'How many objects are there?');
    const reply = replyOf(page, 'Steady 7B');
    await expect(reply.getByText('12 tokens')).toBeVisible();
    await expect(reply.locator('.chat-answer')).toHaveText('2');
    await expect(reply.getByText('ocean-r1-7b-instruct')).toBeVisible();
    await expect(reply.getByText('One by one: two of them.')).toBeAttached();
    await expectAccessible(page);
    // 448 pixels a side are 16 times 28 already.
    expect(await sharp(await sentPicture()).metadata()).toMatchObject({ width: 448, height: 448 });
    const words = await Promise.all(heard);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((each) => each.includes(MODEL_KEY) || each.includes(String(MODEL_PORT)))).toEqual([]);
  });
});

test('a follow-up brings the whole conversation, and the picture once', async ({ page }) => {
  await open(page);
  await choose(page, 'Steady 7B');
  await put(page, 'How many objects are there?');
  await expect(replyOf(page, 'Steady 7B').getByText('12 tokens')).toBeVisible();
  await put(page, 'Are you sure?');
  await expect(page.getByRole('article', { name: 'Steady 7B’s reply' })).toHaveCount(2);
  await expect(replyOf(page, 'Steady 7B').getByText('12 tokens')).toBeVisible();
  const messages = (await seen()).last?.messages ?? [];
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(messages[1]?.content).toBe(STEADY_REPLY);
  expect(JSON.stringify(messages).match(/"image_url":/g)).toHaveLength(1);
});

test('what came stays when the reply breaks off, and a retry brings the rest', async ({ page }) => {
  await open(page);
  await choose(page, 'Breaking 3B');
  await put(page, 'How many objects are there?');
  const reply = replyOf(page, 'Breaking 3B');
  await expect(reply.getByRole('alert')).toHaveText(
    'The server of Breaking 3B ended in the middle of the reply. What came is above; try again.',
  );
  await expect(reply.getByText('One by one:')).toBeAttached();
  await reply.getByRole('button', { name: 'Retry from Breaking 3B' }).click();
  await expect(reply.locator('.chat-answer')).toHaveText('2');
  await expect(reply.getByRole('alert')).toHaveCount(0);
});

test('a server that is gone is told, and the page goes on with another', async ({ page }) => {
  await open(page);
  await choose(page, 'Gone 3B');
  await put(page, 'How many objects are there?');
  await expect(replyOf(page, 'Gone 3B').getByRole('alert')).toHaveText(
    'The server of Gone 3B does not answer. Try again later.',
  );
  await choose(page, 'Steady 7B');
  await put(page, 'How many objects are there?');
  await expect(replyOf(page, 'Steady 7B').locator('.chat-answer')).toHaveText('2');
});

test('what a model writes in Markdown is laid out, and what could do harm is text', async ({ page }) => {
  await open(page);
  await choose(page, 'Writer 3B');
  await put(page, 'How many objects are there?');
  const reply = replyOf(page, 'Writer 3B');
  const table = reply.getByRole('table');
  await expect(table.getByRole('columnheader')).toHaveText(['kind', 'count']);
  await expect(table.getByRole('row').last()).toHaveText('sphere2');
  await expect(reply.locator('.chat-thinking li')).toHaveCount(2);
  await expect(reply.locator('.chat-thinking em')).toHaveText('cube');
  await expect(reply.locator('.chat-thinking .katex').first()).toBeVisible();
  const links = reply.locator('.chat-answer').getByRole('link');
  await expect(links).toHaveCount(1);
  await expect(links).toHaveAttribute('href', 'https://example.org/rules');
  await expect(links).toHaveAttribute('rel', /noopener noreferrer nofollow/);
  await expect(reply.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
  await expect(reply.locator('img')).toHaveCount(0);
  await expectAccessible(page);
});

test('stopping keeps what came, and ends it at the model', async ({ page }) => {
  await open(page);
  await choose(page, 'Endless 3B');
  await put(page, 'How many objects are there?');
  const reply = replyOf(page, 'Endless 3B');
  await expect(reply.getByText('and on and on').first()).toBeVisible();
  expect((await seen()).open).toBe(1);
  await reply.getByRole('button', { name: 'Stop Endless 3B' }).click();
  await expect(reply.getByText('Stopped before its end.')).toBeVisible();
  await expect(reply.getByText('and on and on').first()).toBeVisible();
  await expect.poll(async () => (await seen()).open).toBe(0);
});

test('a question that is asked before a scene has come is not lost to it', async ({ page }) => {
  // The worker that paints scenes hears of each only after the reply.
  await page.addInitScript(`
    const { postMessage } = Worker.prototype;
    const held = [];
    Worker.prototype.postMessage = function (...sent) {
      held.push([this, sent]);
    };
    // Hands on what was held. Its promise is kept once a scene has come and the page has been drawn with it.
    window.letScenesCome = async () => {
      Worker.prototype.postMessage = postMessage;
      const [[worker]] = held;
      const come = new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
      for (const [each, sent] of held) postMessage.apply(each, sent);
      await come;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    };
  `);
  await page.goto('/chat');
  await choose(page, 'Steady 7B');
  await put(page, 'What can you do?');
  await expect(replyOf(page, 'Steady 7B').locator('.chat-answer')).toHaveText('2');
  await page.evaluate('letScenesCome()');
  await expect(page.getByRole('heading', { name: 'What can you do?' })).toBeVisible();
});
