import { expect, test } from '@playwright/test';
import { MODEL_KEY, MODEL_PORT, type Seen, STEADY_REPLY } from './model-server';
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
