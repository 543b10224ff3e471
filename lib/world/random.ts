/**
 * A seeded stream of numbers (sfc32, by Chris Doty-Humphrey), the same in every engine. A stream splits into named
 * children that do not depend on how much was drawn from the parent, so a change in one part of a scene leaves the rest.
 */

/** Seeds are integers in [0, 2^53). */
export const SEED_LIMIT = 2 ** 53;

/** FNV-1a over UTF-16 units, 32 bits. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @throws RangeError where the seed is no integer in [0, 2^53). */
  constructor(
    readonly seed: number,
    readonly label = '',
  ) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`a seed is an integer from 0 to ${SEED_LIMIT - 1}, not ${seed}`);
    }
    this.a = seed | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = hash32(label) | 0;
    for (let i = 0; i < 15; i++) this.uint32();
  }

  split(label: string): Random {
    return new Random(this.seed, `${this.label}/${label}`);
  }

  uint32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1), with 53 bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  range(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** An integer from low to high, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.float() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** @throws RangeError on an empty list: there is nothing to pick. */
  pick<T>(list: readonly T[]): T {
    const index = this.int(0, list.length - 1);
    if (index >= list.length || list.length === 0) throw new RangeError('nothing to pick from an empty list');
    return list[index] as T;
  }

  /** Picks by weight. @throws RangeError where no weight is above 0. */
  pickWeighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let left = this.float() * list.reduce((sum, { weight }) => sum + weight, 0);
    for (const item of list) {
      left -= item.weight;
      if (left < 0) return item;
    }
    throw new RangeError('nothing to pick where no weight is above 0');
  }

  /** A new list in random order. */
  shuffle<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      const held = out[i] as T;
      out[i] = out[j] as T;
      out[j] = held;
    }
    return out;
  }
}
