import type { Role } from '@/lib/mathematics/bars';
import { spend } from '@/lib/mathematics/budget';
import { call, type Value } from '@/lib/mathematics/expression';
import { COMPLEX } from '@/lib/mathematics/symbols';
import { type Token, type TokenType, tokenise } from '@/lib/mathematics/tokens';

/** Longer formulas and deeper ones are not read; no answer is. */
const MAX_TOKENS = 2_000;
export const MAX_DEPTH = 100;

/** What the grammar reads and upstream's conversion refuses. */
export const REFUSED = call('refused');
export const isRefused = (part: Value): boolean =>
  part.kind === 'unreadable' || (part.kind === 'function' && part.name === 'refused');

/** A place in the words of a formula. */
export abstract class Cursor {
  protected readonly tokens: readonly Token[];
  /** Whether upstream takes the letters for real numbers. */
  protected readonly real: boolean;
  protected at = 0;
  protected depth = 0;
  /** What the bars are, by their places. */
  protected roles: ReadonlyMap<number, Role> = new Map();

  constructor(protected readonly latex: string) {
    this.tokens = tokenise(latex, MAX_TOKENS) ?? [];
    this.real = !COMPLEX.test(latex);
  }

  protected type(ahead = 0): TokenType {
    return this.tokens[this.at + ahead]?.type ?? 'end';
  }
  protected take(...types: readonly TokenType[]): Token | null {
    const token = this.tokens[this.at];
    if (token === undefined || !types.includes(token.type)) return null;
    this.at++;
    return token;
  }
  /** What `rule` reads, or nothing read at all. */
  protected attempt<T>(rule: () => T | null): T | null {
    spend(1);
    const { at } = this;
    const result = rule();
    if (result === null) this.at = at;
    return result;
  }
  protected enclosed<T>(open: TokenType, rule: () => T | null, ...close: readonly TokenType[]): T | null {
    return this.attempt(() => {
      if (!this.take(open) || this.depth >= MAX_DEPTH) return null;
      this.depth++;
      const inside = rule();
      this.depth--;
      return inside !== null && this.take(...close) ? inside : null;
    });
  }
  protected text(from: number, to: number): string {
    return this.tokens
      .slice(from, to)
      .map(({ text }) => text)
      .join('');
  }
}
