import { inWords, isJsonObject, type JsonObject, textOf } from './json-text';
import { PredictionsError, type SampleReference } from './predictions-file';
import type { RecordFormat } from './record-format';

/**
 * What the seed's evaluation scripts write, and R1-V's and VLM-R1's, from which they are derived:
 * `{"accuracy", "results": [record, …]}` (Ocean-R1 eval/test_qwen2d5vl_*.py at 571b3c4). The records carry no id.
 * - counting, GEOQA: `{question: {image_path, question, ground_truth}, ground_truth, model_output, extracted_answer}`, GEOQA with `is_correct`
 * - REC: `{question, ground_truth: [x1, y1, x2, y2], model_output, extracted_answer, correct}` in shuffled order, VLM-R1 with `image`
 * - CV-Bench: `{question, options, task, ground_truth, response, model_answer, correct}`
 *
 * A question that is an object is the row that was asked, as the data has it: R1-V's test files say `image_path`,
 * `question`, `ground_truth`, the data that it trains on, on which others evaluate by its scripts, `image`, `problem`,
 * `solution` (`<answer> 3 </answer>`).
 */
export const seedJson: RecordFormat = {
  format: 'seed-json',
  fields: 'question, ground_truth, model_output (CV-Bench: question, options, ground_truth, response)',
  recognises: (record) =>
    'question' in record && goldOf(record) !== undefined && ('model_output' in record || isCvBench(record)),
  benchmarks(record) {
    if (isCvBench(record)) return ['cv-bench'];
    const { question } = record;
    const gold = goldOf(record);
    if (Array.isArray(gold)) return ['refcoco'];
    if (typeof gold === 'string') return ['geoqa'];
    return isJsonObject(question) && question.question === QUESTION_OF_THE_200
      ? ['superclevr-200', 'superclevr']
      : ['superclevr', 'superclevr-200'];
  },
  read({ row, value }) {
    return {
      row,
      reference: referenceOf(value, row),
      output: textOf(value, isCvBench(value) ? 'response' : 'model_output', row),
      tokens: null,
      claimedCorrect: claimOf(value),
    };
  },
};

const QUESTION_OF_THE_200 = 'How many different items are there in the image?';

const isCvBench = (record: JsonObject): boolean => 'response' in record && 'options' in record;

/** Undefined where there is none. */
function goldOf({ question, ground_truth, solution }: JsonObject): unknown {
  const asked = isJsonObject(question) ? question : {};
  const gold = [ground_truth, asked.ground_truth, solution, asked.solution].find(
    (each) => each !== undefined,
  );
  const tagged =
    typeof gold === 'string' ? /^\s*<answer>([^<]*)<\/answer>\s*$/.exec(gold)?.[1]?.trim() : undefined;
  if (tagged === undefined) return gold;
  return /^\d+$/.test(tagged) ? Number(tagged) : tagged;
}

function referenceOf(record: JsonObject, row: number): SampleReference {
  const { question, image, options } = record;
  const gold = goldOf(record);
  if (gold === undefined || gold === null) {
    throw new PredictionsError(
      `"ground_truth" is ${inWords(gold)}; the sample's right answer is expected`,
      row,
    );
  }
  const asked = isJsonObject(question) ? question : { question, image_path: image };
  const path = asked.image_path ?? asked.image;
  return {
    by: 'content',
    image: typeof path === 'string' ? path : null,
    question: textOf(asked, 'problem' in asked && !('question' in asked) ? 'problem' : 'question', row),
    options: Array.isArray(options) ? options.map(String) : null,
    gold,
  };
}

/** The counting script keeps no verdict: it counts a row where the extracted number is the right one. */
function claimOf(record: JsonObject): boolean | null {
  const claim = record.is_correct ?? record.correct;
  if (typeof claim === 'boolean') return claim;
  if (claim === 0 || claim === 1) return claim === 1;
  const gold = goldOf(record);
  return 'extracted_answer' in record && typeof gold === 'number' ? record.extracted_answer === gold : null;
}

/** `accuracy` is percent; CV-Bench's is an object of fractions. */
export function seedAccuracy(accuracy: unknown): number | null {
  if (typeof accuracy === 'number') return accuracy;
  const total = isJsonObject(accuracy) ? accuracy['Total Accuracy:'] : null;
  return typeof total === 'number' ? total * 100 : null;
}
