import { cache } from 'react';
import type { PlacedSet } from '@/lib/compare/compare-loaded';
import type { Comparison } from '@/server/evals/types';
import { api } from '../trpc/server';
import { addressQuery, type CompareAddress, readAddress } from './compare-url';

export interface OpenComparison extends Comparison {
  /** The set that the address looks into. */
  open: PlacedSet | null;
}

/** Null where an address names nothing. */
export const readComparison = (address: CompareAddress): Promise<OpenComparison | null> =>
  readOnce(addressQuery(address));

/** Asked by a page, its title and its card's address; read once. */
const readOnce = cache(async (query: string): Promise<OpenComparison | null> => {
  const { benchmark, split, runs, checkpoints, model, baseline } = readAddress(new URLSearchParams(query));
  const { runs: procedures } = await api();
  const compared = await procedures.compare({
    runs: [...runs],
    checkpoints: [...checkpoints],
    model,
    baseline,
  });
  if (compared === null) return null;
  const { sets } = compared;
  const asked = sets.find(
    (set) => set.benchmark.id === benchmark && (split === null || set.split.id === split),
  );
  return {
    ...compared,
    open: asked ?? sets.find(({ comparison }) => comparison !== null) ?? sets[0] ?? null,
  };
});
