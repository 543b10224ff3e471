import { diagram } from './diagrams';
import { writtenWords } from './drawing';
import { type Further, furtherQuestions, furtherTalk, furtherWithoutPicture, tellPicture } from './further';
import { encodeJpeg } from './jpeg';
import { paraphrased, type Words } from './paraphrases';
import type { Picture } from './picture';
import { BAR, barEnds, placed, toldPicture } from './places';
import { encodePng } from './png';
import { answerText, perfectResponse, promptOf, trainingMessage } from './prompts';
import { ABILITY, type Ability, type Answer, type Difficulty, type Question, type Task } from './question';
import { Random } from './random';
import { type Scene, SEEDS_PER_SPLIT, type Split, seedIn, type Thing, WORLD_VERSION } from './scene';
import { centimetres, factsOf, fromCamera, groundOf } from './solid-facts';
import { ask, type Known, render } from './world';

/**
 * A row as verl's RLHFDataset reads it and as the seed's training data have it (VLM-RL/Ocean-R1 at 571b3c4c): what its
 * reward functions take is in `reward_model` and `extra_info.reward_func`. All else about the question stands in
 * `extra_info`, which verl hands on as it is.
 */
export interface TrainingRow {
  /** `ocean-world/` and the task: verl reports its validation figures by it. */
  data_source: string;
  /** One `<image>` in it for each of the images: one, or none where the set has no pictures. */
  prompt: readonly { role: 'user'; content: string }[];
  images: readonly { bytes: Uint8Array; path: string }[];
  ability: Ability;
  /** The gold answer: words in their canonical form, or `[x1, y1, x2, y2]` in whole pixels of the image. */
  reward_model: { style: 'rule'; ground_truth: string };
  extra_info: {
    /** The row's number in its set. */
    index: number;
    answer: string;
    /** The question without instruction and `<image>`. */
    question: string;
    /** `iou` where the answer is a box, `acc` elsewhere. */
    reward_func: 'acc' | 'iou';
    image_paths: readonly string[];
    /** A worked solution, reasoning and answer in the tags that the prompt asks for: the target of supervised training. */
    solution: string;
    /** All the forms of the answer that are right, the canonical one first. */
    accepted: readonly string[];
    /** More to learn from the same picture, where the set has it: questions with their solutions. */
    further: readonly Further[];
    /** What stands in the picture, for the dense training of a vision tower: none where the scene is no one of solids. */
    objects: readonly SeenObject[];
    /** What is written in the picture, and where bars end, for the same; none where the scene is one of solids. */
    written: readonly WrittenWord[];
    task: Task;
    kind: string;
    difficulty: Difficulty;
    split: Split;
    /** The seed of scene and question; with task and size it makes them again. */
    seed: number;
    size: number;
    world_version: number;
  };
}

/** An object, its box in whole pixels of the frame, and what solutions say of its place in the scene, in whole centimetres. */
export interface SeenObject extends Pick<Thing, 'shape' | 'colour' | 'material' | 'size'> {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  away: number;
  ground_x: number;
  ground_y: number;
}

