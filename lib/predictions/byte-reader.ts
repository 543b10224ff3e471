import { concat, copyOf } from './json-lines';

/**
 * Reads bytes that come in chunks of any size in pieces of the size that is wanted, with the memory of one chunk. What
 * it gives out is the source's own: use it before the next step.
 */
export class ByteReader {
  private readonly chunks: Iterator<Uint8Array>;
  private chunk: Uint8Array = new Uint8Array(0);
  private at = 0;

  /** @param cutOff makes the error for bytes that end too early */
  constructor(
    chunks: Iterable<Uint8Array>,
    private readonly cutOff: () => Error,
  ) {
    this.chunks = chunks[Symbol.iterator]();
  }

  isAtEnd(): boolean {
    while (this.at === this.chunk.length) {
      const { done, value } = this.chunks.next();
      if (done === true) return true;
      this.chunk = value;
      this.at = 0;
    }
    return false;
  }

  /** At most so many bytes; none only at the end. */
  some(most: number): Uint8Array {
    if (this.isAtEnd()) return new Uint8Array(0);
    const some = this.chunk.subarray(this.at, this.at + most);
    this.at += some.length;
    return some;
  }

  /** The last so many of what `some` gave are to be read again. */
  unread(length: number): void {
    this.at -= length;
  }

  /** Exactly so many, as a copy. */
  take(length: number): Uint8Array {
    return concat(Array.from(this.next(length), copyOf));
  }

  skip(length: number): void {
    for (const _ of this.next(length));
  }

  /** Exactly so many, as they come. */
  *next(length: number): Generator<Uint8Array, void> {
    for (let missing = length; missing > 0; ) {
      const some = this.some(missing);
      if (some.length === 0) throw this.cutOff();
      missing -= some.length;
      yield some;
    }
  }

  /** Up to the first byte that is wanted, or to the end. */
  *before(isWanted: (byte: number) => boolean): Generator<Uint8Array, void> {
    while (!this.isAtEnd()) {
      const some = this.some(Number.POSITIVE_INFINITY);
      let found = 0;
      // No findIndex, which takes ten times as long: padding may be most of a file.
      while (found < some.length && !isWanted(some[found] ?? 0)) found++;
      this.unread(some.length - found);
      yield some.subarray(0, found);
      if (found < some.length) return;
    }
  }
}
