import { benchmarkOf } from '@/lib/benchmarks/registry';
import { type Stage, stageNumber } from '@/lib/models/stage';
import type { Figure } from '@/lib/stats/unpaired';
import { isBlind, type LoadedRun } from './loaded-run';
import { type PackedOutcomes, type PackedSamples, unpackOutcomes, unpackSamples } from './packed-samples';

/** A run as a server tells of it to be compared, without outputs. */
export interface StoredRun {
  id: string;
  model: { slug: string; name: string };
  checkpoint: { id: string; stage: Stage | null; step: number | null };
  benchmark: string;
  /** Null of a reported figure. */
  split: string | null;
  source: 'reported' | 'upload' | 'job';
  state: 'scoring' | 'scored' | 'published' | 'withdrawn' | 'failed' | 'cancelled';
  /** By which `outcomes` and `figure` were made: that of the headline. */
  scorer: string;
  /** The version of the annotations; null where it is not known. */
  data: string | null;
  /** In percent. */
  figure: Figure | null;
  generation: Readonly<Record<string, unknown>> | null;
  /** Null where it has no verdicts. */
  outcomes: PackedOutcomes | null;
}

/**
 * A stored run to be compared, or in a sentence why it cannot be.
 * @param samples those of its data; null where it has no outcomes
 * @param oneModel see `areOfOneModel`
 */
export function loadedRun(
  run: StoredRun,
  samples: PackedSamples | null,
  oneModel: boolean,
): { run: LoadedRun } | { refused: string } {
  const blind = isBlind(run.generation);
  const checkpoint = checkpointWords(run.checkpoint);
  const after = blind ? ' without pictures' : '';
  const full = `${[run.model.name, checkpoint].filter(Boolean).join(' ')}${after}`;
  const name = `${full} (${run.id})`;
  const benchmark = benchmarkOf(run.benchmark);
  const split = benchmark?.splits.find(({ id }) => id === run.split);
  const loaded = {
    id: run.id,
    names: [...(oneModel && checkpoint !== '' ? [`${capital(checkpoint)}${after}`] : [full]), full, name],
    benchmark: {
      id: run.benchmark,
      name: benchmark?.name ?? run.benchmark,
      breakdowns: benchmark?.breakdowns ?? [],
    },
    split:
      run.split === null
        ? (benchmark?.splits[0] ?? { id: 'all', label: 'all' })
        : { id: run.split, label: split?.label ?? run.split },
    figure: run.figure,
    blind,
    withdrawn: run.state === 'withdrawn',
  };
  if (run.source === 'reported') {
    if (benchmark?.headline.kind === 'mean-of-splits')
      return {
        refused: `${full} on ${benchmark.name} is a reported mean of several splits; no run has the samples of all of them.`,
      };
    return run.figure === null
      ? { refused: `${name} is a reported figure without an interval.` }
      : { run: { ...loaded, scored: null } };
  }
  if (run.outcomes === null || run.data === null || samples === null)
    return { refused: `${name} has no verdicts: ${STATES[run.state]}.` };
  return {
    run: {
      ...loaded,
      scored: {
        data: run.data,
        scorer: run.scorer,
        samples: unpackSamples(samples),
        outcomes: unpackOutcomes(run.outcomes),
      },
    },
  };
}

/** Whether the name of the model can be left out of theirs. */
export const areOfOneModel = (runs: readonly StoredRun[]): boolean =>
  runs.length > 1 && new Set(runs.map(({ model }) => model.slug)).size === 1;

/** "base", "stage 2, step 400"; empty where neither is known. */
export function checkpointWords({ stage, step }: StoredRun['checkpoint']): string {
  const words = stage === null ? [] : [stage === 'base' ? 'base' : `stage ${stageNumber(stage)}`];
  return [...words, ...(step === null ? [] : [`step ${step}`])].join(', ');
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const STATES: Readonly<Record<StoredRun['state'], string>> = {
  scoring: 'it is being scored',
  scored: 'its annotations are not known',
  published: 'its annotations are not known',
  withdrawn: 'its annotations are not known',
  failed: 'its scoring failed',
  cancelled: 'its scoring was cancelled',
};
