import { jsonRows, uniqueIds } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark } from '@/lib/benchmarks/benchmark';
import { PLAIN_PROMPT } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import { mathVerseOfficial, mathVerseVlmevalkit } from '@/lib/scoring/math-verse';
import { tagExtract } from '@/lib/scoring/tag-extract';

/**
 * A JSON list `{sample_index, problem_index, problem_version, question, image, answer, question_type, metadata, …}`; a
 * sample's id is `sample_index`. The versions of a problem ask the same thing in other words, so the problem is the
 * cluster. Choices stand inside the question.
 */
async function readAnnotations(file: AnnotationFile): Promise<readonly Sample[]> {
  const samples = jsonRows(file).map((row): Sample => {
    const metadata = row.nested('metadata');
    return {
      sampleId: row.id('sample_index'),
      question: row.textOrNull('question') ?? '',
      options: null,
      gold: row.text('answer'),
      tags: {
        version: row.text('problem_version'),
        subject: metadata.text('subject'),
        subfield: metadata.text('subfield'),
        question_type: row.text('question_type'),
      },
      image: row.textOrNull('image') || null,
      cluster: row.id('problem_index'),
    };
  });
  return uniqueIds(file, samples);
}

export const mathVerse: Benchmark = {
  id: 'math-verse',
  name: 'MathVerse',
  shortName: 'MathVerse',
  ability: 'visual mathematics',
  description:
    'The same 788 problems of plane geometry, solid geometry and functions in five versions that move what is given from the text into the drawing.',
  splits: [
    {
      id: 'testmini',
      label: 'testmini',
      sampleCount: 3940,
      source: {
        kind: 'published',
        url: 'https://huggingface.co/datasets/AI4Math/MathVerse/resolve/main/testmini.json',
      },
      knownSha256: [],
    },
    {
      id: 'testmini_text_only',
      label: 'testmini, text only',
      sampleCount: 788,
      source: {
        kind: 'published',
        url: 'https://raw.githubusercontent.com/ZrrSkywalker/MathVerse/40446ac6fa710947aaf73e1fd5ed3226d524c94e/data/testmini_text_only.json',
      },
      knownSha256: ['92691a49742b0ba18851898c0546670e5a1c63dd685c634aacbc8ffd7b869678'],
    },
  ],
  prompts: [PLAIN_PROMPT],
  maxNewTokens: null,
  licence: 'MIT',
  sources: [
    { label: 'MathVerse', url: 'https://github.com/ZrrSkywalker/MathVerse' },
    { label: 'VLMEvalKit', url: 'https://github.com/open-compass/VLMEvalKit' },
  ],
  breakdowns: [
    { tag: 'version', label: 'Version' },
    { tag: 'subject', label: 'Subject' },
    { tag: 'subfield', label: 'Subfield' },
    { tag: 'question_type', label: 'Question type' },
  ],
  headline: { kind: 'accuracy', label: 'Accuracy' },
  secondary: [],
  scorers: [mathVerseVlmevalkit, mathVerseOfficial, tagExtract('math-verse')],
  caveats: [
    'The seed does not say which versions or which prompt its figures are of, so they cannot be reproduced; public figures for the same model reach from 30.9 to 47.9.',
    'Both what an output answers and whether it is right are decided by a judge model upstream: without its extractions no sample is decided here but by the answer tag.',
    'Some true answers are garbled ("118掳T") or are sentences.',
  ],
  readAnnotations,
};
