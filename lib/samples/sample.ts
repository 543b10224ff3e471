/** The right answer, in the type that the annotation file gives it. A box is `[x1, y1, x2, y2]` in pixels. */
export type Gold = string | number | readonly string[] | readonly number[];

export interface Sample {
  /** Unique within a benchmark's split, stable across installs of the same file. */
  sampleId: string;
  question: string;
  /** The choices as texts, in order (A, B, …), or null where the question is open. */
  options: readonly string[] | null;
  gold: Gold;
  /** Values for the benchmark's breakdowns, by tag (`task`, `subject`, …); a list where a sample has several (skills). */
  tags: Readonly<Record<string, string | readonly string[]>>;
  /** The image's path as the annotation file names it; null for text-only samples. */
  image: string | null;
  /** Samples with the same cluster share an image, so their verdicts are not independent. */
  cluster: string;
}
