import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import { extractionOf, isJsonObject, type JsonObject, storable, textOf } from './json-text';
import { LostText } from './lost-text';
import { idOf } from './ocean-jsonl';
import { OCR_TYPES } from './ocr-types';
import type { SampleReference } from './predictions-file';
import type { RecordFormat } from './record-format';

/**
 * VLMEvalKit's predictions: the columns of its data set's tsv without the image, and `prediction`, and `thinking` where
 * it was told to split that off (SPLIT_THINK); xlsx, tsv, or JSON records (vlmeval/smp/file.py at e8e78f05).
 *
 * The files of a judge beside it add `res` (MathVision, MathVista) or `extract` (MathVerse): what it found.
 *
 * pandas reads cells "NA", "None" and "" as NaN and numeric columns as floats. Here a cell is the text that the file
 * holds: a model that answered "None" did answer; an empty cell is an empty output.
 */
export const vlmEvalKit: RecordFormat = {
  format: 'vlmevalkit',
  fields: 'index, question, prediction',
  recognises: (record) => 'index' in record && 'prediction' in record,
  benchmarks: (record) => {
    const benchmark = benchmarkOf(record);
    return benchmark === null ? [] : [benchmark];
  },
  read({ row, value }) {
    const { prediction, thinking } = value;
    for (const key of ['question', 'answer', 'thinking'])
      if (value[key] instanceof LostText) textOf(value, key, row);
    const answer = typeof prediction === 'number' ? String(prediction) : textOf(value, 'prediction', row);
    return {
      row,
      reference: referenceOf(value, row),
      // (Where the model did not open its thinking, VLMEvalKit leaves the closing tag in.)
      output:
        typeof thinking === 'string' && thinking !== ''
          ? storable(`<think>${thinking.replace(/<\/think>$/, '')}</think>${answer}`, 'thinking', row)
          : answer,
      extraction: extractionOf(value, 'res', row) ?? extractionOf(value, 'extract', row),
      tokens: null,
      claimedCorrect: null,
    };
  },
};

function benchmarkOf(record: JsonObject): BenchmarkId | null {
  if ('problem_version' in record || 'query_cot' in record) return 'math-verse';
  if ('answer_option' in record || 'skills' in record) return 'math-vista';
  if (OCR_TYPES.has(record.category)) return 'ocr-bench';
  if ('choices' in record && 'category' in record) return 'math-vision';
  return null;
}

/**
 * The mathematics sets reword the question (hints, choices), so that only `index` tells; elsewhere question and answer
 * do, whatever `index` counts from.
 */
function referenceOf(record: JsonObject, row: number): SampleReference {
  const gold = record.answer === '' ? null : (record.answer ?? null);
  const benchmark = benchmarkOf(record);
  const isReworded = benchmark !== null && benchmark !== 'ocr-bench';
  if (isReworded || typeof record.question !== 'string') {
    return { by: 'id', sampleId: idOf(record, 'index', row), gold: isJsonObject(gold) ? null : gold };
  }
  return { by: 'content', image: null, question: record.question, options: null, gold };
}
