import { type Prompt, THINK_PROMPT } from '@/lib/samples/prompts';
import { furtherOfChart } from './charts';
import { calculation, copying, type Drill, lookUp, lookUpAmong } from './drills';
import type { Words } from './paraphrases';
import { placed, toldPicture, transcription, writtenPieces } from './places';
import { perfectResponse, promptOf, trainingMessage } from './prompts';
import { ATTRIBUTES, type Attribute, type Question, type QuestionDraft, type Task } from './question';
import { Random } from './random';
import type { Scene, SolidScene } from './scene';
import { described, factsOf, leftToRight, look, nameOf } from './solid-facts';
import { furtherQuestion, type SolidTask } from './solid-questions';
import { furtherOfTable } from './tables';
import { type Turn, talkReply, talksOn } from './talk';
import { furtherOfText } from './texts';
import { article, list, worded } from './wording';
import type { Known } from './world';

/**
 * What else there is to learn from a picture, beside the question that its seed asks: a model that has to look at a picture
 * for one question only learns little from it. These questions are not balanced as those of the seeds are.
 */
export interface Further {
  /**
   * `description`, `attribute`, `reading` (all that is written and where), `look-up` (a piece of that by its place, or its
   * place), or the task that it is a question of; `talk` and `arithmetic` are none of the benchmark's, and a `follow-up`
   * goes on from the one before it.
   */
  kind: 'description' | 'attribute' | 'reading' | 'talk' | 'follow-up' | 'arithmetic' | 'look-up' | Task;
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
  'existence',
  'relation',
  'relation',
  'depth',
  'distance',
  'referring',
  'referring',
];

/** A description of the picture first. What a scene has no question for is left out. */
export function furtherQuestions(known: Known, size: number, words: Words, places = false): Further[] {
  const { scene } = known;
  const random = new Random(scene.seed, 'further');
  const all = description(known, size);
  const told = `<think>${LOOK}</think>\n<answer>${all}</answer>`;
  return [
    ...(places ? readings(known, size) : []),
    ...(all === null ? [] : [further('description', THINK_PROMPT, random.pick(DESCRIBE), told)]),
    ...('drawing' in scene
      ? flatQuestions(known, random)
          .map(places ? placed(known, size) : (question) => question)
          .map((question) => answered(question, question.text))
      : [...attributes(scene, size), ...ASKED.flatMap((task, nth) => asked(scene, task, nth, size, words))]),
  ];
}

const DESCRIBE = [
  'Describe the image.',
  'Describe what you see.',
  'Describe the picture.',
  'Give a description of the image.',
];
const READ = 'Read all that is written, and say where it stands.';
const LOOK = 'I look at the image from left to right and from the top down.';

/** How often a picture is looked up in: a place in the middle of it is found by that, and not by reading up to there. */
const LOOK_UPS = 3;

function readings(known: Known, size: number): Further[] {
  const written = writtenPieces(known, size);
  if (written.length === 0) return [];
  const random = new Random(known.scene.seed, 'look-ups');
  const asked = (kind: 'reading' | 'look-up', question: string, thought: string, answer: string): Further =>
    further(kind, THINK_PROMPT, question, `<think>${thought}</think>\n<answer>${answer}</answer>`);
  const lookUps = Array.from({ length: LOOK_UPS }, () => lookUpAmong(written, random));
  return [
    asked('reading', READ, LOOK, transcription(written)),
    ...lookUps.map(({ question, thought, answer }) => asked('look-up', question, thought, answer)),
  ];
}

function further(kind: Further['kind'], prompt: Prompt, question: string, solution: string): Further {
  return { kind, content: trainingMessage(prompt, question), question, solution };
}

/** How many attributes are asked for; each is one look at one thing, by which a model learns to look at all. */
const ATTRIBUTES_ASKED = 8;
const ATTRIBUTE_QUESTIONS: Readonly<Record<Attribute, readonly string[]>> = {
  colour: ['What color is the {name}?', 'Which color does the {name} have?', 'Name the color of the {name}.'],
  shape: ['What shape is the {name}?', 'What kind of object is the {name}?', 'Name the shape of the {name}.'],
  size: ['What size is the {name}?', 'Is the {name} small or large?', 'How large is the {name}?'],
  material: ['What is the {name} made of?', 'What material is the {name}?', 'Is the {name} rubber or metal?'],
};

