import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import { extractionOf, inWords, isJsonObject, type JsonObject, storable } from './json-text';
import { OCR_TYPES } from './ocr-types';
import { PredictionsError, type SampleReference } from './predictions-file';
import type { RecordFormat } from './record-format';

/**
 * lmms-eval's `*_samples_<task>.jsonl`: `{doc_id, target, filtered_resps, resps?, <metric>: …}` (at 75571cfe). `resps`
 * is what the model wrote and is left out where the filters changed nothing; it was `[[text]]` before PR #1103, `[text]` since.
 *
 * The row names its sample by its place in the task's data set, unless the details that some tasks keep name it. A
 * metric's name tells no benchmark: `llm_as_judge_eval` is MathVista's and MathVision's and others', `acc_score` everybody's.
 */
export const lmmsEval: RecordFormat = {
  format: 'lmms-eval-jsonl',
  fields: 'doc_id, target, filtered_resps',
  recognises: (record) => 'doc_id' in record && ('filtered_resps' in record || 'resps' in record),
  benchmarks: (record) => {
    const details = detailsOf(record);
    return details === null ? [] : [details.benchmark];
  },
  read({ row, value }) {
    if (Object.keys(value).some((key) => /^refcoco/.test(key))) {
      throw new PredictionsError(
        "lmms-eval's RefCOCO tasks ask another data set with boxes from 0 to 1; only outputs for VLM-R1's rec_jsons_processed can be scored",
        row,
      );
    }
    const response = firstText(value.resps ?? value.filtered_resps);
    if (response === null) {
      throw new PredictionsError(
        `"filtered_resps" is ${inWords(value.filtered_resps)} without a text; a list with the model's answer is expected`,
        row,
      );
    }
    const details = detailsOf(value);
    return {
      row,
      reference: referenceOf(value, details, row),
      output: storable(response, 'resps', row),
      extraction: details?.benchmark === 'math-vista' ? extractedIn(details.value, row) : undefined,
      tokens: null,
      claimedCorrect: claimOf(details),
    };
  },
};

/** What a task keeps of a sample under one of its metrics, or under `submission`. */
interface Details {
  benchmark: BenchmarkId;
  value: JsonObject;
}

const DETAILS: readonly { benchmark: BenchmarkId; isOf: (details: JsonObject) => boolean }[] = [
  {
    benchmark: 'math-vista',
    isOf: (details) => typeof details.question_id === 'string' && 'answer_type' in details,
  },
  { benchmark: 'math-verse', isOf: (details) => 'sample_index' in details && 'problem_version' in details },
  { benchmark: 'ocr-bench', isOf: (details) => OCR_TYPES.has(details.question_type) },
  { benchmark: 'cv-bench', isOf: (details) => 'id' in details && 'gt_content' in details },
];

function detailsOf(record: JsonObject): Details | null {
  for (const value of Object.values(record)) {
    if (!isJsonObject(value)) continue;
    const found = DETAILS.find(({ isOf }) => isOf(value));
    if (found !== undefined) return { benchmark: found.benchmark, value };
  }
  return null;
}

function referenceOf(record: JsonObject, details: Details | null, row: number): SampleReference {
  const { target = null } = record;
  const { benchmark, value } = details ?? {};
  if (value !== undefined && benchmark === 'math-vista')
    return { by: 'id', sampleId: String(value.question_id), gold: value.answer ?? null };
  if (value !== undefined && benchmark === 'math-verse')
    return { by: 'id', sampleId: String(value.sample_index), gold: value.answer ?? null };
  // cv_bench_2d and cv_bench_3d count doc_id from 0 each; `id` is the data's own idx.
  const isOfCvBench = value !== undefined && benchmark === 'cv-bench';
  const place = isOfCvBench ? value.id : record.doc_id;
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 0) {
    throw new PredictionsError(`"doc_id" is ${inWords(place)}; a place from 0 is expected`, row);
  }
  return isOfCvBench
    ? { by: 'id', sampleId: String(place), gold: target }
    : { by: 'ordinal', ordinal: place, gold: target };
}

function firstText(responses: unknown): string | null {
  if (typeof responses === 'string') return responses;
  return Array.isArray(responses) ? firstText(responses[0]) : null;
}

/** MathVista's judge; where it did not answer, lmms-eval keeps an empty text. */
const extractedIn = (details: JsonObject, row: number): string | undefined =>
  details.extraction === '' ? undefined : extractionOf(details, 'extraction', row);

function claimOf(details: Details | null): boolean | null {
  const claim = details?.value.is_correct ?? details?.value.true_false ?? details?.value.score;
  if (typeof claim === 'boolean') return claim;
  return claim === 0 || claim === 1 ? claim === 1 : null;
}
