import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/**
 * The little world that the end-to-end tests run in: annotations in the published formats, made up here, and
 * predictions files whose right score is known.
 */

/** Each of the processes that run specs has a site of its own: two ports and a data folder. */
const SITE = Number(process.env.TEST_PARALLEL_INDEX ?? 0);
export const PORT = 4195 + 2 * SITE;
export const ADDRESS = `http://localhost:${PORT}`;
export const TOKEN = 'end-to-end-token-0001';
export const ROOT = join(import.meta.dirname ?? __dirname, '..');
/** All that a test run writes; emptied at its start. */
export const FOLDER = join(ROOT, '.data', 'e2e');
/** A data folder with the annotations, which every site begins with a copy of. */
export const INSTALLED = join(FOLDER, 'installed');
/** The site's own. */
export const DATA = join(FOLDER, `site-${SITE}`);
export const file = (name: string) => join(FOLDER, 'files', name);

const json = (value: unknown) => JSON.stringify(value);
const lines = (rows: readonly unknown[]) => `${rows.map(json).join('\n')}\n`;

/** The 200-sample split in the seed's form. */
export const counting = Array.from({ length: 200 }, (_, index) => ({
  image_path: `./images/made_up_${String(index).padStart(6, '0')}.png`,
  question: 'How many different items are there in the image?',
  ground_truth: 3 + (index % 8),
}));

/** R1-V's form; the first `right` answers are right. */
export function countingPredictions(right: number, claimed: number) {
  return {
    accuracy: claimed,
    results: counting.map((question, index) => {
      const answer = index < right ? question.ground_truth : question.ground_truth + 1;
      return {
        question,
        ground_truth: question.ground_truth,
        model_output: `<think>Item by item: ${answer} of them.</think>\n<answer>\n${answer}\n</answer>`,
        extracted_answer: answer,
      };
    }),
  };
}

const box = (index: number) => {
  const left = 10 + (index % 40);
  return [left, 20, left + 60, 90] as const;
};

/** RefCOCO's first split, whole: 10,834 expressions on 200 pictures. */
export const expressions = Array.from({ length: 10_834 }, (_, index) => ({
  image: `train2014/made_up_${index % 200}.png`,
  problem: `Please provide the bounding box coordinate of the region this sentence describes: shape ${index}.`,
  solution: box(index),
  normalized_solution: box(index).map((side) => side / 160),
}));

/** Our own form; nine of ten boxes are right, the tenth is empty of any. */
export const boxPredictions = expressions.map(({ solution }, index) => ({
  sample_id: String(index),
  output:
    index % 10 === 9
      ? '<think>I cannot find it.</think><answer>none</answer>'
      : `<think>There it is.</think><answer>{"bbox_2d": [${solution.join(', ')}]}</answer>`,
}));

/** GEOQA's form. Every tenth true answer is a root, which the seed's rule cuts to the number before it. */
export const geometry = Array.from({ length: 754 }, (_, index) => ({
  image_path: `./Geo170K/images/test/${index}.png`,
  question: `As shown in the figure, what is the length of the segment ${index}?`,
  ground_truth: index % 10 === 0 ? `${2 + (index % 7)}√{3}` : String(2 + (index % 80)),
}));

/**
 * Our own form: of the roots, one is answered by itself and the next by the number before it, in turns; of the others,
 * every fourth is wrong. `tail` is added to one output.
 */
export const geometryPredictions = (tail: string): string =>
  lines(
    geometry.map(({ ground_truth }, index) => {
      const root = index % 10 === 0;
      const number = Number.parseInt(ground_truth, 10);
      const answer =
        root && index % 20 === 0 ? `${number}\\sqrt{3}` : number + Number(!root && index % 4 === 0);
      return {
        sample_id: String(index),
        output: `<think>By the theorem.</think> The final answer is $${answer}$${index === 400 ? tail : ''}`,
      };
    }),
  );

/** OCRBench's form. */
export const signs = Array.from({ length: 1000 }, (_, index) => ({
  dataset_name: 'made up',
  id: index,
  image_path: `made_up/${index}.png`,
  question: 'what is written in the image?',
  answers: `Sign ${index}`,
  type: 'Regular Text Recognition',
}));

/** Every fifth is misread. `tail` is added to one output. */
export const signPredictions = (tail: string): string =>
  lines(
    signs.map(({ answers }, index) => ({
      sample_id: String(index),
      output: `${index % 5 === 4 ? 'no sign' : answers}${index === 400 ? tail : ''}`,
    })),
  );

/** MathVision's form, every question with choices. */
export const contests = Array.from({ length: 3040 }, (_, index) => ({
  id: String(index + 1),
  question: `Which of the five is right in drawing ${index + 1}?`,
  options: ['first', 'second', 'third', 'fourth', 'fifth'],
  answer: 'B',
  solution: null,
  level: 1 + (index % 5),
  subject: 'made up',
  image: `images/${index + 1}.jpg`,
}));

/** Our own form: `right` answers are right, then come `unjudged` ones that only a judge could read, the others are wrong. */
export const contestPredictions = (right: number, unjudged: number): string =>
  lines(
    contests.map(({ id }, index) => ({
      sample_id: id,
      output: index < right ? 'B' : index < right + unjudged ? 'It is hard to say.' : 'C',
    })),
  );

/** The other split of it. */
export const fewContests = contests.slice(0, 304);

/** PNG's checksum; zlib's own came only with Node 20.15. */
function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A plain PNG, 160 x 120. */
export function picture(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 160, 0, 0, 0, 120, 8, 2, 0, 0, 0]);
  const row = Buffer.from([0, ...Array.from({ length: 160 }, (_, x) => [90 + (x % 60), 140, 170]).flat()]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: 120 }, () => row)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function writeWorld(): void {
  mkdirSync(file('images/train2014'), { recursive: true });
  writeFileSync(file('counting.jsonl'), lines(counting));
  writeFileSync(file('refcoco_val.json'), json(expressions));
  for (let index = 0; index < 200; index++)
    writeFileSync(file(`images/train2014/made_up_${index}.png`), picture());
  writeFileSync(file('geometry.jsonl'), lines(geometry));
  writeFileSync(file('signs.json'), json(signs));
  writeFileSync(file('contests.jsonl'), lines(contests));
  writeFileSync(file('few-contests.jsonl'), lines(fewContests));
  mkdirSync(file('drawings/Geo170K/images/test'), { recursive: true });
  for (const { image_path } of geometry) writeFileSync(file(`drawings/${image_path}`), picture());
  writeFileSync(file('counting-75.json'), json(countingPredictions(150, 75)));
  writeFileSync(file('counting-boasting.json'), json(countingPredictions(100, 99)));
  writeFileSync(file('boxes.jsonl'), lines(boxPredictions));
}