/** A word and where it runs: the middles of its first and of its last character, in whole pixels of the frame. */
export interface WrittenWord {
  word: string;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** Which rows: two sets that differ in nothing but `seed` share no scene. */
export interface RowSet {
  split: Split;
  /** Without repetition, in the order of TASKS, so that one choice of tasks is one set. */
  tasks: readonly Task[];
  /** 0 to LAST_ROW_SEED. */
  seed: number;
  /** Side of the pictures in pixels, 96 to 512. */
  size: number;
  /** Side of the frame, in pixels, that solutions, further questions and objects speak of: a model sees the picture
   * resized to it. */
  frame: number;
  image: ImageCode;
  /** Whether each row has further questions on its picture. */
  further: boolean;
  /** Whether questions are put into more words than the benchmark has (paraphrases.ts): three of four in training, half in
   * validation, there in words that training does not use. */
  paraphrase: boolean;
  /** Whether rows on solids have everyday talk (talk.ts) among their further questions, in words that `test-talk` never uses. */
  talk: boolean;
  /** Whether solutions of charts, tables and printed texts say where they read (places.ts), and further questions begin with
   * all that is written and where. */
  places: boolean;
}
/** `none`: rows without pictures. Questions of geometry tell all then; charts, tables and texts are told, with places. */
export type ImageCode = { format: 'png' } | { format: 'jpeg'; quality: number } | { format: 'none' };

/** A set takes the split's seeds from `seed` times this on, one a row: sets of up to so many rows do not overlap. */
export const SEEDS_PER_SET = 1_000_000_000;
export const LAST_ROW_SEED = Math.floor(SEEDS_PER_SPLIT / SEEDS_PER_SET) - 1;

const worldSeed = ({ split, seed }: RowSet, index: number): number =>
  seedIn(split, seed * SEEDS_PER_SET + index);

/** Every run of rows as long as the list of tasks has each of them once, in an order of its own. */
export function taskOf(set: RowSet, index: number): Task {
  const at = index % set.tasks.length;
  const order = new Random(worldSeed(set, index - at), 'row tasks').shuffle(set.tasks);
  return order[at] as Task;
}

/** Row `index` of a set; it does not depend on how many there are. */
export function trainingRow(set: RowSet, index: number): TrainingRow {
  const { image, size } = set;
  const seed = worldSeed(set, index);
  const task = taskOf(set, index);
  if (image.format === 'none') {
    const known = task === 'geometry' ? diagram(seed, true) : ask(task, seed, set.frame);
    return { ...rowWords({ ...set, size: set.frame }, index, known), images: [] };
  }
  const asked = ask(task, seed, size);
  const words = rowWords(set, index, asked);
  const bytes = encode(render(asked.scene, size), image);
  return { ...words, images: words.extra_info.image_paths.map((path) => ({ bytes, path })) };
}

/** All of a row but its picture. */
export function rowWords(set: RowSet, index: number, known: Known): Omit<TrainingRow, 'images'> {
  const { question } = known;
  const { task } = question;
  const seed = worldSeed(set, index);
  const words = wordsOf(set);
  const pictured = set.image.format !== 'none';
  const asked = words(question, new Random(seed, 'words'));
  const text = pictured ? asked : tellPicture(asked, toldPicture(known, set.frame));
  const told = set.frame === set.size ? known : ask(task, seed, set.frame);
  const answer = goldText(question.answer);
  const { format } = set.image;
  const message = trainingMessage(promptOf(question), text);
  return {
    data_source: `ocean-world/${task}`,
    prompt: [{ role: 'user', content: pictured ? message : message.replace('<image> ', '') }],
    ability: ABILITY[task],
    reward_model: { style: 'rule', ground_truth: answer },
    extra_info: {
      index,
      answer,
      question: text,
      reward_func: question.answer.kind === 'box' ? 'iou' : 'acc',
      image_paths: !pictured ? [] : [`${task}-${seed}.${format === 'png' ? 'png' : 'jpg'}`],
      solution: perfectResponse(set.places ? placed(told, set.frame)(told.question) : told.question),
      accepted: acceptedForms(question),
      further: [
        ...(set.further && pictured ? furtherQuestions(told, set.frame, words, set.places) : []),
        ...(set.further && !pictured ? furtherWithoutPicture(known, set.frame, words) : []),
        ...(set.talk ? furtherTalk(told.scene, set.frame) : []),
      ],
      objects: objectsOf(told.scene, set.frame),
      written: writtenIn(told, set.frame),
      task,
      kind: question.kind,
      difficulty: question.difficulty,
      split: set.split,
      seed,
      size: set.size,
      world_version: WORLD_VERSION,
    },
  };
}

function wordsOf({ split, paraphrase }: RowSet): Words {
  if (!paraphrase || (split !== 'train' && split !== 'val')) return (question) => question.text;
  const share = split === 'train' ? 0.75 : 0.5;
  return (question, random) => (random.chance(share) ? paraphrased(question, split, random) : question.text);
}

function objectsOf(scene: Scene, size: number): readonly SeenObject[] {
  if ('drawing' in scene) return [];
  const facts = factsOf(scene, new Random(scene.seed, 'objects'), size);
  return scene.things.flatMap(({ shape, colour, material, size }, index) => {
    const box = facts.boxOf(index);
    if (!box) return [];
    const [x1, y1, x2, y2] = box;
    const [ground_x, ground_y] = groundOf(facts, index);
    const away = centimetres(fromCamera(facts, index));
    return [{ shape, colour, material, size, x1, y1, x2, y2, away, ground_x, ground_y }];
  });
}

function writtenIn({ scene, ...known }: Known, size: number): readonly WrittenWord[] {
  if (!('drawing' in scene)) return [];
  const pixels = (hundredths: number) => Math.round((hundredths * size) / 100);
  const words = scene.drawing.marks.flatMap((mark) =>
    mark.kind !== 'text'
      ? []
      : writtenWords(mark).map(({ word, from, to }) => {
          const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = [...from, ...to].map(pixels);
          return { word, x1, y1, x2, y2 };
        }),
  );
  const bars = 'chart' in known ? barEnds(known.chart, scene.drawing, size) : [];
  return [...words, ...bars.map(({ x, y }) => ({ word: BAR, x1: x, y1: y, x2: x, y2: y }))];
}

const encode = (picture: Picture, image: Exclude<ImageCode, { format: 'none' }>): Uint8Array =>
  image.format === 'png' ? encodePng(picture) : encodeJpeg(picture, image.quality);

/** The seed's reward for boxes evaluates a list of four numbers; for all else it compares words. */
const goldText = (answer: Answer): string =>
  answer.kind === 'box' ? `[${answer.box.join(', ')}]` : answerText(answer);

const acceptedForms = ({ answer }: Question): readonly string[] =>
  answer.kind === 'box' ? [goldText(answer)] : answer.forms;
