import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  answer,
  greedyReplies,
  MODELS,
  offeredModels,
  openFolder,
  openOnKernels,
  painted,
} from '@/e2e/models';
import { WORLD_VERSION } from '@/lib/world/scene';
import { Language } from './language';

/** The models that visitors get, on the files that they get: the tokens that PyTorch gave on the exported weights. */
describe.each(offeredModels())('$id', ({ id }) => {
  test.each([
    { by: 'our own kernels', open: openOnKernels, every: 1 },
    // What the export proves of its graphs in Python, once more in WebAssembly.
    { by: 'onnxruntime', open: (folder: string) => openFolder(folder), every: 4 },
  ])(
    'by $by its greedy replies are PyTorch’s, token by token',
    { timeout: 300_000 },
    async ({ open, every }) => {
      const { world_version, max_new_tokens, conversations } = greedyReplies(id);
      expect(world_version, 'pictures are painted by another version of Ocean World: export anew').toBe(
        WORLD_VERSION,
      );
      expect(conversations.length).toBeGreaterThanOrEqual(100);
      const json = (name: string) => JSON.parse(readFileSync(join(MODELS, id, name), 'utf8'));
      const language = new Language({
        tokenizer: json('tokenizer.json'),
        config: json('tokenizer_config.json'),
        template: null,
      });
      const model = await open(join(MODELS, id));
      const apart: unknown[] = [];
      for (const { messages, prompt_tokens, tokens } of conversations.filter((_, at) => at % every === 0)) {
        const { text, started, ended } = await answer(model, painted(messages), {
          maxNewTokens: max_new_tokens,
        });
        const bytes = tokens.flatMap((token) => [...language.bytesOf(token)]);
        const expected = new TextDecoder().decode(Uint8Array.from(bytes));
        if (started.promptTokens !== prompt_tokens || ended.tokens !== tokens.length || text !== expected)
          apart.push({ messages, expected, text });
      }
      await model.release();
      expect(apart).toEqual([]);
    },
  );
});

// Nano is still being trained: until its checkpoints are in public/models there is nothing to compare with.
test.skipIf(offeredModels().length === 0)(
  'the manifest lists the three stages, and their files as they are (else: node scripts/model-manifest.mjs)',
  () => {
    const models = offeredModels();
    expect(models.map(({ stage }) => stage)).toEqual(['base', 'stage1', 'stage2']);
    for (const { id, files } of models) {
      const found = files.map(({ path }) => {
        const content = readFileSync(join(MODELS, id, path));
        return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
      });
      expect(found, id).toEqual(files);
    }
  },
);
