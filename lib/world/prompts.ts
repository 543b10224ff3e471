import { type Prompt, REC_PROMPT, THINK_PROMPT } from '@/lib/samples/prompts';
import type { Answer, Question } from './question';

/**
 * What a model is given with a question, and what a perfect answer to it looks like. Both forms are the seed's
 * (VLM-RL/Ocean-R1 at 571b3c4c): boxes are asked for in JSON, all else with the answer in tags. Its evaluation scripts
 * (eval/test_qwen2d5vl_*.py) put a space between the question and the instruction, its training rows
 * (verl/examples/data_preprocess/concat_data_from_yaml.py) a line break, and the image before both
 * (eval_data/cvbench_test.parquet, which has the rows' form).
 */

export const promptOf = (question: Question): Prompt =>
  question.answer.kind === 'box' ? REC_PROMPT : THINK_PROMPT;

/** The text beside the picture in an evaluation. */
export const evaluationPrompt = (question: Question): string =>
  promptOf(question).template.replace('{Question}', () => question.text);

/** The user's message in a training row; `<image>` stands for the picture. */
export const trainingMessage = ({ template }: Prompt, question: string): string =>
  template.replace('{Question} ', () => `<image> ${question}\n`);

/** What belongs between the answer tags: the canonical form, or a box as Qwen2.5-VL writes one. */
export const answerText = (answer: Answer): string =>
  answer.kind === 'box' ? `{"bbox_2d": [${answer.box.join(', ')}]}` : answer.forms[0];

/** A response that reasons by the question's steps and gives the right answer in the form that the prompt asks for. */
export const perfectResponse = (question: Question): string =>
  `<think>${question.steps.join(' ')}</think>\n<answer>${answerText(question.answer)}</answer>`;
