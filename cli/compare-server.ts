import type { PackedSamples } from '@/lib/compare/packed-samples';
import { areOfOneModel, loadedRun, type StoredRun } from '@/lib/compare/stored-run';
import type { Api } from './server-api';

/** The server does not have the run, or does not show it. */
class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

/** Runs of a server with their outcomes by the scorer of the headline, or why each cannot be compared. */
export async function runsOfServer(
  api: Api,
  ids: readonly string[],
): Promise<ReturnType<typeof loadedRun>[]> {
  const answers: ({ run: StoredRun } | { refused: string })[] = [];
  for (const id of ids) {
    try {
      answers.push({ run: await api.call((trpc) => trpc.runs.outcomes.query({ id }), RunRefused) });
    } catch (error) {
      if (!(error instanceof RunRefused)) throw error;
      answers.push({ refused: `${error.message.replace(/\.$/, '')}.` });
    }
  }
  const oneModel = areOfOneModel(answers.flatMap((each) => ('run' in each ? [each.run] : [])));
  /** By version of the data. */
  const samples = new Map<string, PackedSamples>();
  const loaded: ReturnType<typeof loadedRun>[] = [];
  for (const answer of answers) {
    if ('refused' in answer) {
      loaded.push(answer);
      continue;
    }
    const { run } = answer;
    const key = `${run.benchmark} ${run.split} ${run.data}`;
    if (run.outcomes !== null && !samples.has(key))
      samples.set(key, await api.call((trpc) => trpc.runs.sampleGroups.query({ id: run.id }), RunRefused));
    loaded.push(loadedRun(run, run.outcomes === null ? null : (samples.get(key) ?? null), oneModel));
  }
  return loaded;
}
