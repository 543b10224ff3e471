import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import { inWords, isJsonObject, type JsonObject, storable } from './json-text';
import { PredictionsError, type SampleReference } from './predictions-file';
import type { RecordFormat } from './record-format';

/**
 * lmms-eval's `*_samples_<task>.jsonl`: `{doc_id, target, filtered_resps, resps?, <metric>: …}` (at 75571cfe). `resps`
 * is what the model wrote and is left out where the filters changed nothing; it was `[[text]]` before PR #1103, `[text]` since.
 * The row names its sample by its place in the task's data set.
 */
export const lmmsEval: RecordFormat = {
  format: 'lmms-eval-jsonl',
  fields: 'doc_id, target, filtered_resps',
  recognises: (record) => 'doc_id' in record && ('filtered_resps' in record || 'resps' in record),
  benchmarks: (record) => {
    const metric = metricOf(record);
    return metric === null ? [] : [metric.benchmark];
  },
  read({ row, value }) {
    const response = firstText(value.resps ?? value.filtered_resps);
    if (response === null) {
      throw new PredictionsError(
        `"filtered_resps" is ${inWords(value.filtered_resps)} without a text; a list with the model's answer is expected`,
        row,
      );
    }
    return {
      row,
      reference: referenceOf(value, row),
      output: storable(response, 'resps', row),
      tokens: null,
      claimedCorrect: claimOf(value),
    };
  },
};

/** Names of metrics in lmms_eval/tasks/*, by which a row tells its benchmark. */
const METRICS: readonly { name: RegExp; benchmark: BenchmarkId }[] = [
  { name: /^ocrbench_/, benchmark: 'ocr-bench' },
  { name: /^cv_?bench/, benchmark: 'cv-bench' },
  { name: /^mathvision/, benchmark: 'math-vision' },
  { name: /^gpt_eval_score$/, benchmark: 'math-verse' },
  { name: /^llm_as_judge_eval$/, benchmark: 'math-vista' },
  { name: /^refcoco/, benchmark: 'refcoco' },
];

function metricOf(record: JsonObject): { benchmark: BenchmarkId; value: unknown } | null {
  for (const [key, value] of Object.entries(record)) {
    const metric = METRICS.find(({ name }) => name.test(key));
    if (metric !== undefined) return { benchmark: metric.benchmark, value };
  }
  return null;
}

function referenceOf(record: JsonObject, row: number): SampleReference {
  const metric = metricOf(record);
  const details = metric !== null && isJsonObject(metric.value) ? metric.value : {};
  if (metric?.benchmark === 'refcoco') {
    throw new PredictionsError(
      "lmms-eval's RefCOCO tasks ask another data set with boxes from 0 to 1; only outputs for VLM-R1's rec_jsons_processed can be scored",
      row,
    );
  }
  if (metric?.benchmark === 'math-vista' && typeof details.question_id === 'string') {
    return { by: 'id', sampleId: details.question_id, gold: null };
  }
  // cv_bench_2d and cv_bench_3d count doc_id from 0 each; `id` is the data's own idx.
  const place = metric?.benchmark === 'cv-bench' ? (details.id ?? record.doc_id) : record.doc_id;
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 0) {
    throw new PredictionsError(`"doc_id" is ${inWords(place)}; a place from 0 is expected`, row);
  }
  const gold = record.target ?? null;
  return metric?.benchmark === 'cv-bench'
    ? { by: 'id', sampleId: String(place), gold }
    : { by: 'ordinal', ordinal: place, gold };
}

function firstText(responses: unknown): string | null {
  if (typeof responses === 'string') return responses;
  return Array.isArray(responses) ? firstText(responses[0]) : null;
}

function claimOf(record: JsonObject): boolean | null {
  const metric = metricOf(record);
  if (metric === null || !isJsonObject(metric.value)) return null;
  const claim = metric.value.is_correct ?? metric.value.true_false ?? metric.value.score;
  if (typeof claim === 'boolean') return claim;
  return claim === 0 || claim === 1 ? claim === 1 : null;
}
