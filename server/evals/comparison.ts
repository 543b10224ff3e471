import { compareLoaded, distinctNames } from '@/lib/compare/compare-loaded';
import { MAX_RUNS } from '@/lib/compare/compare-runs';
import type { LoadedRun } from '@/lib/compare/loaded-run';
import type { PackedSamples } from '@/lib/compare/packed-samples';
import { areOfOneModel, loadedRun, type StoredRun } from '@/lib/compare/stored-run';
import type { Principal } from '../auth';
import { keptLately } from '../kept';
import { lineage, runsOfCheckpoints } from './compare-choices';
import { runsOutcomes, sampleGroups } from './outcomes';
import type { ChosenRuns, Comparison } from './types';

/** So many runs are read at most: of four checkpoints, on all benchmarks. */
const MOST = 64;

/** What is chosen, compared; null where nothing is. */
export async function comparison(chosen: ChosenRuns, principal: Principal): Promise<Comparison | null> {
  const checkpoints = [...(chosen.model === null ? [] : await lineage(chosen.model)), ...chosen.checkpoints];
  if (chosen.runs.length === 0 && checkpoints.length === 0) return null;
  const standing = checkpoints.slice(0, MAX_RUNS);
  const ids = [...chosen.runs, ...(standing.length === 0 ? [] : await runsOfCheckpoints(standing))].slice(
    0,
    MOST,
  );
  const refused: string[] = checkpoints
    .slice(MAX_RUNS)
    .map((id) => `${id} is one too many: at most ${MAX_RUNS} checkpoints are compared with each other.`);
  if (ids.length === 0)
    refused.push(
      checkpoints.length === 1
        ? `${checkpoints[0]} is one checkpoint: choose another to compare it with.`
        : 'These checkpoints have no published figure on the same benchmark.',
    );
  const found: StoredRun[] = [];
  for (const [i, run] of (await runsOutcomes(ids, principal)).entries())
    if (run === null) refused.push(`There is no run “${ids[i]}” here that you may see.`);
    else found.push(run);
  const baselines = found.map(
    ({ id, checkpoint }) => chosen.baseline !== null && [id, checkpoint.id].includes(chosen.baseline),
  );
  // Whether a run may be seen is asked each time; what is computed of those that may is the same for all who may.
  const key = JSON.stringify([found.map(({ outcomes, ...facts }) => [facts, outcomes !== null]), baselines]);
  const compared = await kept(key, () => compareFound(found, baselines, principal));
  return { ...compared, leftOut: [...refused, ...compared.leftOut] };
}

/** A comparison takes up to a second of the processor, and is asked for by everybody who follows a link to it. */
const kept = keptLately<Comparison>('comparisons', 64);

async function compareFound(
  found: readonly StoredRun[],
  baselines: readonly boolean[],
  principal: Principal,
): Promise<Comparison> {
  const oneModel = areOfOneModel(found);
  const refused: string[] = [];
  const runs: { run: LoadedRun; stored: StoredRun; isBaseline: boolean }[] = [];
  /** By version of the data, each unpacked once. */
  const samples = new Map<string, PackedSamples | null>();
  for (const [i, stored] of found.entries()) {
    const data = `${stored.benchmark} ${stored.split} ${stored.data}`;
    if (stored.outcomes !== null && !samples.has(data))
      samples.set(data, await sampleGroups(stored.id, principal));
    const answer = loadedRun(stored, samples.get(data) ?? null, oneModel);
    if ('refused' in answer) refused.push(answer.refused);
    else runs.push({ run: answer.run, stored, isBaseline: baselines[i] ?? false });
  }
  const loaded = runs.map(({ run }) => run);
  const names = distinctNames(loaded);
  const { sets, leftOut } = compareLoaded(
    loaded,
    runs.flatMap(({ isBaseline }, place) => (isBaseline ? [place] : [])),
  );
  return {
    runs: runs.map(({ stored: { id, model, checkpoint, outcomes } }, place) => ({
      ...{ id, name: names[place] ?? id, model: model.name, checkpointId: checkpoint.id, outcomes },
    })),
    sets,
    leftOut: [...refused, ...leftOut],
  };
}
