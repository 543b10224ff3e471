import { Inflate } from 'fflate';
import type { ByteReader } from './byte-reader';
import { crc32 } from './crc32';
import { copyOf } from './json-lines';
import { INFLATION_RATIO_FROM_BYTES, MAX_INFLATION_RATIO } from './limits';
import { PredictionsError } from './predictions-file';

export type ArchiveKind = 'gzip' | 'zip';

export const damaged = (kind: ArchiveKind, how: string): PredictionsError =>
  new PredictionsError(`the ${kind} file is damaged: ${how}`);

/** So little is inflated at once that a bomb (1032 times) shows before it fills the memory. */
const STEP_BYTES = 16 * 1024;

/** Counts what comes out against what went in, and refuses a bomb while it is being inflated. */
export class Inflation {
  private packed = 0;
  private inflated = 0;

  constructor(private readonly limit: number) {}

  in(length: number): void {
    this.packed += length;
  }

  out(length: number): void {
    this.inflated += length;
    if (this.inflated > this.limit) {
      throw new PredictionsError(`inflates to more than ${this.limit} bytes, the most that is taken`);
    }
    if (this.inflated > INFLATION_RATIO_FROM_BYTES && this.inflated > MAX_INFLATION_RATIO * this.packed) {
      throw new PredictionsError(
        `inflates to more than ${MAX_INFLATION_RATIO} times its size, as no file of predictions does`,
      );
    }
  }
}

/** The length and the checksum of what went by. */
export class Sum {
  length = 0;
  crc = 0;

  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    this.crc = crc32(bytes, this.crc);
  }
}

/** Inflates one DEFLATE stream (RFC 1951) and leaves the input where it ends. */
export function* inflate(
  input: ByteReader,
  kind: ArchiveKind,
  inflation: Inflation,
  sum: Sum,
): Generator<Uint8Array, void> {
  let ready: Uint8Array[] = [];
  const stream = new Inflate((chunk) => {
    if (chunk.length > 0) ready.push(chunk);
  });
  for (;;) {
    const step = input.some(STEP_BYTES);
    if (step.length === 0) throw damaged(kind, 'it is cut off');
    inflation.in(step.length);
    ready = [];
    try {
      stream.push(copyOf(step));
    } catch (error) {
      throw damaged(kind, error instanceof Error ? error.message : String(error));
    }
    for (const chunk of ready) {
      inflation.out(chunk.length);
      sum.add(chunk);
      yield chunk;
    }
    const rest = behindEnd(stream);
    if (rest === null) continue;
    input.unread(rest);
    return;
  }
}

/**
 * How many of the bytes pushed stand behind the stream's end, null where that is still to come. fflate's own Gunzip looks at
 * the same fields to find the next member, and tells nobody: `s.f` is the last block's mark, `s.l` the code that is being
 * read, `s.p` the bits of `p` that are used up.
 */
function behindEnd(stream: Inflate): number | null {
  const { s, p } = stream as unknown as { s: { f?: number; l?: unknown; p?: number }; p: Uint8Array };
  return s.f && !s.l ? p.length - (s.p ? 1 : 0) : null;
}
