import { promptOf } from '@/lib/world/prompts';
import type { Question } from '@/lib/world/question';
import { Random } from '@/lib/world/random';
import { furtherQuestion } from '@/lib/world/solid-questions';
import type { Known } from '@/lib/world/world';
import type { Truth, Turn } from './conversation';

/** A question that may be asked about a picture, with its answer where that is known. */
export interface Suggestion extends Pick<Turn, 'question' | 'promptId' | 'truth'> {}

export interface SceneQuestions {
  /** The question that the seed asks. */
  asked: Suggestion;
  /** Others on the same scene. */
  further: readonly Suggestion[];
}

const DESCRIBE: Suggestion = { question: 'Describe the image.', promptId: 'seed-think', truth: null };
const FURTHER = ['counting', 'existence', 'relation', 'depth', 'distance', 'referring'] as const;

/** Loads Ocean World's solids: for its worker alone. `size` is the side of the picture in whose frame boxes are. */
export function sceneQuestions({ scene, question }: Known, size: number): SceneQuestions {
  const others: Suggestion[] =
    'drawing' in scene
      ? []
      : FURTHER.filter((other) => other !== question.task).flatMap((other) => {
          const found = furtherQuestion(other, scene, new Random(scene.seed, `chat/${other}`), size);
          return found === null ? [] : [suggestionOf(found, size)];
        });
  return {
    asked: suggestionOf(question, size),
    // What is drawn nobody was taught to describe.
    further: others.length === 0 ? [] : [...others, DESCRIBE],
  };
}

function suggestionOf(question: Question, size: number): Suggestion {
  const promptId = promptOf(question).id === 'seed-rec' ? 'seed-rec' : 'seed-think';
  return { question: question.text, promptId, truth: truthOf(question, size) };
}

function truthOf({ answer, options }: Question, size: number): Truth {
  if (answer.kind === 'box')
    return { kind: 'box', box: [...answer.box], frame: { width: size, height: size } };
  return { kind: 'words', forms: [...answer.forms], options: options === null ? null : [...options] };
}
