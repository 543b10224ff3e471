import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { build } from 'esbuild';
import type * as client from '../lib/vlm/client';
import type { Message, Sampling } from '../lib/vlm/types';
import { type received as inPage, sent } from './sent-messages';

/** The engine's client in a page of ours, without any screen around it. */

const root = join(import.meta.dirname ?? __dirname, '..');
let script: Promise<string> | null = null;

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      contents: `
        import { received } from './e2e/sent-messages';
        import { createVlm } from './lib/vlm/client';
        Object.assign(globalThis, { createVlm, received });`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
  });
  return outputFiles[0]?.text ?? '';
}

declare global {
  var createVlm: typeof client.createVlm;
  var received: typeof inPage;
  var engine: ReturnType<typeof client.createVlm>;
  /** The workers that the page has started. */
  var workers: Worker[];
}

/** Opens an isolated page with `engine` in it, and nothing else of ours that works. */
export async function openEngine(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.workers = [];
    const Native = window.Worker;
    window.Worker = class extends Native {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        globalThis.workers.push(this);
      }
    };
  });
  await page.goto('/no-such-page');
  script ??= bundled();
  await page.evaluate(await script);
  await page.evaluate(() => {
    globalThis.engine = globalThis.createVlm();
  });
  expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(true);
}

export interface PageReply {
  text: string;
  promptTokens: number;
  reusedTokens: number;
  tokens: number;
  why: string;
  /** The kind and sentence of the error that ended it. */
  error: [kind: string, message: string] | null;
}

/** Asks the page's engine; `cut` is done to it at the first text. */
export const ask = (
  page: Page,
  modelId: string,
  messages: readonly Message[],
  sampling: Sampling,
  cut: 'cancel' | 'kill' | null = null,
): Promise<PageReply> =>
  page.evaluate(
    async ({ modelId, messages, sampling, cut }) => {
      const reply: PageReply = {
        text: '',
        promptTokens: 0,
        reusedTokens: 0,
        tokens: 0,
        why: '',
        error: null,
      };
      const cancel = new AbortController();
      try {
        for await (const event of globalThis.engine.reply(
          modelId,
          globalThis.received(messages),
          sampling,
          cancel.signal,
        )) {
          if (event.type === 'text') {
            reply.text += event.text;
            if (cut === 'cancel') cancel.abort();
            if (cut === 'kill') globalThis.workers.at(-1)?.terminate();
          } else Object.assign(reply, event);
        }
      } catch (error) {
        const { kind, message } = error as Error & { kind?: string };
        reply.error = [kind ?? String(error), message];
      }
      return reply;
    },
    { modelId, messages: sent(messages), sampling, cut },
  );
