import { expect, test } from 'vitest';
import type { Gold, Sample } from '@/lib/samples/sample';
import { boxScorer } from '@/lib/scoring/box';
import { choiceScorer } from '@/lib/scoring/choice';
import { countScorer } from '@/lib/scoring/count';
import type { Scorer } from '@/lib/scoring/scorer';
import { evaluationPrompt, perfectResponse, promptOf, trainingMessage } from './prompts';
import type { Question } from './question';
import { seedIn } from './scene';
import { ask } from './world';

const sample = (question: Question): Sample => ({
  sampleId: '0',
  question: question.text,
  options: question.options,
  gold: question.answer.kind === 'box' ? question.answer.box : goldOf(question.answer.forms[0], question),
  tags: {},
  image: null,
  cluster: '0',
});
const goldOf = (form: string, { task }: Question): Gold => (task === 'counting' ? Number(form) : form);

test.each<[Question['task'], Scorer]>([
  ['counting', countScorer],
  ['relation', choiceScorer],
  ['depth', choiceScorer],
  ['distance', choiceScorer],
  ['referring', boxScorer],
])('the seed’s rule finds a perfect response to %s right', (task, scorer) => {
  for (let n = 0; n < 12; n++) {
    const { question } = ask(task, seedIn('test', n), 224);
    expect(scorer.score(sample(question), perfectResponse(question))).toMatchObject({ correct: true });
  }
});

test('the instruction follows the question after a space in an evaluation, on a new line in training', () => {
  const { question } = ask('counting', 1, 112);
  const instruction =
    'You FIRST think about the reasoning process as an internal monologue and then provide the final answer. The reasoning process MUST BE enclosed within <think> </think> tags. The final answer MUST BE in <answer> </answer> tags.';
  expect(evaluationPrompt(question)).toBe(`${question.text} ${instruction}`);
  expect(trainingMessage(promptOf(question), question.text)).toBe(`<image> ${question.text}\n${instruction}`);
});

test('boxes are asked for in JSON', () => {
  const { question } = ask('referring', 1, 112);
  const instruction =
    'First output the thinking process in <think> </think> tags and then output the final answer in <answer> </answer> tags. Output the final answer in JSON format.';
  expect(evaluationPrompt(question)).toBe(`${question.text} ${instruction}`);
  expect(trainingMessage(promptOf(question), question.text)).toBe(`<image> ${question.text}\n${instruction}`);
});
