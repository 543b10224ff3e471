import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldens, painted, TINY } from '@/e2e/models';
import { Language } from './language';
import { readModelConfig } from './model-config';
import { textPositions } from './positions';
import { promptOf, sharedPrefix } from './prompt';
import type { Message } from './types';

const json = (name: string) => JSON.parse(readFileSync(join(TINY, name), 'utf8'));
const tokenizer = json('tokenizer.json');
const tokenizerConfig = json('tokenizer_config.json');
const language = new Language({ tokenizer, config: tokenizerConfig, template: null });
const config = readModelConfig({
  config: json('config.json'),
  generation: json('generation_config.json'),
  processor: null,
  preprocessor: json('preprocessor_config.json'),
});
const { texts, replies } = goldens();
const user = (text: string): Message[] => [{ role: 'user', content: [{ type: 'text', text }] }];

describe('texts become the tokens of the Python tokenizer, and come back', () => {
  for (const { text, ids } of texts) {
    test(JSON.stringify(text).slice(0, 60), () => {
      expect(language.encode(text)).toEqual(ids);
      const bytes = ids.flatMap((id) => [...language.bytesOf(id)]);
      expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))).toBe(text);
    });
  }
});

describe('prompts are those of the trainer: template, image tokens, positions', () => {
  for (const [number, { messages, ids, grids, positions, following }] of replies.entries()) {
    test(`conversation ${number}`, () => {
      const prompt = promptOf(painted(messages), language, config);
      expect(prompt.ids).toEqual(ids);
      expect(prompt.images.map(({ grid }) => grid)).toEqual(grids);
      expect(prompt.positions.axes.map((axis) => [...axis])).toEqual(positions);
      expect(prompt.positions.next).toBe(following);
    });
  }
});

test('positions refuse images without tokens and tokens without images', () => {
  expect(() => textPositions([1, 9, 9], [[1, 4, 4]], 9, 2)).toThrow(/has 4 tokens, the prompt 2/);
  expect(() => textPositions([1, 9], [], 9, 2)).toThrow(/no image for the image token at 1/);
  expect(() => textPositions([1], [[1, 4, 4]], 9, 2)).toThrow(/1 images are given/);
});

describe('what cannot be answered is told in a sentence', () => {
  test('nothing', () => {
    expect(() => promptOf([], language, config)).toThrow(/ask a question/);
  });

  test('100,000 characters, at once', () => {
    const began = performance.now();
    expect(() => promptOf(user('x'.repeat(100_000)), language, config)).toThrow(/reads 1024 with its reply/);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('a few tokens too many', () => {
    expect(() => promptOf(user('ab '.repeat(600)), language, config)).toThrow(/has \d+ tokens/);
  });

  test('a sign that ends messages or stands for pictures', () => {
    for (const sign of ['<|im_end|>', '<|image_pad|>', '<|endoftext|>'])
      expect(() => promptOf(user(`Look: ${sign}`), language, config)).toThrow(`spells ${sign}`);
  });

  test('a folder without a template, with one that cannot be read, or with a tokenizer of another kind', () => {
    expect(() => new Language({ tokenizer, config: {}, template: null })).toThrow(/chat_template is missing/);
    expect(() => new Language({ tokenizer, config: { chat_template: '{% if %}' }, template: null })).toThrow(
      /chat_template cannot be read/,
    );
    const other = { ...tokenizer, decoder: { type: 'Metaspace' } };
    expect(() => new Language({ tokenizer: other, config: tokenizerConfig, template: null })).toThrow(
      /^tokenizer.json: decoder.type: this engine reads byte-level/,
    );
  });
});

test('a template in a file of its own is taken', () => {
  const own = new Language({ tokenizer, config: {}, template: '{{ messages[0].content[0].text }}!' });
  expect(own.chat(user('Hi'))).toBe('Hi!');
});

describe('what two prompts begin with alike', () => {
  const given = (number: number) => promptOf(painted(replies[number]?.messages ?? []), language, config);

  test('a follow-up begins like the question before it', () => {
    const shared = sharedPrefix(given(4), given(0));
    // All but `<|im_start|>assistant\n`, which comes again before the reply.
    expect(shared).toBeGreaterThanOrEqual(given(0).ids.length);
  });

  test('another picture of the same shape is told apart at its first token', () => {
    const one = given(0);
    const [placed] = one.images;
    if (placed === undefined) throw new Error('the conversation has no picture');
    const other = { ids: one.ids, images: [{ ...placed, image: { ...placed.image, key: 'other' } }] };
    expect(sharedPrefix(one, other)).toBe(placed.start);
    expect(sharedPrefix(one, one)).toBe(one.ids.length);
  });
});
