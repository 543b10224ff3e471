import 'server-only';

import { REFLECTION } from '@/lib/reasoning/reflection';
import type { RunLengths, RunReflection } from '@/server/evals/types';
import { api } from '../trpc/server';
import { NANO, readLine, type StageLine } from './read-line';

export type Phrases = Readonly<Record<string, readonly string[]>>;

/** The list as it is published. */
export const PHRASES: Phrases = Object.fromEntries(REFLECTION.map(({ id, phrases }) => [id, phrases]));

export interface Reflected {
  line: StageLine;
  runs: readonly RunReflection[];
}

/** How many outputs of each stage reflect; null where no stages are scored. */
export async function readReflected(model = NANO, phrases = PHRASES): Promise<Reflected | null> {
  const line = await readLine(model, 0);
  if (line === null) return null;
  const { runs } = await api();
  return {
    line,
    runs: await runs.reflection({
      ids: line.runs.map(({ id }) => id),
      phrases: Object.fromEntries(Object.entries(phrases).map(([id, own]) => [id, [...own]])),
    }),
  };
}

export interface Measured {
  line: StageLine;
  runs: readonly RunLengths[];
}

/** How long the outputs of each stage are, by the values of a tag. */
export async function readLengths(model = NANO, tag = 'task'): Promise<Measured | null> {
  const line = await readLine(model, 0);
  if (line === null) return null;
  const { runs } = await api();
  return { line, runs: await runs.lengths({ ids: line.runs.map(({ id }) => id), tag }) };
}
