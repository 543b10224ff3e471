import { compareLoaded, distinctNames, type PlacedSet } from '@/lib/compare/compare-loaded';
import { MAX_RUNS } from '@/lib/compare/compare-runs';
import type { LoadedRun } from '@/lib/compare/loaded-run';
import type { PackedSamples } from '@/lib/compare/packed-samples';
import { areOfOneModel, loadedRun, type StoredRun } from '@/lib/compare/stored-run';
import { api, orNull } from '../trpc/server';
import type { CompareAddress } from './compare-url';

/** What an address compares, read and computed on the server. */
export interface Comparison {
  runs: readonly (LoadedRun & { name: string; stored: StoredRun })[];
  /** One a split of a benchmark. */
  sets: readonly PlacedSet[];
  /** The one that the address looks into. */
  open: PlacedSet | null;
  /** In a sentence each, what could not be compared. */
  leftOut: readonly string[];
}

/** Null where the address names nothing. */
export async function readComparison(address: CompareAddress): Promise<Comparison | null> {
  const trpc = (await api()).runs;
  const checkpoints =
    address.model === null
      ? address.checkpoints
      : [...(await trpc.lineage({ model: address.model })), ...address.checkpoints];
  if (address.runs.length === 0 && checkpoints.length === 0) return null;
  const chosen = checkpoints.slice(0, MAX_RUNS);
  const ids = [
    ...address.runs,
    ...(chosen.length === 0 ? [] : await trpc.ofCheckpoints({ ids: chosen })),
  ].slice(0, 64);

  const refused: string[] = checkpoints
    .slice(MAX_RUNS)
    .map((id) => `${id} is one too many: at most ${MAX_RUNS} checkpoints are compared with each other.`);
  if (ids.length === 0 && checkpoints.length > 0)
    refused.push(
      checkpoints.length === 1
        ? `${checkpoints[0]} is one checkpoint: choose another to compare it with.`
        : 'These checkpoints have no published figure on the same benchmark.',
    );
  const stored = await Promise.all(ids.map((id) => orNull(trpc.outcomes({ id }))));
  const oneModel = areOfOneModel(stored.filter((run) => run !== null));
  /** By version of the data, each read once. */
  const samples = new Map<string, Promise<PackedSamples>>();
  const runs: { run: LoadedRun; stored: StoredRun }[] = [];
  for (const [i, found] of stored.entries()) {
    if (found === null) {
      refused.push(`There is no run “${ids[i]}” here that you may see.`);
      continue;
    }
    const key = `${found.benchmark} ${found.split} ${found.data}`;
    if (found.outcomes !== null && !samples.has(key)) samples.set(key, trpc.sampleGroups({ id: found.id }));
    const answer = loadedRun(found, (await samples.get(key)) ?? null, oneModel);
    if ('refused' in answer) refused.push(answer.refused);
    else runs.push({ run: answer.run, stored: found });
  }
  const baselines = runs.flatMap(({ stored }, place) =>
    stored.id === address.baseline || stored.checkpoint.id === address.baseline ? [place] : [],
  );
  const { sets, leftOut } = compareLoaded(
    runs.map(({ run }) => run),
    baselines,
  );
  const names = distinctNames(runs.map(({ run }) => run));
  const asked = sets.find(
    ({ benchmark, split }) =>
      benchmark.id === address.benchmark && (address.split === null || split.id === address.split),
  );
  return {
    runs: runs.map(({ run, stored }, place) => ({ ...run, name: names[place] ?? run.id, stored })),
    sets,
    open: asked ?? sets.find(({ comparison }) => comparison !== null) ?? sets[0] ?? null,
    leftOut: [...refused, ...leftOut],
  };
}
