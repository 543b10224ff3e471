import type { RunPage } from '@/server/evals/types';

/** What the tags of a benchmark are called, by tag. */
export const tagLabelsOf = (tags: RunPage['tags']): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ tag, label }) => [tag, label]));
