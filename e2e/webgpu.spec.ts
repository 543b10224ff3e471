import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { ListedFile } from '../lib/vlm/graph-files';
import { Language } from '../lib/vlm/language';
import type { openModel } from '../lib/vlm/open-model';
import { filesIn, GREEDY, greedyReplies, MODELS, offeredModels, painted } from './models';
import { type received as inPage, sent } from './sent-messages';
import { expect, test } from './test';

/** A model by WebGPU: the real one of Chromium, on the graphics card in software that comes with it. */

test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--enable-features=Vulkan',
      '--use-vulkan=swiftshader',
      '--use-webgpu-adapter=swiftshader',
    ],
  },
});

const root = join(import.meta.dirname ?? __dirname, '..');
const model = offeredModels().at(-1);
/** In software a token takes most of a second. */
const TOKENS = 12;

declare global {
  var received: typeof inPage;
  /** A model of these files below `folder`, run by WebGPU. */
  var openOnGpu: (folder: string, files: readonly ListedFile[]) => ReturnType<typeof openModel>;
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      contents: `
        import { env, InferenceSession, Tensor } from 'onnxruntime-web/webgpu';
        import { received } from './e2e/sent-messages';
        import { openModel } from './lib/vlm/open-model';
        env.wasm.wasmPaths = location.origin + '/runtime/';
        env.wasm.numThreads = 1;
        globalThis.received = received;
        globalThis.openOnGpu = (folder, files) =>
          openModel({ provider: 'webgpu', InferenceSession, Tensor }, files, async (path) =>
            new Uint8Array(await (await fetch(folder + path)).arrayBuffer()));`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
    conditions: ['onnxruntime-web-use-extern-wasm'],
  });
  return outputFiles[0]?.text ?? '';
}

test('WebGPU gives PyTorch’s greedy tokens', async ({ page }) => {
  if (model === undefined) throw new Error('no model is exported into public/models');
  test.setTimeout(300_000);
  await page.route('**/blank', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>WebGPU</title>' }),
  );
  await page.route('**/runtime/*', (route) =>
    route.fulfill({
      path: join(root, 'node_modules/onnxruntime-web/dist', new URL(route.request().url()).pathname.slice(9)),
    }),
  );
  await page.goto('/blank');
  const adapter = await page.evaluate(async () => {
    const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
    return (await gpu?.requestAdapter()) != null;
  });
  expect(adapter, 'Chromium comes with a graphics card in software').toBe(true);

  const read = (name: string) => JSON.parse(readFileSync(join(MODELS, model.id, name), 'utf8'));
  const language = new Language({
    tokenizer: read('tokenizer.json'),
    config: read('tokenizer_config.json'),
    template: null,
  });
  const [known] = greedyReplies(model.id).conversations;
  const expected = known?.tokens.slice(0, TOKENS).flatMap((token) => [...language.bytesOf(token)]) ?? [];
  await page.evaluate(await bundled());
  const text = await page.evaluate(
    async ({ folder, files, messages, sampling }) => {
      const opened = await globalThis.openOnGpu(folder, files);
      let text = '';
      const events = opened.reply(globalThis.received(messages), sampling, async (image) => image, {
        aborted: false,
      });
      for await (const event of events) if (event.type === 'text') text += event.text;
      return text;
    },
    {
      folder: `/models/${model.id}/`,
      files: filesIn(join(MODELS, model.id)),
      messages: sent(painted(known?.messages ?? [])),
      sampling: { ...GREEDY, maxNewTokens: TOKENS },
    },
  );
  expect(text).toBe(new TextDecoder().decode(Uint8Array.from(expected)));
});
