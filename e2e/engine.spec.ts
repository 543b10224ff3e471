import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Language } from '../lib/vlm/language';
import { ask, openEngine } from './engine-page';
import { GREEDY, greedyReplies, MODELS, offeredModels, painted } from './models';
import { expect, test } from './test';

/** The in-browser engine on the models that visitors get, in Chromium: by our own kernels, and by onnxruntime's wasm. */

const models = offeredModels();
const first = models[0]?.id ?? '';
test.skip(models.length === 0, 'no model is exported into public/models');

function expectedTexts(id: string) {
  const json = (name: string) => JSON.parse(readFileSync(join(MODELS, id, name), 'utf8'));
  const language = new Language({
    tokenizer: json('tokenizer.json'),
    config: json('tokenizer_config.json'),
    template: null,
  });
  const { max_new_tokens, conversations } = greedyReplies(id);
  const sampling = { ...GREEDY, maxNewTokens: max_new_tokens };
  const known = conversations.map(({ messages, tokens }) => {
    const bytes = tokens.flatMap((token) => [...language.bytesOf(token)]);
    return {
      messages: painted(messages),
      tokens: tokens.length,
      text: new TextDecoder().decode(Uint8Array.from(bytes)),
    };
  });
  return { sampling, known };
}

for (const { id } of models) {
  test(`${id} gives PyTorch’s greedy tokens in the browser`, async ({ page }) => {
    test.setTimeout(300_000);
    await openEngine(page);
    const { sampling, known } = expectedTexts(id);
    const apart: unknown[] = [];
    // All hundred are held in Node (lib/vlm/parity.test.ts), by the same program.
    for (const { messages, text, tokens } of known.filter((_, at) => at % 3 === 0)) {
      const reply = await ask(page, id, messages, sampling);
      if (reply.text !== text || reply.tokens !== tokens) apart.push({ reply, text });
    }
    expect(apart).toEqual([]);
  });
}

test('from a folder of graphs onnxruntime gives the same', async ({ page }) => {
  await openEngine(page);
  const { sampling, known } = expectedTexts(first);
  const folder = `/models/${first}/`;
  const events = await page.evaluate(async (id) => {
    const events = [];
    for await (const event of globalThis.engine.load(id)) events.push(event);
    return events;
  }, folder);
  expect(events.at(-1)).toMatchObject({
    type: 'ready',
    engine: { provider: 'wasm', why: expect.stringContaining('WebGPU') },
  });
  for (const { messages, text } of known.slice(0, 10))
    expect((await ask(page, folder, messages, sampling)).text).toBe(text);
});

test('a model is loaded once: told what it costs, then from the browser’s own store, then without a network', async ({
  page,
  context,
}) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await openEngine(page);
  const load = () =>
    page.evaluate(async (id) => {
      const events = [];
      for await (const event of globalThis.engine.load(id)) events.push(event);
      return events;
    }, first);
  const events = await load();
  const { files } = models[0] ?? { files: [] };
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  expect(events[0]).toMatchObject({ type: 'cost', cached: false });
  const { bytes: cost } = events[0] as { bytes: number };
  // The model and the program that runs it.
  expect(cost).toBeGreaterThan(bytes);
  expect(cost).toBeLessThan(3_000_000);
  const progress = events.filter((event) => event.type === 'progress');
  expect(progress.at(-1)).toMatchObject({ loaded: cost, total: cost });
  expect(events.at(-1)).toMatchObject({
    type: 'ready',
    engine: { provider: 'kernels', why: expect.stringContaining('kernels of our own') },
  });

  await openEngine(page);
  fetched.length = 0;
  expect((await load())[0]).toEqual({ type: 'cost', bytes: 0, cached: true });
  expect(fetched.filter((path) => /\.(safetensors|wasm|onnx|gz)$/.test(path))).toEqual([]);
  const kept = await page.evaluate(() => globalThis.engine.cached());
  expect(kept).toContainEqual({ modelId: first, bytes });

  await context.setOffline(true);
  const { sampling, known } = expectedTexts(first);
  for (const { messages, text } of known.slice(0, 3))
    expect((await ask(page, first, messages, sampling)).text).toBe(text);
  await context.setOffline(false);

  await page.evaluate(() => globalThis.engine.clearCache());
  expect(await page.evaluate(() => globalThis.engine.cached())).toEqual([]);
});

test('cancelled it stops, and the next reply is right; a follow-up reads only what is new', async ({
  page,
}) => {
  await openEngine(page);
  const { sampling, known } = expectedTexts(first);
  // The longest reply is cut, so that it has not ended by itself.
  const longest = known.toSorted((one, other) => other.tokens - one.tokens)[0];
  if (longest === undefined) throw new Error('there is no conversation');
  const cut = await ask(page, first, longest.messages, sampling, 'cancel');
  expect(cut.why).toBe('cancelled');
  expect(cut.tokens).toBeLessThan(longest.tokens);
  const whole = await ask(page, first, longest.messages, sampling);
  expect(whole.text).toBe(longest.text);
  expect(whole.reusedTokens).toBe(whole.promptTokens - 1);
  const more = await ask(
    page,
    first,
    [
      ...longest.messages,
      { role: 'assistant', content: [{ type: 'text', text: whole.text }] },
      { role: 'user', content: [{ type: 'text', text: 'Are you sure?' }] },
    ],
    sampling,
  );
  expect(more.error).toBeNull();
  expect(more.reusedTokens).toBeGreaterThanOrEqual(whole.promptTokens);
});

test('a worker that is killed costs the reply at hand, and another takes its place', async ({ page }) => {
  await openEngine(page);
  const { sampling, known } = expectedTexts(first);
  const longest = known.toSorted((one, other) => other.tokens - one.tokens)[0];
  if (longest === undefined) throw new Error('there is no conversation');
  const killed = await ask(page, first, longest.messages, { ...sampling, maxNewTokens: 2000 }, 'kill');
  expect(killed.error).toEqual([
    'engine-died',
    expect.stringContaining('starts anew with the next question'),
  ]);
  expect(longest.text.startsWith(killed.text.slice(0, longest.text.length))).toBe(true);
  expect((await ask(page, first, longest.messages, sampling)).text).toBe(longest.text);
  expect(await page.evaluate(() => globalThis.workers.length)).toBe(2);
});

test('a file that comes damaged, one that is missing and a prompt too long are told, and the page goes on', async ({
  page,
}) => {
  await openEngine(page);
  const { sampling, known } = expectedTexts(first);
  const question = known[0];
  if (question === undefined) throw new Error('there is no conversation');
  const file = `**/models/${first}/config.json`;
  await page.context().route(file, (route) => route.fulfill({ body: '{"model_type": "damaged"}' }));
  expect((await ask(page, first, question.messages, sampling)).error).toEqual([
    'download',
    expect.stringContaining(`config.json of ${first} could not be fetched`),
  ]);
  await page.context().unroute(file);
  await page.context().route(file, (route) => route.fulfill({ status: 404 }));
  expect((await ask(page, first, question.messages, sampling)).error).toEqual([
    'download',
    expect.stringContaining(`config.json of ${first} is not on the server`),
  ]);
  await page.context().unroute(file);
  const long = [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(100_000) }] }] as const;
  expect((await ask(page, first, long, sampling)).error).toEqual([
    'prompt',
    expect.stringContaining('shorten the question'),
  ]);
  expect((await ask(page, 'nano-9', question.messages, sampling)).error).toEqual([
    'model',
    expect.stringContaining('There is no model nano-9'),
  ]);
  expect((await ask(page, first, question.messages, sampling)).text).toBe(question.text);
});
