import type { Breakdown } from '@/lib/benchmarks/benchmark';
import type { Outcome } from '@/lib/scoring/scorer';
import type { Figure } from '@/lib/stats/unpaired';
import type { GroupedSample } from './packed-samples';

/** A run that is to be compared: of a file, or of a server. */
export interface LoadedRun {
  id: string;
  /** What it may be called, the shortest first; the last is its alone. */
  names: readonly string[];
  benchmark: { id: string; name: string; breakdowns: readonly Breakdown[] };
  split: { id: string; label: string };
  /** Null where only a figure is reported. */
  scored: {
    /** Names the version of the annotations. */
    data: string;
    scorer: string;
    samples: readonly GroupedSample[];
    outcomes: readonly Outcome[];
  } | null;
  figure: Figure | null;
  /** Made without pictures. */
  blind: boolean;
  withdrawn: boolean;
}

/** Whether the settings that a run was made with say that the model saw no pictures: `images: none`. */
export const isBlind = (generation: Readonly<Record<string, unknown>> | null): boolean =>
  generation?.images === 'none';
