import { readFileSync } from 'node:fs';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { likeliestSplit } from '@/lib/predictions/likeliest-split';
import { matchRows } from '@/lib/predictions/match';
import { openPredictions } from '@/lib/predictions/open';
import type { PredictionsFile } from '@/lib/predictions/predictions-file';
import { scoredBy, scoreRows } from '@/lib/predictions/score-rows';
import type { Sample } from '@/lib/samples/sample';

/** Real model outputs and the annotations that they are for: they lie beside the checkout. */
const DATA = new URL('../../../shared/data/', import.meta.url);

const bytesOf = (path: string): Uint8Array => readFileSync(new URL(path, DATA));

const open = (bytes: Uint8Array): Promise<PredictionsFile> =>
  openPredictions({
    name: 'file',
    size: bytes.length,
    *chunks() {
      for (let at = 0; at < bytes.length; at += 65536) yield bytes.subarray(at, at + 65536);
    },
  });

const ANNOTATIONS: Partial<Record<BenchmarkId, string>> = {
  superclevr: 'ocean-r1/super_clevr_test_5k.jsonl',
  'superclevr-200': 'ocean-r1/superclevr_test200_counting_problems.jsonl',
  geoqa: 'ocean-r1/geoqa_test_prompts.jsonl',
  'math-vision': 'annotations/mathvision_test.jsonl',
  'math-vista': 'annotations/mathvista_testmini.json',
};

async function samplesOf(id: BenchmarkId): Promise<readonly Sample[]> {
  const name = ANNOTATIONS[id] ?? '';
  return BENCHMARKS[id].readAnnotations({ name, bytes: bytesOf(name) }, BENCHMARKS[id].splits[0]);
}

describe('real files', () => {
  test.each([
    ['r1v_superclevr200_qwen2vl_2b_instruct.json', 'seed-json', 'superclevr-200', 200, 96, 48],
    ['r1v_geoqa_qwen2vl_7b_instruct.json', 'seed-json', 'geoqa', 754, 231, 30.636604774535808],
    ['mathv_gemini-pro-cot.jsonl', 'math-v-jsonl', 'math-vision', 3040, 436, null],
    ['mathvista_llava_llama_2_13b.json', 'math-vista-json', 'math-vista', 1000, null, null],
  ] as const)(
    '%s: recognised, and every row finds its sample',
    async (name, format, benchmark, count, correct, accuracy) => {
      const bytes = bytesOf(`predictions/${name}`);
      const samples = await samplesOf(benchmark);
      for (const content of [bytes, gzipSync(bytes), zipSync({ [name]: bytes })]) {
        const file = await open(content);
        expect(file.format).toBe(format);
        expect(file.benchmarks[0]).toBe(benchmark);
        const matching = matchRows(file.rows(), samples);
        expect([...matching]).toHaveLength(count);
        expect(file.claimedAccuracy).toBe(accuracy);
        const report = matching.report();
        expect(report).toMatchObject({ missing: [], unknown: { count: 0 }, duplicates: { count: 0 } });
        if (correct !== null) expect(report.claimed).toEqual({ correct, total: count });
      }
    },
  );

  test('R1-V’s own verdicts on its 200 outputs are ours, 48.0 %', async () => {
    const file = await open(bytesOf('predictions/r1v_superclevr200_qwen2vl_2b_instruct.json'));
    const [scorer] = BENCHMARKS['superclevr-200'].scorers;
    const samples = await samplesOf('superclevr-200');
    const scoring = scoreRows(file.rows(), samples, 'the 200', scoredBy(scorer));
    for (const { row, verdict } of scoring) expect(row?.claimedCorrect).toBe(verdict.outcome === 'correct');
    expect(scoring.scored().outcomes.filter((outcome) => outcome === 'correct')).toHaveLength(96);
  });

  test('a counting file is told to be of the 200, not of the 5,000', async () => {
    const installed = await Promise.all(
      (['superclevr', 'superclevr-200', 'geoqa'] as const).map(async (benchmark) => ({
        benchmark,
        split: 'test',
        samples: await samplesOf(benchmark),
      })),
    );
    const file = await open(bytesOf('predictions/r1v_superclevr200_qwen2vl_2b_instruct.json'));
    expect(likeliestSplit(file.rows(), installed).found?.benchmark).toBe('superclevr-200');
  });

  test('the summary beside MATH-V outputs is no predictions file', async () => {
    const file = open(bytesOf('predictions/mathv_gemini-pro-cot_result.json'));
    await expect(file).rejects.toThrow('where an object with a prediction is expected');
  });
});
