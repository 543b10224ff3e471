import { jsonLines, uniqueIds } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark } from '@/lib/benchmarks/benchmark';
import { THINK_PROMPT } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import { geoqaSeed, geoqaStrict } from '@/lib/scoring/geoqa';
import { seedFile } from '@/lib/scoring/upstream';

/** Rows `{image_path, question, ground_truth: str}`. The data has no ids: a sample's id is its row's ordinal from 0. */
async function readAnnotations(file: AnnotationFile): Promise<readonly Sample[]> {
  const samples = jsonLines(file).map((row, i): Sample => {
    const image = row.text('image_path');
    return {
      sampleId: String(i),
      question: row.text('question'),
      options: null,
      gold: row.text('ground_truth'),
      tags: {},
      image,
      cluster: image,
    };
  });
  return uniqueIds(file, samples);
}

export const geoqa: Benchmark = {
  id: 'geoqa',
  name: 'GEOQA',
  shortName: 'GEOQA',
  ability: 'geometric reasoning',
  description:
    'School geometry with a drawing, from the test set of Geo170K, answered directly (no choices) by a number, an angle or a short expression.',
  splits: [
    {
      id: 'test',
      label: 'test, direct answer',
      sampleCount: 754,
      source: { kind: 'published', url: seedFile('eval_data/prompts/geoqa_test_prompts.jsonl') },
      knownSha256: ['6d1f8ceb1ebcaa322bd926769039bf4eff2679044a5e104de40cc4ce08a77571'],
    },
  ],
  prompts: [THINK_PROMPT],
  maxNewTokens: 1024,
  licence: 'Not stated: the question file comes with the seed repository, which has no licence at its root.',
  sources: [
    {
      label: 'Ocean-R1, eval_data/prompts',
      url: 'https://github.com/VLM-RL/Ocean-R1/tree/main/eval_data/prompts',
    },
    { label: 'Geo170K', url: 'https://huggingface.co/datasets/Luckyjhg/Geo170K' },
    { label: 'Paper', url: 'https://arxiv.org/abs/2312.11370' },
  ],
  breakdowns: [],
  headline: { kind: 'accuracy', label: 'Accuracy' },
  secondary: [],
  scorers: [geoqaSeed, geoqaStrict],
  beside: [geoqaStrict.id],
  caveats: [
    'By Math-Verify 0.8, 17 of the 754 true answers parse to nothing and can never be matched, and 60 with a root or π are cut to their leading number (8√{3} counts as 8): 10.2 % of the true answers are defective, and 97.7 % is the most that a model can score. The second rule repairs them: its figure stands beside the first on the page of every run, with the samples in which they differ.',
    'Others report 735 or 740 of these questions; the seed evaluates all 754 and validates its training on 740.',
    'The script for several GPUs leaves greedy decoding out, so its figures vary from run to run.',
  ],
  readAnnotations,
};
