import { type Token, type TokenType, tokenAt } from '@/lib/scoring/latex2sympy-tokens';

const MAX_DEPTH = 60;

export class Unreadable extends Error {}
export const unreadable = (): never => {
  throw new Unreadable();
};

/** A place among the words of a text, each looked for as it is needed: what stands behind the last is never seen. */
export abstract class Cursor {
  protected token: Token;
  protected depth = 0;

  constructor(protected readonly text: string) {
    this.token = this.next(0);
  }

  protected next(from: number): Token {
    return tokenAt(this.text, from) ?? unreadable();
  }
  protected take(): Token {
    const { token } = this;
    if (token.type !== 'end') this.token = this.next(token.end);
    return token;
  }
  protected taken(...types: readonly TokenType[]): boolean {
    if (!types.includes(this.token.type)) return false;
    this.take();
    return true;
  }
  protected expect(type: TokenType): Token {
    return this.token.type === type ? this.take() : unreadable();
  }
  protected nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) unreadable();
    const result = read();
    this.depth--;
    return result;
  }
}
