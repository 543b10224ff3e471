import { strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { openPredictions } from './open';
import type { PredictionsFile } from './predictions-file';

const lines = (...records: unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

function open(text: string): Promise<PredictionsFile> {
  const bytes = strToU8(text);
  return openPredictions({ name: 'samples.jsonl', size: bytes.length, chunks: () => [bytes] });
}

test('lmms-eval samples, whatever the nesting of the responses', async () => {
  const row = { doc_id: 1, target: '(B)', filtered_resps: ['B'], doc_hash: 'x', input: 'q' };
  const details = { gt_content: 'B', pred_parsed: 'B', type: '2D', task: 'Count', source: 'COCO' };
  const file = await open(
    lines(
      { ...row, cv_bench_acc: { ...details, id: 5, is_correct: true } },
      { ...row, resps: [['<think>hm</think>B']], cv_bench_acc: { ...details, id: 6, is_correct: false } },
    ),
  );
  expect(file).toMatchObject({ format: 'lmms-eval-jsonl', benchmarks: ['cv-bench'] });
  expect([...file.rows()]).toMatchObject([
    { reference: { by: 'id', sampleId: '5', gold: '(B)' }, output: 'B', claimedCorrect: true },
    { reference: { sampleId: '6' }, output: '<think>hm</think>B', claimedCorrect: false },
  ]);
  const boxes = await open(lines({ ...row, refcoco_IoU: { pred: [] } }));
  expect(() => [...boxes.rows()]).toThrow('row 1: lmms-eval');
});

test('lmms-eval rows tell their benchmark by the details of a sample, by no name of a metric', async () => {
  const row = { doc_id: 7, target: '3', filtered_resps: 'It is 3.', doc_hash: 'x', input: 'q' };
  const vista = {
    question_id: '12',
    answer: '3',
    answer_type: 'integer',
    extraction: '3',
    true_false: true,
  };
  const verse = { sample_index: '41', problem_version: 'Text Lite', answer: 'A', true_false: false };
  const ocr = { question_type: 'Doc-oriented VQA', score: 1, ground_truth: ['3'] };
  const read = async (fields: object) => {
    const file = await open(lines({ ...row, ...fields }));
    return { benchmarks: file.benchmarks, ...[...file.rows()][0] };
  };
  for (const name of ['llm_as_judge_eval', 'gpt_eval_score', 'submission'])
    expect(await read({ [name]: vista })).toMatchObject({
      benchmarks: ['math-vista'],
      reference: { by: 'id', sampleId: '12', gold: '3' },
      extraction: '3',
      claimedCorrect: true,
    });
  expect(await read({ gpt_eval_score: 0, submission: verse })).toMatchObject({
    benchmarks: ['math-verse'],
    reference: { by: 'id', sampleId: '41', gold: 'A' },
    extraction: undefined,
    claimedCorrect: false,
  });
  expect(await read({ ocrbench_accuracy: ocr })).toMatchObject({
    benchmarks: ['ocr-bench'],
    reference: { by: 'ordinal', ordinal: 7, gold: '3' },
    claimedCorrect: true,
  });
  for (const metrics of [
    { llm_as_judge_eval: 1 },
    { gpt_eval_score: 1 },
    { acc_score: 1, format_score: 0 },
    { mathvision_standard_eval: { response: ['3'], scores: [true] } },
    { ocrbench_v2_accuracy: { question_type: 'text recognition en', score: 1 } },
  ])
    expect(await read(metrics)).toMatchObject({
      benchmarks: [],
      reference: { by: 'ordinal', ordinal: 7, gold: '3' },
      extraction: undefined,
    });
  // Where its judge did not answer.
  expect(await read({ gpt_eval_score: { ...vista, extraction: '' } })).toMatchObject({
    extraction: undefined,
  });
});
