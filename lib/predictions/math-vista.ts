import { extractionOf, textOf } from './json-text';
import { idOf } from './ocean-jsonl';
import type { RecordFormat } from './record-format';

/**
 * MathVista's own JSON: a dictionary from pid to the annotation with `response`, later `extraction`, `prediction` and
 * `true_false` (lupantech/MathVista at 53d5258, results/). Where the model failed it has `error` and no response.
 */
export const mathVista: RecordFormat = {
  format: 'math-vista-json',
  fields: 'pid, question_type, response',
  recognises: (record) => 'question_type' in record && ('response' in record || 'error' in record),
  // (MathVerse's samples have a question_type too.)
  benchmarks: (record) => ('pid' in record ? ['math-vista'] : []),
  read({ row, key, value }) {
    const failed = value.response === undefined && 'error' in value;
    return {
      row,
      reference: { by: 'id', sampleId: key ?? idOf(value, 'pid', row), gold: value.answer ?? null },
      output: failed ? '' : textOf(value, 'response', row),
      extraction: extractionOf(value, 'extraction', row),
      tokens: null,
      claimedCorrect: typeof value.true_false === 'boolean' ? value.true_false : null,
    };
  },
};
