import type { Prompt } from '@/lib/benchmarks/benchmark';
import { THINK_PROMPT } from '@/lib/benchmarks/prompts';
import { perfectResponse, promptOf, trainingMessage } from './prompts';
import { Random } from './random';
import type { SolidScene } from './scene';
import { factsOf, leftToRight, look } from './solid-facts';
import { furtherQuestion, type SolidTask } from './solid-questions';
import { article, list } from './wording';
import type { Known } from './world';

/**
 * What else there is to learn from a picture, beside the question that its seed asks: a model that has to look at a picture
 * for one question only learns little from it. These questions are not balanced as those of the seeds are.
 */
export interface Further {
  /** The user's message, as in a training row. */
  content: string;
  question: string;
  solution: string;
}

/** One question a place: the harder a task, the more often. */
const ASKED: readonly SolidTask[] = [
  'counting',
  'counting',
  'existence',
  'relation',
  'depth',
  'distance',
  'referring',
  'referring',
];

/** A description of the picture first. What a scene has no question for is left out. */
export function furtherQuestions(known: Known, size: number): Further[] {
  const { scene } = known;
  const random = new Random(scene.seed, 'further');
  const described = description(known, size);
  return [
    ...(described === null
      ? []
      : [
          further(
            THINK_PROMPT,
            random.pick(DESCRIBE),
            `<think>${LOOK}</think>\n<answer>${described}</answer>`,
          ),
        ]),
    ...('drawing' in scene ? [] : ASKED.flatMap((task, nth) => asked(scene, task, nth, size))),
  ];
}

const DESCRIBE = [
  'Describe the image.',
  'What does the image show?',
  'Describe what you see.',
  'Tell me what is in the picture.',
];
const LOOK = 'I look at the image from left to right and from the top down.';

function further(prompt: Prompt, question: string, solution: string): Further {
  return { content: trainingMessage(prompt, question), question, solution };
}

function asked(scene: SolidScene, task: SolidTask, nth: number, size: number): Further[] {
  const question = furtherQuestion(task, scene, new Random(scene.seed, `further/${task}/${nth}`), size);
  return question ? [further(promptOf(question), question.text, perfectResponse(question))] : [];
}

/** All that a picture says, in words; null for a geometric figure, whose questions say what matters in it. */
function description(known: Known, size: number): string | null {
  if ('chart' in known)
    return `${known.chart.subject}: ${list(known.chart.categories.map(({ name, value }) => `${name} ${value}`))}.`;
  if ('table' in known) {
    const { columns, rows } = known.table;
    return rows
      .map(({ name, cells }) => `${name}: ${list(columns.map((column, i) => `${column} ${cells[i]}`))}.`)
      .join(' ');
  }
  if ('printed' in known) return known.printed.lines.join('\n');
  if ('figure' in known) return null;
  const facts = factsOf(known.scene, new Random(known.scene.seed, 'further'), size);
  const all = leftToRight(
    facts,
    facts.things.map((_, i) => i),
  );
  return `There are ${list(all.map((i) => `${article(look(facts, i))} at [${facts.boxOf(i)?.join(', ')}]`))}.`;
}
