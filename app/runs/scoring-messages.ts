import type { Sample } from '@/lib/samples/sample';
import type { Verdict } from '@/lib/scoring/scorer';

/** What a page and the worker that scores for it say to each other. */
export type ToScorer =
  | { type: 'open'; benchmark: string; scorer: string }
  | { type: 'score'; samples: readonly { sample: Sample; output: string; extraction: string | null }[] };

/** `ready` answers `open`; a `verdict` comes for each sample, in order. */
export type FromScorer = { type: 'ready' } | { type: 'verdict'; verdict: Verdict };
