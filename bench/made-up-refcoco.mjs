// RefCOCO's three validation splits, made up in the published form (Ocean-R1 has none of their data), and predictions
// for them in the seed's form: rows without an id, in another order than the data's.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SPLITS = { refcoco_val: 10_834, refcocop_val: 10_758, refcocog_val: 4_896 };

const THINKING =
  'The picture shows several people and things beside each other. The expression speaks of one of them, and from left to right only one stands where it says. ';

/** A place in a sequence that looks shuffled and is the same each time; `step` must share no factor with `length`. */
const shuffled = (index, length, step = 7_919) => (index * step) % length;

function sample(index) {
  const left = (index * 37) % 400;
  const top = (index * 53) % 300;
  const box = [left, top, left + 60 + (index % 90), top + 50 + (index % 70)];
  return {
    image: `train2014/COCO_train2014_${String(index % 1_500).padStart(12, '0')}.jpg`,
    problem: `Please provide the bounding box coordinate of the region this sentence describes: thing ${Math.floor(index / 3)} on the left.`,
    solution: box,
    normalized_solution: box.map((side) => side / 640),
  };
}

/** Three of four boxes are right. */
function prediction({ problem, solution }, index) {
  const answer = index % 4 === 3 ? solution.map((side) => side + 60) : solution.map((side) => side + 2);
  return {
    question: problem,
    ground_truth: solution,
    model_output: `<think>${THINKING.repeat(4)}</think>\n<answer>\`\`\`json\n[{"bbox_2d": [${answer.join(', ')}], "label": "thing"}]\n\`\`\`</answer>`,
    extracted_answer: answer,
    correct: index % 4 === 3 ? 0 : 1,
  };
}

/** Writes both for each split; returns `[{ split, samples, data, predictions }]`. */
export function writeRefcoco(folder) {
  return Object.entries(SPLITS).map(([split, samples]) => {
    const rows = Array.from({ length: samples }, (_, index) => sample(index));
    const order = Array.from({ length: samples }, (_, index) => shuffled(index, samples));
    const results = order.map((index) => prediction(rows[index], index));
    const data = join(folder, `${split}.json`);
    const predictions = join(folder, `predictions-${split}.json`);
    writeFileSync(data, JSON.stringify(rows));
    writeFileSync(predictions, JSON.stringify({ accuracy: 75, results }, null, 4));
    return { split, samples, data, predictions };
  });
}
