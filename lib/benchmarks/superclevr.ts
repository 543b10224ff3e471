import { jsonLines, uniqueIds } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark } from '@/lib/benchmarks/benchmark';
import { THINK_PROMPT } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import { countScorer } from '@/lib/scoring/count';
import { seedFile } from '@/lib/scoring/upstream';

/** Rows `{image_path, question, ground_truth: int}`. The data has no ids: a sample's id is its row's ordinal from 0. */
async function readAnnotations(file: AnnotationFile): Promise<readonly Sample[]> {
  const samples = jsonLines(file).map((row, i): Sample => {
    const image = row.text('image_path');
    return {
      sampleId: String(i),
      question: row.text('question'),
      options: null,
      gold: row.integer('ground_truth'),
      tags: {},
      image,
      cluster: image,
    };
  });
  return uniqueIds(file, samples);
}

const shared = {
  ability: 'visual counting',
  prompts: [THINK_PROMPT],
  maxNewTokens: 256,
  licence: 'Not stated: the question files come with the seed repository, which has no licence at its root.',
  sources: [
    {
      label: 'Ocean-R1, eval_data/prompts',
      url: 'https://github.com/VLM-RL/Ocean-R1/tree/main/eval_data/prompts',
    },
    { label: 'Super-CLEVR', url: 'https://github.com/Lizw14/Super-CLEVR' },
    { label: 'Images', url: 'https://www.cs.jhu.edu/~zhuowan/zhuowan/SuperCLEVR/to_be_released/images.zip' },
  ],
  breakdowns: [],
  headline: { kind: 'accuracy', label: 'Accuracy' },
  secondary: [],
  scorers: [countScorer],
  readAnnotations,
} satisfies Partial<Benchmark>;

export const superclevr: Benchmark = {
  ...shared,
  id: 'superclevr',
  name: 'SuperCLEVR counting',
  shortName: 'SuperCLEVR',
  description:
    'Counting questions about rendered scenes of vehicles: attributes, spatial relations and logic, answered by a whole number from 0 to 8.',
  splits: [
    {
      id: 'test',
      label: 'test 5k',
      sampleCount: 5000,
      source: { kind: 'published', url: seedFile('eval_data/prompts/super_clevr_test_5k.jsonl') },
      knownSha256: ['d457417bb6432a5d244ca90465f1b4f4016cf3358e9ebe0ad4f07aaf1ad8d7a2'],
    },
  ],
  caveats: [
    'The 5,000 questions stand on 2,442 images, up to seven on one, so their verdicts are not independent; the interval accounts for it.',
    'Three of four answers are 0 or 1 (1,714 and 1,956 of 5,000), so guessing 1 scores 39.1 %.',
  ],
};

export const superclevr200: Benchmark = {
  ...shared,
  id: 'superclevr-200',
  name: 'SuperCLEVR counting, 200',
  shortName: 'SuperCLEVR-200',
  description:
    'One question, "How many different items are there in the image?", about 200 rendered scenes of 3 to 10 vehicles: the earlier, easier counting test that R1-V published.',
  splits: [
    {
      id: 'test',
      label: 'test 200',
      sampleCount: 200,
      source: {
        kind: 'published',
        url: seedFile('eval_data/prompts/superclevr_test200_counting_problems.jsonl'),
      },
      knownSha256: ['4ca86120527cd76d6957a33a6b745980bf8d51c3307a4fdbab5e264b89f19b04'],
    },
  ],
  caveats: ['Not in the table of the seed, which reports the 5,000 questions.'],
};
