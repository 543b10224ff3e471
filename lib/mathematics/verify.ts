import { COMPARING, refill, Undecided } from '@/lib/mathematics/budget';
import { type Comparison, equalValues, type Step } from '@/lib/mathematics/compare';
import type { Parsed } from '@/lib/mathematics/parse';
import { strip } from '@/lib/python/text';

/** Upstream's defaults. */
export const VERIFY_DEFAULTS: Comparison = {
  floatRounding: 6,
  numericPrecision: 15,
  strict: true,
  allowSetRelationComparison: false,
};

export interface Verification {
  equal: boolean;
  /** The first pair that is equal and the step that says so, null where none is. */
  matched: { gold: Parsed; target: Parsed; step: Step } | null;
  /** Why some pair could not be decided, which counts as not equal; null where all could. */
  undecided: string | null;
}

/** `verify` of Math-Verify 0.8.0: whether any gold equals any target. Not symmetric. Never throws. */
export function verify(
  golds: readonly Parsed[],
  targets: readonly Parsed[],
  options: Partial<Comparison> = {},
): Verification {
  const settings = { ...VERIFY_DEFAULTS, ...options };
  let undecided: string | null = null;
  refill(COMPARING);
  for (const gold of golds) {
    for (const target of targets) {
      try {
        const step = equalAnswers(gold, target, settings);
        if (step !== null) return { equal: true, matched: { gold, target, step }, undecided: null };
      } catch (error) {
        if (!(error instanceof Undecided)) throw error;
        undecided = error.message;
      }
    }
  }
  return { equal: false, matched: null, undecided };
}

function equalAnswers(gold: Parsed, target: Parsed, settings: Comparison): Step | null {
  if (gold.kind === 'value' && target.kind === 'value')
    return equalValues(gold.value, target.value, settings);
  if (gold.kind !== 'string' || target.kind !== 'string') return null;
  return strip(gold.text) !== '' && strip(gold.text) === strip(target.text) ? 'form' : null;
}
