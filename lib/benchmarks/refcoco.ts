import { jsonList, uniqueIds, unzipped } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark, Split } from '@/lib/benchmarks/benchmark';
import { PLAIN_PROMPT, REC_PROMPT } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import { boxScorer } from '@/lib/scoring/box';

/**
 * A JSON list of `{image, problem, solution: [x1, y1, x2, y2], normalized_solution}`, or the published zip that holds
 * one such file a split. The data has no ids: a sample's id is its row's ordinal from 0.
 */
async function readAnnotations(file: AnnotationFile, split: Split): Promise<readonly Sample[]> {
  const list = await unzipped(file, `${split.id}.json`);
  const samples = jsonList(list).map((row, i): Sample => {
    const image = row.text('image');
    return {
      sampleId: String(i),
      question: row.text('problem'),
      options: null,
      gold: row.numbers('solution', 4),
      tags: {},
      image,
      cluster: image,
    };
  });
  return uniqueIds(list, samples);
}

const published = (id: string, label: string, sampleCount: number): Split => ({
  id,
  label,
  sampleCount,
  source: {
    kind: 'published',
    url: 'https://huggingface.co/datasets/omlab/VLM-R1/resolve/main/rec_jsons_processed.zip',
    note: `the file ${id}.json in this zip`,
  },
  knownSha256: [],
});

export const refcoco: Benchmark = {
  id: 'refcoco',
  name: 'RefCOCO / RefCOCO+ / RefCOCOg',
  shortName: 'RefCOCO/+/g',
  ability: 'referring expression comprehension',
  description:
    'Find the one object in a COCO photograph that an expression refers to, and give its bounding box in pixels. The headline is the mean of the three validation splits.',
  splits: [
    published('refcoco_val', 'RefCOCO val', 10834),
    published('refcocop_val', 'RefCOCO+ val', 10758),
    published('refcocog_val', 'RefCOCOg val', 4896),
    published('refcoco_testA', 'RefCOCO testA', 5657),
    published('refcoco_testB', 'RefCOCO testB', 5095),
    published('refcocop_testA', 'RefCOCO+ testA', 5726),
    published('refcocop_testB', 'RefCOCO+ testB', 4889),
    published('refcocog_test', 'RefCOCOg test', 9602),
  ],
  prompts: [REC_PROMPT, PLAIN_PROMPT],
  maxNewTokens: 512,
  licence:
    'Not stated for the annotation files of VLM-R1; the underlying refer annotations come with Apache-2.0 code, the COCO photographs are under their Flickr terms.',
  sources: [
    { label: 'VLM-R1 annotation files', url: 'https://huggingface.co/datasets/omlab/VLM-R1' },
    { label: 'refer', url: 'https://github.com/lichengunc/refer' },
    {
      label: 'COCO train2014 images',
      url: 'https://huggingface.co/datasets/omlab/VLM-R1/resolve/main/train2014.zip',
    },
  ],
  breakdowns: [],
  headline: {
    kind: 'mean-of-splits',
    label: 'Mean accuracy of the three val splits',
    splits: ['refcoco_val', 'refcocop_val', 'refcocog_val'],
  },
  secondary: [],
  scorers: [boxScorer],
  caveats: [
    'The seed compares pixels of the image as the model saw it with pixels of the original, without rescaling; the later rule of VLM-R1 rescales and gives slightly higher figures.',
    'The seed asked Qwen2.5-VL-3B-Instruct with the question alone and all other models to think first; which of the two a baseline figure used follows from the model’s name only.',
    'Frameworks that read coordinates as shares of the image or as thousandths misread the absolute pixels that these models answer with; their figures are not comparable.',
    'Many expressions share a photograph, so their verdicts are not independent; the interval accounts for it.',
  ],
  readAnnotations,
};
