import type { Breakdown } from '@/lib/benchmarks/benchmark';
import type { Sample } from '@/lib/samples/sample';
import type { Outcome } from '@/lib/scoring/scorer';
import type { Figure } from '@/lib/stats/unpaired';

/** A run that is to be compared: of a file, or of a server. */
export interface LoadedRun {
  id: string;
  /** What it may be called, the shortest first; the last is its alone. */
  names: readonly string[];
  benchmark: { id: string; name: string; breakdowns: readonly Breakdown[] };
  split: { id: string; label: string };
  /** Null where only a figure is reported. */
  scored: {
    data: string;
    scorer: string;
    samples: readonly Sample[];
    outcomes: readonly Outcome[];
  } | null;
  figure: Figure | null;
}
