import { jsonLines, uniqueIds } from '@/lib/benchmarks/annotations';
import type { AnnotationFile, Benchmark, SplitSource } from '@/lib/benchmarks/benchmark';
import { PLAIN_PROMPT } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import { mathVisionOfficial } from '@/lib/scoring/math-vision-official';
import { mathVisionVlmevalkit } from '@/lib/scoring/math-vision-vlmevalkit';
import { tagExtract } from '@/lib/scoring/tag-extract';

const COMMIT = '1d361180b02cbff417c77c02acf1b4cacf2d55ea';
const published = (name: string): SplitSource => ({
  kind: 'published',
  url: `https://raw.githubusercontent.com/mathllm/MATH-V/${COMMIT}/data/${name}`,
});

/** Rows `{id, question, options, answer, solution, level, subject, image}`; a sample's id is `id`. */
async function readAnnotations(file: AnnotationFile): Promise<readonly Sample[]> {
  const samples = jsonLines(file).map((row): Sample => {
    const options = row.texts('options');
    const image = row.text('image');
    return {
      sampleId: row.id('id'),
      question: row.text('question'),
      options: options.length > 0 ? options : null,
      gold: row.text('answer'),
      tags: { subject: row.text('subject'), level: String(row.integer('level')) },
      image,
      cluster: image,
    };
  });
  return uniqueIds(file, samples);
}

export const mathVision: Benchmark = {
  id: 'math-vision',
  name: 'MathVision',
  shortName: 'MathVision',
  ability: 'visual mathematics',
  description:
    'Problems with drawings from mathematics competitions: 16 subjects, 5 levels, half of them with five choices and half open.',
  splits: [
    {
      id: 'test',
      label: 'test',
      sampleCount: 3040,
      source: published('test.jsonl'),
      knownSha256: ['36608758db6205692f59423316ba281a4e2e5f23286452ae31739ed4278133a8'],
    },
    {
      id: 'testmini',
      label: 'testmini',
      sampleCount: 304,
      source: published('testmini.jsonl'),
      knownSha256: [],
    },
  ],
  prompts: [PLAIN_PROMPT],
  maxNewTokens: null,
  licence: 'MIT',
  sources: [
    { label: 'MATH-V', url: 'https://github.com/mathllm/MATH-V' },
    { label: 'VLMEvalKit', url: 'https://github.com/open-compass/VLMEvalKit' },
  ],
  breakdowns: [
    { tag: 'subject', label: 'Subject' },
    { tag: 'level', label: 'Level' },
  ],
  headline: { kind: 'accuracy', label: 'Accuracy' },
  secondary: [],
  scorers: [
    mathVisionVlmevalkit('2025-04'),
    mathVisionVlmevalkit('head'),
    mathVisionOfficial,
    tagExtract('math-vision'),
  ],
  caveats: [
    'The seed’s figures come from VLMEvalKit with gpt-4o-mini as the judge of what an output answers.',
    'VLMEvalKit evaluates the answer as Python beside a variable named a, so the constant answer "A" equals every number and scores 57.6 %; in 2025-04 so does an output that begins with “A triangle”. Its rules here count as it counts and say so; by the official rule "A" scores 9.8 %.',
    'How much VLMEvalKit decides without its judge changed: an open question whose answer is boxed was the judge’s in 2025-04 and is compared as a number since.',
  ],
  readAnnotations,
};
