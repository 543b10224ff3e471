/** After how many tokens it is looked what came next; after the most of them first. */
const ORDERS = [4, 2] as const;
/** One more token to check costs a quarter of a run: it is guessed while all are right with more than this probability. */
const LEAST_SURE = 0.6;
const MOST_GUESSED = 8;
/** Beyond so many contexts everything is forgotten, which bounds the memory. */
const MOST_CONTEXTS = 100_000;

/**
 * Guesses how a reply goes on, by how conversations went on so far. The model then checks several tokens in one run, which
 * changes no reply: what is guessed wrongly is not taken (speculative decoding, Leviathan et al. 2023, arXiv 2211.17192,
 * with counts of n-grams as the draft model).
 */
export class Drafts {
  /** How often which token came after some. */
  private readonly counts = new Map<string, Map<number, number>>();

  /** Tokens `from` on of a conversation are known now. */
  learn(ids: readonly number[], from: number): void {
    if (this.counts.size > MOST_CONTEXTS) this.counts.clear();
    for (let at = from; at < ids.length; at++)
      for (const order of ORDERS) {
        if (at < order) continue;
        const context = key(ids.slice(at - order, at));
        const following = this.counts.get(context) ?? new Map<number, number>();
        const token = ids[at] as number;
        following.set(token, (following.get(token) ?? 0) + 1);
        this.counts.set(context, following);
      }
  }

  /** What is likely to follow; often nothing. */
  guess(ids: readonly number[]): number[] {
    const last = ids.slice(-ORDERS[0]);
    const guessed: number[] = [];
    for (let sure = 1; guessed.length < MOST_GUESSED; ) {
      const next = this.likeliest([...last, ...guessed]);
      if (next === null) break;
      sure *= next.share;
      if (sure < LEAST_SURE) break;
      guessed.push(next.token);
    }
    return guessed;
  }

  private likeliest(ids: readonly number[]): { token: number; share: number } | null {
    for (const order of ORDERS) {
      const following = this.counts.get(key(ids.slice(-order)));
      if (following === undefined) continue;
      let [token, most, sum] = [0, 0, 0];
      for (const [each, count] of following) {
        sum += count;
        if (count > most) [token, most] = [each, count];
      }
      // What was seen once is not certain.
      return { token, share: (most + 0.25) / (sum + 0.5) };
    }
    return null;
  }
}

const key = (ids: readonly number[]): string => ids.join();
