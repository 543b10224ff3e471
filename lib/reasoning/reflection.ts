/**
 * Words by which a model says that it looks again: those that the trainer counts (REFLECTION in
 * trainer/ocean_r1/grpo/metrics.py), so that what is marked on the page is what its figure means.
 */
const REFLECTION =
  /\b(wait|re-?check|re-?evaluate|re-?examine|re-?think|double[- ]check|let me (?:check|see) again|verify)\b/gi;

/** Where they stand, as UTF-16 offsets. */
export function reflections(text: string): (readonly [start: number, end: number])[] {
  return [...text.matchAll(REFLECTION)].map(({ index, 0: words }) => [index, index + words.length] as const);
}
