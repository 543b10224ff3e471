import { describe, expect, test } from 'vitest';
import { TASKS } from '@/lib/world/question';
import { seedIn } from '@/lib/world/scene';
import { ask } from '@/lib/world/world';
import { answerForm, checkAnswer } from './answer';

const SIZE = 112;
const questions = TASKS.flatMap((task) =>
  [0, 1, 2, 3].map((n) => ask(task, seedIn('test', n), SIZE).question),
);

test.each(questions)('every right answer can be given: $text', (question) => {
  const { answer } = question;
  const form = answerForm(question);
  expect(form.kind).toBe(
    answer.kind === 'box' ? 'box' : question.options || question.task === 'existence' ? 'choice' : 'words',
  );
  const given = answer.kind === 'box' ? answer.box.join(', ') : answer.forms[0];
  if (form.kind === 'choice') {
    const right = form.choices.filter(({ value }) => checkAnswer(question, value).right);
    expect(right.map(({ value }) => value)).toEqual([given]);
  } else expect(checkAnswer(question, given).right).toBe(true);
});

describe('an answer is held against the question', () => {
  const [counting] = questions;
  const referring = questions.find(({ answer }) => answer.kind === 'box');
  if (counting === undefined || referring?.answer.kind !== 'box') throw new Error('both are tasks');
  const [x1, y1, x2, y2] = referring.answer.box;

  test('words whatever their case, spaces and full stop', () => {
    const form = counting.answer.kind === 'words' ? counting.answer.forms.at(-1) : '';
    expect(checkAnswer(counting, ` ${form?.toUpperCase()}. `).right).toBe(true);
    expect(checkAnswer(counting, '').right).toBe(false);
    expect(checkAnswer(counting, `${form} or more`).right).toBe(false);
  });

  test('a box by its overlap', () => {
    expect(checkAnswer(referring, [x1, y1, x2, y2].join()).said).toMatch(/^IoU 1\.00: right/);
    expect(checkAnswer(referring, [x1, y1, x1 + 2, y1 + 2].join()).right).toBe(false);
  });

  test.each(['', '1, 2, 3', '9, 9, 1, 1', '1, 1, 1, 9', 'a, b, c, d'])(
    'no box is told as such: "%s"',
    (given) => {
      expect(checkAnswer(referring, given)).toEqual({
        right: false,
        said: expect.stringContaining('A box needs'),
      });
    },
  );
});
