import type { Prompt } from '@/lib/samples/prompts';
import type { Sample } from '@/lib/samples/sample';
import type { Scorer, ScorerId } from '@/lib/scoring/scorer';

/**
 * What a benchmark is, as code. Its annotations are data: `readAnnotations` turns a file that is published, or that
 * follows from seeds, into samples; nothing of such a file is part of this repository.
 */

export const BENCHMARK_IDS = [
  'superclevr',
  'superclevr-200',
  'geoqa',
  'refcoco',
  'cv-bench',
  'ocr-bench',
  'math-vision',
  'math-vista',
  'math-verse',
  'ocean-world',
] as const;
export type BenchmarkId = (typeof BENCHMARK_IDS)[number];

/** How a split's annotation file comes to be here. */
export type SplitSource =
  /** Its authors publish it; `ocean benchmarks install` brings it. */
  { kind: 'published'; url: string; note?: string } | GeneratedSource;

/** It follows from seeds: it is written where it is first needed, and a picture is drawn when it is asked for. */
export interface GeneratedSource {
  kind: 'generated';
  /** Names all that the samples and their pictures follow from; a file of another version is written anew. */
  version: string;
  /** The annotation file: a line a sample, made one by one. */
  lines(): AsyncIterable<string>;
  /** The picture of that name (a sample's `image`) as PNG; null where the split has none of that name. */
  picture(image: string): Promise<Uint8Array | null>;
  /** The text that goes to the model beside the picture. */
  prompt(sample: Sample): string;
}

export interface Split {
  id: string;
  label: string;
  /** How many samples the published split has; an installed file with another count is refused. */
  sampleCount: number;
  source: SplitSource;
  /** sha256 of published files that are known, so that an install can say which one it is. */
  knownSha256: readonly string[];
}

/** A tag by which the score is broken down. */
export interface Breakdown {
  tag: string;
  label: string;
}

/**
 * What the leaderboard shows. `accuracy`: correct over all samples of the split. `mean-of-splits`: the unweighted mean
 * of the accuracies of the named splits, each of them a run of its own.
 */
export type Headline =
  | { kind: 'accuracy'; label: string }
  | { kind: 'mean-of-splits'; label: string; splits: readonly string[] };

/** A figure beside the headline: mean of group accuracies by a nested formula, e.g. CV-Bench's official macro. */
export interface SecondaryFigure {
  id: string;
  label: string;
  /** How it is computed, in a sentence. */
  formula: string;
  /** Percent; null where the installed data lacks the tags that the formula needs. */
  compute(groups: (tag: string) => ReadonlyMap<string, { correct: number; total: number }>): number | null;
}

/** An annotation file as bytes; the reader decides by content. */
export interface AnnotationFile {
  name: string;
  bytes: Uint8Array;
}

export interface Benchmark {
  id: BenchmarkId;
  name: string;
  /** For a table's column. */
  shortName: string;
  /** The seed's word for what it measures: "visual counting", "geometric reasoning", … */
  ability: string;
  description: string;
  splits: readonly [Split, ...Split[]];
  prompts: readonly Prompt[];
  /** Most new tokens in the seed's greedy evaluation, null where the seed does not say. */
  maxNewTokens: number | null;
  licence: string;
  sources: readonly { label: string; url: string }[];
  breakdowns: readonly Breakdown[];
  headline: Headline;
  secondary: readonly SecondaryFigure[];
  /** The first is the one of the published table. */
  scorers: readonly [Scorer, ...Scorer[]];
  /** Scorers that every published run is scored by besides its own: what they differ in belongs to reading the figure. */
  beside?: readonly ScorerId[];
  /** What a reader of the figure should know: defects of the data or the rule, in whole sentences. */
  caveats: readonly string[];
  /**
   * Does not ask for the published count, so that a local file may be a part of a split; an install asks for it
   * with `checkSampleCount` of `annotations.ts`.
   * @throws AnnotationError naming the row and what is wrong.
   */
  readAnnotations(file: AnnotationFile, split: Split): Promise<readonly Sample[]>;
}

/** The annotation file is not what the split needs: names the file, the row, and what was expected. */
export class AnnotationError extends Error {
  override readonly name = 'AnnotationError';
}
