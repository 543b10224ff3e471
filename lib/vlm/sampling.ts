import type { Sampling } from './types';

const MASK = (1n << 64n) - 1n;
const GOLDEN = 0x9e3779b97f4a7c15n;

/** A number in [0, 1) of seed and step: SplitMix64, as the trainer draws (`engine/sampling.py`). */
export function uniform(seed: number, step: number): number {
  let z = (BigInt(seed) + GOLDEN * BigInt(step + 1)) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
}

function likeliest(logits: Float32Array, forbidden: number): number {
  let best = forbidden === 0 ? 1 : 0;
  let most = logits[best] as number;
  for (let id = best + 1; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (logit > most && id !== forbidden) {
      best = id;
      most = logit;
    }
  }
  return best;
}

/**
 * The `step`-th token of a reply: the likeliest, or one drawn by the inverse of the cumulative distribution, top-k before
 * top-p. `forbidden` is the image token, which no reply has.
 */
export function chooseToken(
  logits: Float32Array,
  forbidden: number,
  { temperature, topP, topK, seed }: Sampling,
  step: number,
): number {
  const best = likeliest(logits, forbidden);
  if (temperature === 0) return best;
  const most = logits[best] as number;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - most) / temperature));
  weights[forbidden] = 0;
  const candidates = kept(weights, topK, topP);
  let left = uniform(seed, step) * sum(weights, candidates);
  for (const id of candidates) {
    left -= weights[id] as number;
    if (left < 0) return id;
  }
  // Only by rounding does what was drawn lie beyond the last weight.
  return best;
}

const sum = (weights: Float64Array, ids: ArrayLike<number>): number => {
  let total = 0;
  for (let at = 0; at < ids.length; at++) total += weights[ids[at] as number] as number;
  return total;
};

/** Tokens that top-k and top-p leave: all in their order where both do, else the likeliest first, of equals the first. */
function kept(weights: Float64Array, topK: number, topP: number): Uint32Array {
  const all = Uint32Array.from(weights, (_, id) => id);
  if (topK === 0 && topP >= 1) return all;
  // Tokens less likely than this are together less than 1 - topP, so that top-p alone never reaches them.
  const least = topK > 0 ? 0 : ((1 - topP) * sum(weights, all)) / weights.length;
  const order = all
    .filter((id) => (weights[id] as number) >= least)
    .sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  const first = topK > 0 ? order.subarray(0, topK) : order;
  if (topP >= 1) return first;
  const share = topP * sum(weights, topK > 0 ? first : all);
  let before = 0;
  let count = 0;
  while (count < first.length && before < share) before += weights[first[count++] as number] as number;
  return first.subarray(0, count);
}
