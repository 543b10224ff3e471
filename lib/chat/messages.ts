import { PLAIN_PROMPT, REC_PROMPT, THINK_PROMPT } from '@/lib/samples/prompts';
import { trainingMessage } from '@/lib/world/prompts';
import type { Turn } from './conversation';
import { GOES_ON } from './taught';
import { replyOf } from './turns';

/** A message as it goes to a model, of whatever transport. The picture stands before the text. */
export interface ModelMessage {
  role: 'user' | 'assistant';
  text: string;
  pictureId: string | null;
}

type PromptId = Turn['promptId'];
const PROMPTS = { 'seed-think': THINK_PROMPT, 'seed-rec': REC_PROMPT, plain: PLAIN_PROMPT };

/** Whoever asks for a place is told to answer in JSON; so were the models trained. */
const ASKS_FOR_A_BOX = /\b(bounding box|box around|locate|detect|point (out|at)|coordinates?|\[x1)\b/i;

export const promptFor = (question: string): PromptId =>
  ASKS_FOR_A_BOX.test(question) ? 'seed-rec' : 'seed-think';

/** The text of a question as training rows have it behind their picture. */
export function questionText({
  question,
  promptId,
  pictureId,
}: Pick<Turn, 'question' | 'promptId' | 'pictureId'>): string {
  const text =
    promptId === 'plain'
      ? ` ${question}`
      : trainingMessage(PROMPTS[promptId], question).slice('<image>'.length);
  return pictureId === null ? text.slice(1) : text;
}

/**
 * What a model is given with the last turn of a path: its own replies and no other's. Turns that it said nothing to are
 * left out, and their picture comes with the next question.
 */
export function messagesFor(path: readonly Turn[], modelId: string): ModelMessage[] {
  const messages: ModelMessage[] = [];
  let waiting: string | null = null;
  for (const [at, turn] of path.entries()) {
    const pictureId: string | null = turn.pictureId ?? waiting;
    const said = replyOf(turn, modelId)?.text ?? '';
    const last = at === path.length - 1;
    waiting = last || said !== '' ? null : pictureId;
    if (!last && said === '') continue;
    messages.push({ role: 'user', text: questionText({ ...turn, pictureId }), pictureId });
    if (!last) messages.push({ role: 'assistant', text: said, pictureId: null });
  }
  return messages;
}

/** How many questions before the last are told to a small model at most, where it goes on from them: behind more it forgets. */
const GOES_BACK = 2;

/**
 * The last question with the picture that it is about, for a model that learnt from questions by themselves. What it goes on
 * from ("And the red ones?") stands before it with the model's answer.
 */
export function lastQuestion(messages: readonly ModelMessage[]): ModelMessage[] {
  const last = messages.length - 1;
  let first = last;
  while (first >= 2 && last - first < 2 * GOES_BACK && goesOn(messages[first])) first -= 2;
  const picture =
    messages.slice(0, first + 1).findLast(({ pictureId }) => pictureId !== null)?.pictureId ?? null;
  return messages
    .slice(first)
    .map((message, at) =>
      at > 0 || message.pictureId === picture
        ? message
        : { ...message, text: ` ${message.text}`, pictureId: picture },
    );
}

const goesOn = (message: ModelMessage | undefined): boolean =>
  message !== undefined && message.pictureId === null && GOES_ON.test(message.text.toLowerCase());
