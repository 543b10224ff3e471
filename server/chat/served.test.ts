import { type ChildProcess, spawn } from 'node:child_process';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { chatRequest, replyFigures } from '@/lib/chat/chat-request';
import { reply } from './reply';

/** Against an OpenAI-compatible server that others wrote: `transformers serve`, with Nano. */

const { transformers, model, port } = await vi.hoisted(async () => {
  const { createServer } = await import('node:net');
  const { OCEAN_TEST_TRANSFORMERS: transformers = '', OCEAN_TEST_MODEL: model = '' } = process.env;
  const free = createServer();
  await new Promise<void>((ready) => free.listen(0, '127.0.0.1', ready));
  const address = free.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((closed) => free.close(closed));
  process.env.LOG_LEVEL = 'silent';
  process.env.OCEAN_CHAT_MODELS = JSON.stringify([
    {
      id: 'nano',
      label: 'Nano',
      url: `http://127.0.0.1:${port}/v1`,
      model: model || 'none',
      pictures: { multiple: 16, minPixels: 25_600, maxPixels: 25_600 },
      perVisitor: 100,
    },
  ]);
  return { transformers, model, port };
});
const skip = transformers === '' || model === '';
const name = skip
  ? 'transformers serve (skipped: OCEAN_TEST_TRANSFORMERS names no such command with its serving extra, or OCEAN_TEST_MODEL no folder of Nano with its safetensors)'
  : 'transformers serve';

describe(name, () => {
  let server: ChildProcess;

  beforeAll(async () => {
    if (skip) return;
    server = spawn(
      transformers,
      [
        'serve',
        model,
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        '--device',
        'cpu',
        '--dtype',
        'float32',
      ],
      { stdio: 'ignore', env: { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' } },
    );
    await vi.waitUntil(
      () => {
        if (server.exitCode !== null) throw new Error(`${transformers} ended with ${server.exitCode}.`);
        return fetch(`http://127.0.0.1:${port}/v1/models`).then(
          (at) => at.ok,
          () => false,
        );
      },
      { timeout: 110_000, interval: 200 },
    );
  }, 120_000);

  afterAll(async () => {
    if (!skip && server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
    }
  });

  /** With `stop` the reply is stopped at its first text. */
  async function ask(
    parts: object[],
    { maxNewTokens = 8, stop }: { maxNewTokens?: number; stop?: AbortController } = {},
  ) {
    const { signal } = stop ?? new AbortController();
    const request = chatRequest.parse({
      endpoint: 'nano',
      messages: [{ role: 'user', parts }],
      sampling: { temperature: 0, topP: 1, seed: 0, maxNewTokens },
    });
    let text = '';
    let figures: z.infer<typeof replyFigures> | null = null;
    let error: string | null = null;
    for await (const chunk of await reply(request, {
      principal: { role: 'visitor' },
      address: 'a',
      requestId: 'r',
      signal,
    })) {
      if (chunk.type === 'text-delta') {
        text += chunk.delta;
        stop?.abort();
      }
      if (chunk.type === 'data-figures' && 'data' in chunk) figures = replyFigures.parse(chunk.data);
      if (chunk.type === 'error') error = chunk.errorText;
    }
    return { text, figures, error };
  }
  const question = { type: 'text', text: 'How many objects are there?' };
  const picture = async (background: string) => {
    const bytes = await sharp({ create: { width: 448, height: 448, channels: 3, background } })
      .png()
      .toBuffer();
    return { type: 'file', mediaType: 'image/png', url: `data:image/png;base64,${bytes.toString('base64')}` };
  };

  test.skipIf(skip)('answers a text, the same each time, and counts its tokens', async () => {
    const first = await ask([question]);
    expect(first).toMatchObject({ error: null, figures: { why: 'length', tokens: 8 } });
    expect(first.text).not.toBe('');
    expect((await ask([question])).text).toBe(first.text);
  });

  test.skipIf(skip)(
    'sees a picture: 100 tokens of the prompt, and another reply to another picture',
    async () => {
      const text = await ask([question]);
      const red = await ask([await picture('red'), question], { maxNewTokens: 24 });
      const blue = await ask([await picture('blue'), question], { maxNewTokens: 24 });
      expect(red.error).toBeNull();
      // The picture stands between two tokens of its own.
      expect(red.figures?.promptTokens).toBe((text.figures?.promptTokens ?? 0) + 100 + 2);
      expect(blue.text).not.toBe(red.text);
    },
  );

  test.skipIf(skip)('is asked again after a reply was stopped', async () => {
    const stopped = await ask([question], { maxNewTokens: 2_000, stop: new AbortController() });
    expect(stopped).toMatchObject({ figures: null, error: null });
    expect(await ask([question])).toMatchObject({ error: null, figures: { tokens: 8 } });
  });
});
