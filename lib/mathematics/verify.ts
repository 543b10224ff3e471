import { COMPARING, refill, Undecided } from '@/lib/mathematics/budget';
import { type Comparison, equalValues } from '@/lib/mathematics/compare';
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
  /** The first pair that is equal, null where none is. */
  matched: { gold: Parsed; target: Parsed } | null;
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
        if (equalAnswers(gold, target, settings))
          return { equal: true, matched: { gold, target }, undecided: null };
      } catch (error) {
        if (!(error instanceof Undecided)) throw error;
        undecided = error.message;
      }
    }
  }
  return { equal: false, matched: null, undecided };
}

function equalAnswers(gold: Parsed, target: Parsed, settings: Comparison): boolean {
  if (gold.kind === 'value' && target.kind === 'value')
    return equalValues(gold.value, target.value, settings);
  if (gold.kind !== 'string' || target.kind !== 'string') return false;
  return strip(gold.text) !== '' && strip(gold.text) === strip(target.text);
}
