import { isParquet, jsonRows, pythonStrings, textOf, tsvRows, uniqueIds } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark } from '@/lib/benchmarks/benchmark';
import { AnnotationError } from '@/lib/benchmarks/benchmark';
import { PLAIN_PROMPT } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import { officialSubstringScorer, substringScorer } from '@/lib/scoring/substring';

/**
 * The official JSON list `{dataset_name, id, image_path, question, answers, type}`, whose `id` is not unique: a
 * sample's id is its row's ordinal from 0; or VLMEvalKit's TSV `index, image, question, answer, category`, whose
 * `index` is that ordinal.
 */
async function readAnnotations(file: AnnotationFile): Promise<readonly Sample[]> {
  if (isParquet(file)) {
    throw new AnnotationError(`${file.name}: is Parquet; install OCRBench.json or VLMEvalKit's OCRBench.tsv`);
  }
  const table = /^"?index"?\t/.test(textOf(file).slice(0, 10));
  return uniqueIds(file, table ? readTable(file) : readList(file));
}

const readList = (file: AnnotationFile): Sample[] =>
  jsonRows(file).map((row, i) => {
    const image = row.text('image_path');
    return {
      sampleId: String(i),
      question: row.text('question'),
      options: null,
      gold: row.isList('answers') ? row.texts('answers') : row.text('answers'),
      tags: { type: row.text('type') },
      image,
      cluster: image,
    };
  });

const readTable = (file: AnnotationFile): Sample[] =>
  tsvRows(file).map((row) => {
    const sampleId = row.id('index');
    const gold = pythonStrings(row.text('answer'));
    if (!gold) return row.fail('"answer" is not a Python list of texts, as ["…", "…"]');
    return {
      sampleId,
      question: row.text('question'),
      options: null,
      gold,
      tags: { type: row.text('category') },
      image: null,
      cluster: sampleId,
    };
  });

export const ocrBench: Benchmark = {
  id: 'ocr-bench',
  name: 'OCRBench',
  shortName: 'OCRBench',
  ability: 'reading text in images',
  description:
    'A thousand questions on text in images: words, scenes, documents, forms and handwritten formulas. The headline is the number of right answers divided by ten.',
  splits: [
    {
      id: 'test',
      label: 'test',
      sampleCount: 1000,
      source: {
        kind: 'published',
        url: 'https://raw.githubusercontent.com/Yuliang-Liu/MultimodalOCR/main/OCRBench/OCRBench/OCRBench.json',
        note: 'VLMEvalKit’s OCRBench.tsv (md5 e953d98a987cc6e26ef717b61260b778) is read too',
      },
      knownSha256: ['df75957e75ea052e9f38f2c67a4f6676103998517345cf49ef7d03b62c835864'],
    },
  ],
  prompts: [PLAIN_PROMPT],
  maxNewTokens: null,
  licence: 'MIT',
  sources: [
    { label: 'OCRBench', url: 'https://github.com/Yuliang-Liu/MultimodalOCR' },
    { label: 'VLMEvalKit', url: 'https://github.com/open-compass/VLMEvalKit' },
  ],
  breakdowns: [{ tag: 'type', label: 'Type' }],
  headline: { kind: 'accuracy', label: 'Score / 10' },
  secondary: [],
  scorers: [substringScorer, officialSubstringScorer],
  caveats: [
    'The whole output is searched, so an answer that the thinking only mentions counts, and a longer output is likelier to hit.',
    'The formulas are compared without spaces, where upstream’s official script picks them by data set instead of by type; both mean the same 100 samples.',
    'Several labels are known to be wrong, and the same model has scored 807 to 852 of 1,000 under different inference engines.',
  ],
  readAnnotations,
};
