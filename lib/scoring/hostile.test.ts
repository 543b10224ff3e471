import { describe, expect, it } from 'vitest';
import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import type { Sample } from '@/lib/samples/sample';

/** What a model, or whoever wants a server to hang, might write. */
const HOSTILE: Readonly<Record<string, string>> = {
  'roots within roots': `$${'\\sqrt{'.repeat(100_000)}2${'}'.repeat(100_000)}$`,
  'parentheses within parentheses': `<answer>${'('.repeat(100_000)}1${')'.repeat(100_000)}</answer>`,
  'a sum of a milliard terms': '\\boxed{\\sum_{n=1}^{10^9} n}',
  'a tower of powers': '<answer>9^9^9^9</answer>',
  'Python’s tower of powers': '9**9**9**9',
  'a factorial': '$1000000!$',
  '200,000 letters': `<answer>${'x'.repeat(200_000)}</answer>`,
  '200,000 digits': `<answer>${'9'.repeat(200_000)}</answer>`,
  '200,000 spaces': `<answer>${' '.repeat(200_000)}</answer>`,
  'ten thousand boxes': '\\boxed{7} '.repeat(10_000),
  'boxes that never close': '\\boxed{'.repeat(100_000),
  'tags that never close': '<answer>'.repeat(100_000),
  'answers without end': 'the answer is '.repeat(50_000),
  'a list without end': `\\boxed{(${'1,'.repeat(100_000)}2)}`,
  'NUL bytes': '\0'.repeat(1_000),
  'writing from right to left': '\u202e\u200f<answer>4</answer>\u202c',
  'digits of another script': '<answer>٤</answer>',
  'half a character': '\ud800<answer>\udc00</answer>',
  code: '<answer>__import__("os").system("true")</answer>',
};

const sample = (changes: Partial<Sample>): Sample => ({
  sampleId: '0',
  question: '',
  options: null,
  gold: '',
  tags: {},
  image: null,
  cluster: '0',
  ...changes,
});
const SAMPLES: readonly [BenchmarkId, Sample][] = [
  ['geoqa', sample({ gold: '8√{3}' })],
  ['cv-bench', sample({ gold: '(B)', options: ['left', 'right'] })],
  ['ocr-bench', sample({ gold: ['a b', '4'] })],
  ['math-vision', sample({ gold: '4' })],
  ['math-vision', sample({ gold: 'B', options: ['left', 'right'] })],
  ['math-vista', sample({ gold: '4', tags: { question_type: 'free_form', answer_type: 'integer' } })],
  [
    'math-vista',
    sample({ gold: 'left', options: ['left', 'right'], tags: { question_type: 'multi_choice' } }),
  ],
  ['math-verse', sample({ gold: 'B' })],
];

describe.each(Object.entries(HOSTILE))('%s', (_, text) => {
  it.each(SAMPLES)('have a verdict by every rule of %s', (id, each) => {
    for (const scorer of BENCHMARKS[id].scorers) {
      for (const verdict of [scorer.score(each, text), scorer.score(each, 'x', text)]) {
        expect(verdict.reason).not.toBe('');
        // (MathVista's own rule takes any text for the nearest choice.)
        if (verdict.correct === true && each.options === null)
          expect(`${verdict.answer ?? text}`).toMatch(/4|٤/);
      }
    }
  });
});
