import { jsonDictionary, uniqueIds } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark } from '@/lib/benchmarks/benchmark';
import { PLAIN_PROMPT } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import { mathVistaOfficial, mathVistaVlmevalkit } from '@/lib/scoring/math-vista';
import { tagExtract } from '@/lib/scoring/tag-extract';

/** A JSON object of `pid: {question, image, choices, answer, question_type, answer_type, pid, metadata, …}`; a sample's id is its pid. */
async function readAnnotations(file: AnnotationFile): Promise<readonly Sample[]> {
  const samples = jsonDictionary(file).map(([key, row]): Sample => {
    const sampleId = row.id('pid');
    if (sampleId !== key) row.fail(`"pid" is ${sampleId} under the key ${key}`);
    const metadata = row.nested('metadata');
    const image = row.text('image');
    return {
      sampleId,
      question: row.text('question'),
      options: row.textsOrNull('choices'),
      gold: row.text('answer'),
      tags: {
        task: metadata.text('task'),
        skills: metadata.texts('skills'),
        question_type: row.text('question_type'),
        answer_type: row.text('answer_type'),
        source: metadata.text('source'),
      },
      image,
      cluster: image,
    };
  });
  return uniqueIds(file, samples);
}

export const mathVista: Benchmark = {
  id: 'math-vista',
  name: 'MathVista',
  shortName: 'MathVista',
  ability: 'visual mathematics',
  description:
    'Mathematics in figures, plots, tables, photographs and textbooks, gathered from 31 sources: five tasks and seven skills.',
  splits: [
    {
      id: 'testmini',
      label: 'testmini',
      sampleCount: 1000,
      source: {
        kind: 'published',
        url: 'https://raw.githubusercontent.com/lupantech/MathVista/a2206f4a5ef7d51bec97c05d7e93adf3106ff0e0/data/testmini.json',
      },
      knownSha256: ['ab0148dca9d401c31cc47f29b3826eec28a76ff155a1c0878d81e8daf0413480'],
    },
  ],
  prompts: [{ ...PLAIN_PROMPT, label: 'The query: hint, question, choices' }],
  maxNewTokens: null,
  licence: 'CC BY-SA 4.0; its use as training data is prohibited',
  sources: [
    { label: 'MathVista', url: 'https://github.com/lupantech/MathVista' },
    { label: 'VLMEvalKit', url: 'https://github.com/open-compass/VLMEvalKit' },
  ],
  breakdowns: [
    { tag: 'task', label: 'Task' },
    { tag: 'skills', label: 'Skill' },
    { tag: 'question_type', label: 'Question type' },
    { tag: 'answer_type', label: 'Answer type' },
    { tag: 'source', label: 'Source' },
  ],
  headline: { kind: 'accuracy', label: 'Accuracy' },
  secondary: [],
  scorers: [
    mathVistaVlmevalkit('2025-04'),
    mathVistaVlmevalkit('head'),
    mathVistaOfficial,
    tagExtract('math-vista'),
  ],
  caveats: [
    'The seed’s figures come from VLMEvalKit with gpt-4o-mini as the judge of what an output answers; the choice of judge alone has moved a model by seven points.',
    'The baselines 62.3 and 68.2 are those that Qwen published, most likely copied and not run again.',
    'Some sources (Super-CLEVR, UniGeo, GeoQA+: 62 samples each) are also sources of the training data.',
    'VLMEvalKit can never count the two samples with a list as the answer (225 and 506); the official rule can.',
    'The official rule takes an empty or unrelated extraction for the choice with the smallest edit distance, so that no answer at all can be right.',
    'Published files of the official evaluation are older than its rule for whole numbers: 37 of 23,998 verdicts differ, where "5.0" is now 5.',
  ],
  readAnnotations,
};