function attributes(scene: SolidScene, size: number): Further[] {
  const random = new Random(scene.seed, 'further/attributes');
  const facts = factsOf(scene, random, size);
  const out: Further[] = [];
  for (let t = 0; t < 3 * ATTRIBUTES_ASKED && out.length < ATTRIBUTES_ASKED; t++) {
    const attribute = random.pick(ATTRIBUTES);
    const index = random.int(0, scene.things.length - 1);
    const name = nameOf(facts, index, attribute);
    const value = scene.things[index]?.[attribute];
    if (!name || value === undefined) continue;
    const question = random.pick(ATTRIBUTE_QUESTIONS[attribute]).replace('{name}', described(name));
    if (out.some((other) => other.question === question)) continue;
    const said = attribute === 'shape' ? article(value) : value;
    const solution = `<think>The ${described(name)} is ${said}.</think>\n<answer>${value}</answer>`;
    out.push(further('attribute', THINK_PROMPT, question, solution));
  }
  return out;
}

function asked(scene: SolidScene, task: SolidTask, nth: number, size: number, words: Words): Further[] {
  const random = new Random(scene.seed, `further/${task}/${nth}`);
  const question = furtherQuestion(task, scene, random, size);
  if (question === null) return [];
  return [answered(question, words(question, random.split('words')))];
}

const answered = (question: Question, text: string): Further =>
  further(question.task, promptOf(question), text, perfectResponse(question));

/** Without a picture: what else is asked of a chart, a table or a printed text that is told, and beside a figure practice (drills.ts). */
export function furtherWithoutPicture(known: Known, size: number, words: Words): Further[] {
  const told = toldPicture(known, size);
  if (told === null) {
    const random = new Random(known.scene.seed, 'drills');
    const practice = (kind: 'arithmetic' | 'look-up', { question, thought, answer }: Drill): Further => {
      const solution = `<think>${thought}</think>\n<answer>${answer}</answer>`;
      return withoutPicture(further(kind, THINK_PROMPT, question, solution), null);
    };
    return [
      ...Array.from({ length: DRILLS }, () => practice('arithmetic', calculation(random))),
      ...[copying, lookUp].map((drill) => practice('look-up', drill(random))),
    ];
  }
  return furtherQuestions(known, size, words, true)
    .filter(({ kind }) => kind !== 'reading' && kind !== 'look-up' && kind !== 'description')
    .map((each) => withoutPicture(each, told));
}

const DRILLS = 3;

/** The message with what the picture says in the place of the picture. */
export const tellPicture = (text: string, told: string | null): string =>
  told === null ? text : `${told}\n${text}`;

const withoutPicture = (of: Further, told: string | null): Further => ({
  ...of,
  content: tellPicture(of.content.replace('<image> ', ''), told),
  question: tellPicture(of.question, told),
});

/** Everyday talk on a scene of solids, without the benchmark's instruction. */
export function furtherTalk(scene: Scene, size: number): Further[] {
  if ('drawing' in scene) return [];
  const turn = (kind: 'talk' | 'follow-up', said: Turn): Further => ({
    kind,
    content: `<image> ${said.question}`,
    question: said.question,
    solution: talkReply(said),
  });
  return talksOn(scene, size).flatMap((talk) => [
    ...talk.earlier.map((earlier) => turn('talk', earlier)),
    turn(talk.earlier.length > 0 ? 'follow-up' : 'talk', talk),
  ]);
}

/** None of a geometric figure: it is built for the one that its seed asks. */
export function flatQuestions(known: Known, random: Random): Question[] {
  const some = (task: Task, drafts: readonly QuestionDraft[]): Question[] => {
    const asked = drafts.map((draft) => worded(task, random, draft));
    return asked.filter(({ text }, i) => asked.findIndex((other) => other.text === text) === i);
  };
  if ('chart' in known) return some('chart', furtherOfChart(known.chart, random));
  if ('table' in known) return some('table', furtherOfTable(known.table, random));
  if ('printed' in known) return some('text', furtherOfText(known.printed, random));
  return [];
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
  return `There are ${list(leftToRight(facts).map((i) => `${article(look(facts, i))} at [${facts.boxOf(i)?.join(', ')}]`))}.`;
}
