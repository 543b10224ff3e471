import 'server-only';

import { cache } from 'react';
import type { RunsComparison } from '@/lib/compare/compare-runs';
import { api } from '../trpc/server';

/** The stages of a model over one benchmark's samples, each compared with one of them. */
export interface StageLine {
  benchmark: { id: string; name: string };
  split: string;
  /** In the order of training. */
  runs: readonly { id: string; name: string; checkpointId: string }[];
  comparison: RunsComparison;
}

export const NANO = 'ocean-r1-nano';

/** Of a model whose stages have runs over the same samples; null where it has none, or they are being scored. @param baseline place of the stage that the others are compared with */
export const readLine = cache(async (model: string, baseline: number): Promise<StageLine | null> => {
  const { runs } = await api();
  const compare = (id: string | null) => runs.compare({ runs: [], checkpoints: [], model, baseline: id });
  const first = await stagesOf(await compare(null));
  const id = first?.runs[baseline]?.id;
  return baseline === 0 || id === undefined ? first : stagesOf(await compare(id));
});

async function stagesOf(
  compared: Awaited<ReturnType<Awaited<ReturnType<typeof api>>['runs']['compare']>>,
): Promise<StageLine | null> {
  const set = compared?.sets.find(({ comparison }) => comparison !== null);
  if (compared === null || set === undefined || set.comparison === null) return null;
  return {
    benchmark: set.benchmark,
    split: set.split.id,
    runs: set.places.slice(0, set.comparison.names.length).flatMap((place) => compared.runs[place] ?? []),
    comparison: set.comparison,
  };
}
