import { textOf } from './json-text';
import { idOf } from './ocean-jsonl';
import type { RecordFormat } from './record-format';

/**
 * MATH-V's own JSON lines: `{id, model, response, model_answer?, correct?}` (mathllm/MATH-V at a1f5cc3, outputs/). An id and
 * a response alone may be of any benchmark; what its evaluation adds tells that it is MATH-V's.
 */
export const mathV: RecordFormat = {
  format: 'math-v-jsonl',
  fields: 'id, response',
  recognises: (record) => 'id' in record && 'response' in record,
  benchmarks: (record) => ('model_answer' in record ? ['math-vision'] : []),
  read({ row, value }) {
    return {
      row,
      reference: { by: 'id', sampleId: idOf(value, 'id', row), gold: null },
      output: textOf(value, 'response', row),
      tokens: null,
      claimedCorrect: typeof value.correct === 'boolean' ? value.correct : null,
    };
  },
};
