import { expect, test } from 'vitest';
import type { Reply } from '@/lib/chat/conversation';
import { figureWords, formatDuration } from './figure-words';

test.each([
  [0, '0 ms'],
  [61.4, '61 ms'],
  [999.6, '1.0 s'],
  [2_440, '2.4 s'],
  [80_000, '80.0 s'],
  [125_000, '2 min 5 s'],
])('%d ms is %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

const reply: Reply = {
  id: 'reply-0001',
  modelId: 'browser:nano-base',
  text: '',
  end: { why: 'stop' },
  figures: {
    promptTokens: 120,
    reusedTokens: 0,
    tokens: 101,
    firstTokenMs: 50,
    totalMs: 250,
    thinkingMs: null,
    engine: 'WebAssembly, 2 threads',
  },
  sampling: { temperature: 0, seed: 0 },
  frame: null,
};

test('what a reply took stands in one line', () => {
  expect(figureWords(reply, 'nano-base')).toEqual([
    '101 tokens',
    '500 tokens/s',
    'first after 50 ms',
    '250 ms in all',
    'prompt of 120',
    'WebAssembly, 2 threads',
    'nano-base',
  ]);
});

test('what is not known is left out; what was drawn by lot says so', () => {
  const figures = reply.figures && { ...reply.figures, tokens: null, promptTokens: null, firstTokenMs: null };
  expect(figureWords({ ...reply, figures, sampling: { temperature: 0.8, seed: 7 } }, 'nano-base')).toEqual([
    '250 ms in all',
    'drawn at temperature 0.8, seed 7',
    'WebAssembly, 2 threads',
    'nano-base',
  ]);
  expect(figureWords({ ...reply, figures: null }, 'nano-base')).toEqual(['nano-base']);
});
