import { jsonLines, uniqueIds } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark, GeneratedSource, Split } from '@/lib/benchmarks/benchmark';
import { REC_PROMPT, THINK_PROMPT } from '@/lib/samples/prompts';
import type { Gold, Sample } from '@/lib/samples/sample';
import { asBox } from '@/lib/scoring/box';
import { exactScorer } from '@/lib/scoring/exact';
import { ABILITY, type AskedScene, TASKS, type Task } from '@/lib/world/question';
import { seedIn, WORLD_VERSION, type Split as WorldSplit } from '@/lib/world/scene';

/**
 * Side of the pictures in pixels, and the frame of the boxes. Diagrams and printed text are still read well at it, and it
 * is a multiple of 28, so that the processors of Qwen2.5-VL and its kin hand it to the model as it is: the pixels that
 * the model answers in are those of the gold boxes.
 */
export const PICTURE_SIZE = 224;

/** How many questions each split has, and what stands behind a task in its samples' ids. */
const SPLITS = {
  test: { label: 'test', sampleCount: 2_000, mark: '' },
  'test-hard': { label: 'test-hard', sampleCount: 2_000, mark: '-hard' },
  /** For a look at a model in training, which takes a tenth of the time and nothing of the test. */
  val: { label: 'val, 200 questions', sampleCount: 200, mark: '-val' },
} as const satisfies Partial<Record<WorldSplit, unknown>>;
type BenchmarkSplit = keyof typeof SPLITS;

/** The n-th sample of a split asks the tasks in turn, so that any beginning of a split is balanced too. */
const taskOf = (n: number) => TASKS[n % TASKS.length] ?? TASKS[0];

/** `counting-000120`, and `counting-hard-000120` of test-hard: an id tells task, split and seed. */
const sampleIdOf = (split: BenchmarkSplit, n: number): string =>
  `${taskOf(n)}${SPLITS[split].mark}-${String(n).padStart(6, '0')}`;

/** The scene that a sample asks about; null where its id names none of the split. */
export function sceneOf(splitId: string, sampleId: string): { task: Task; seed: number } | null {
  const split = Object.keys(SPLITS).find((each): each is BenchmarkSplit => each === splitId);
  const n = Number(/-(\d{6})$/.exec(sampleId)?.[1]);
  if (split === undefined || !(n < SPLITS[split].sampleCount) || sampleId !== sampleIdOf(split, n))
    return null;
  return { task: taskOf(n), seed: seedIn(split, n) };
}

/** The world is loaded where something of it is asked for: whoever reads this file alone does not carry it. */
async function askNth(split: BenchmarkSplit, n: number): Promise<AskedScene> {
  const { ask } = await import('@/lib/world/world');
  return ask(taskOf(n), seedIn(split, n), PICTURE_SIZE);
}

/** Choices stand in `options`, so the question goes without them. */
function lineOf(split: BenchmarkSplit, n: number, { question }: AskedScene): string {
  const { task, text, options, answer, difficulty, phrasing } = question;
  const sampleId = sampleIdOf(split, n);
  return JSON.stringify({
    sample_id: sampleId,
    image: `${sampleId}.png`,
    question: options === null ? text : text.slice(0, text.indexOf('\n(A) ')),
    options,
    ...(answer.kind === 'box' ? { box: answer.box } : { answers: answer.forms }),
    task,
    ability: ABILITY[task],
    difficulty: String(difficulty),
    phrasing: phrasing.seen ? 'seen' : 'unseen',
  });
}

/** Rows as `lineOf` writes them. */
async function readAnnotations(file: AnnotationFile): Promise<readonly Sample[]> {
  const samples = jsonLines(file).map((row): Sample => {
    const sampleId = row.id('sample_id');
    const options = row.textsOrNull('options');
    const forms = row.has('box') ? null : row.texts('answers');
    // Of a choice the first form is its letter, as in CV-Bench; the scorer knows the others.
    const gold: Gold =
      forms === null ? row.numbers('box', 4) : options === null ? forms : (forms[0] ?? row.fail('no answer'));
    return {
      sampleId,
      question: row.text('question'),
      options,
      gold,
      tags: {
        task: row.text('task'),
        ability: row.text('ability'),
        difficulty: row.text('difficulty'),
        phrasing: row.text('phrasing'),
      },
      image: row.text('image'),
      cluster: sampleId,
    };
  });
  return uniqueIds(file, samples);
}

