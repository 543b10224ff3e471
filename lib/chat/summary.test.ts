import { expect, test } from 'vitest';
import type { Truth } from './conversation';
import { type Compared, summaryOf } from './summary';
import { judge } from './verdict';

const LABELS = ['Base', 'Stage 1', 'Stage 2', 'Ocean-R1 7B'];
const seven: Truth = { kind: 'words', forms: ['7', 'seven'], options: null };

function of(answers: readonly string[], truth: Truth | null): string | null {
  const replies = answers.map((answer, at): Compared => {
    const text = answer === '' ? '<think>hm' : `<answer>${answer}</answer>`;
    const reply = {
      id: 'reply-0001',
      modelId: 'browser:x',
      text,
      end: { why: 'stop' as const },
      figures: null,
      sampling: { temperature: 0, seed: 0 },
      frame: null,
    };
    return { label: LABELS[at] ?? '', text, frame: null, judgement: truth && judge(truth, reply) };
  });
  return summaryOf(replies, truth);
}

test.each([
  [['4', '7', 'seven'], 'Stage 1 and Stage 2 are right, Base is not. The true answer is 7.'],
  [['7', '7', '7'], 'All three are right. The true answer is 7.'],
  [['7', '7'], 'Both are right. The true answer is 7.'],
  [['1', '2', ''], 'None is right. The true answer is 7.'],
  [['7'], 'Right. The true answer is 7.'],
  [['8'], 'Not right. The true answer is 7.'],
])('where the answer is known: %j', (answers, sentence) => {
  expect(of(answers, seven)).toBe(sentence);
});

test.each([
  [['4', '4', '5'], 'Stage 2 answers otherwise than Base and Stage 1.'],
  [['4', '5', '5', '5'], 'Base answers otherwise than Stage 1, Stage 2 and Ocean-R1 7B.'],
  [['4', '4.', ' 4'], 'All three answer the same, which makes it neither right nor wrong.'],
  [['4', '5', '6'], 'Each answers differently.'],
  [['4', '5'], 'Base and Stage 1 answer differently.'],
  [['4', '4', '5', '6'], 'Their answers differ.'],
  [['', ''], 'None gives an answer.'],
  [['4'], null],
  [[], null],
])('where it is not known: %j', (answers, sentence) => {
  expect(of(answers, null)).toBe(sentence);
});

test('a true box is given in the pixels of the replies, where those are the same for all', () => {
  const truth: Truth = { kind: 'box', box: [20, 40, 60, 80], frame: { width: 200, height: 200 } };
  const said = (widths: readonly number[]) =>
    summaryOf(
      widths.map((width, at) => ({
        label: LABELS[at] ?? '',
        text: '<answer>[1, 1, 2, 2]</answer>',
        frame: { width, height: width },
        judgement: { right: false, reason: '' },
      })),
      truth,
    );
  expect(said([100, 100])).toBe('None is right. The true answer is [10, 20, 30, 40].');
  expect(said([100, 150])).toBe('None is right. The true answer is [20, 40, 60, 80].');
});