/** The seed's prompt around the question and its choices: boxes are asked for in JSON. */
function promptOf({ question, options, gold }: Sample): string {
  const { template } = asBox(gold) === null ? THINK_PROMPT : REC_PROMPT;
  const choices = (options ?? []).map((text, i) => `\n(${String.fromCharCode(65 + i)}) ${text}`);
  return template.replace('{Question}', () => question + choices.join(''));
}

const generated = (split: BenchmarkSplit): GeneratedSource => ({
  kind: 'generated',
  version: `Ocean World ${WORLD_VERSION}, ${PICTURE_SIZE} px`,
  async *lines() {
    for (let n = 0; n < SPLITS[split].sampleCount; n++) yield lineOf(split, n, await askNth(split, n));
  },
  async picture(image) {
    const n = Number(/-(\d{6})\.png$/.exec(image)?.[1]);
    if (!(n < SPLITS[split].sampleCount) || image !== `${sampleIdOf(split, n)}.png`) return null;
    const [{ scene }, { render }, { encodePng }] = await Promise.all([
      askNth(split, n),
      import('@/lib/world/world'),
      import('@/lib/world/png'),
    ]);
    return encodePng(render(scene, PICTURE_SIZE));
  },
  prompt: promptOf,
});

const splitOf = (id: BenchmarkSplit): Split => ({
  id,
  label: SPLITS[id].label,
  sampleCount: SPLITS[id].sampleCount,
  source: generated(id),
  knownSha256: [],
});

export const oceanWorld: Benchmark = {
  id: 'ocean-world',
  name: 'Ocean World',
  shortName: 'Ocean World',
  ability: 'every ability, on made scenes',
  description: `Questions of ${TASKS.length} tasks on scenes that are made from seeds: solids and vehicles on a ground, geometry diagrams, charts, tables and printed text. Every answer follows from the scene, so it is exact. Pictures are ${PICTURE_SIZE} x ${PICTURE_SIZE} pixels, and boxes are asked for in those pixels.`,
  splits: [splitOf('test'), splitOf('test-hard'), splitOf('val')],
  prompts: [
    { ...THINK_PROMPT, label: 'Question with its choices; think, then answer in tags' },
    { ...REC_PROMPT, label: 'Where a box is asked for: think, then answer in JSON' },
  ],
  maxNewTokens: null,
  licence: 'Apache-2.0, as the program that makes it',
  sources: [
    {
      label: 'CLEVR, after which the tabletop scenes are made',
      url: 'https://cs.stanford.edu/people/jcjohns/clevr/',
    },
    {
      label: 'Super-CLEVR, after which the vehicle scenes are made',
      url: 'https://github.com/Lizw14/Super-CLEVR',
    },
  ],
  breakdowns: [
    { tag: 'task', label: 'Task' },
    { tag: 'ability', label: 'Ability' },
    { tag: 'difficulty', label: 'Difficulty' },
    { tag: 'phrasing', label: 'Phrasing' },
  ],
  headline: { kind: 'accuracy', label: 'Accuracy' },
  secondary: [],
  scorers: [exactScorer],
  caveats: [
    `A box in the pixels of another size than ${PICTURE_SIZE} x ${PICTURE_SIZE} is wrong, however right it would be in its own frame: a model that was shown a smaller picture has its boxes scaled back before they are handed in.`,
    'Phrasing: half of the questions of test, and all of test-hard, are worded in ways that no training or validation question of the world is (unseen). No scene of a split is in another.',
    'A model may have been trained on other scenes of this world: its figure then says how well it learnt the world, not how well it does elsewhere. Compare it with the published benchmarks beside it.',
  ],
  readAnnotations,
};
