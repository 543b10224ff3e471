import { Gunzip, Unzip, type UnzipDecoder, UnzipInflate, UnzipPassThrough } from 'fflate';
import { copyOf } from './json-lines';
import {
  INFLATION_RATIO_FROM_BYTES,
  MAX_INFLATED_BYTES,
  MAX_INFLATION_RATIO,
  MAX_ZIP_ENTRIES,
} from './limits';
import { PredictionsError } from './predictions-file';

type Chunks = () => Iterable<Uint8Array>;

/** So little is inflated at once that a bomb (1032 times) shows before it fills the memory. */
const STEP_BYTES = 16 * 1024;

/** Counts what comes out against what went in, and refuses a bomb while it is being inflated. */
class Inflation {
  private packed = 0;
  private inflated = 0;

  constructor(private readonly limit: number) {}

  in(bytes: number): void {
    this.packed += bytes;
  }

  out(bytes: number): void {
    this.inflated += bytes;
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

function* steps(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += STEP_BYTES) yield copyOf(chunk.subarray(at, at + STEP_BYTES));
  }
}

/** fflate's errors become ours; the caller learns that the archive is at fault, and how. */
function damaged<T>(kind: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof PredictionsError) throw error;
    throw new PredictionsError(
      `the ${kind} file is damaged, cut off or encrypted (${error instanceof Error ? error.message : error})`,
    );
  }
}

/** The content of a gzip file, of all its members. */
export function* gunzip(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void> {
  const inflation = new Inflation(MAX_INFLATED_BYTES);
  let ready: Uint8Array[] = [];
  const stream = new Gunzip((chunk) => {
    inflation.out(chunk.length);
    if (chunk.length > 0) ready.push(chunk);
  });
  const push = (chunk: Uint8Array, final: boolean): Uint8Array[] => {
    ready = [];
    inflation.in(chunk.length);
    damaged('gzip', () => stream.push(chunk, final));
    return ready;
  };
  for (const step of steps(chunks)) yield* push(step, false);
  yield* push(new Uint8Array(0), true);
}

export interface ZipEntry {
  name: string;
  chunks: Chunks;
}

/**
 * The files in a zip, in its order. Each is inflated anew whenever it is walked, the others skipped.
 * @param limit of what one walk inflates, in bytes
 * @throws PredictionsError where there are more than MAX_ZIP_ENTRIES
 */
export function zipEntries(chunks: Chunks, limit = MAX_INFLATED_BYTES): ZipEntry[] {
  const names: string[] = [];
  for (const _ of unzip(chunks(), names, null, limit)) {
    // Only the names are wanted.
  }
  return names.map((name, index) => ({ name, chunks: () => unzip(chunks(), [], index, limit) }));
}

/** Inflates the entry at index `wanted` and lists the names of all that come before its end. */
function* unzip(
  chunks: Iterable<Uint8Array>,
  names: string[],
  wanted: number | null,
  limit: number,
): Generator<Uint8Array, void> {
  const inflation = new Inflation(limit);
  let ready: Uint8Array[] = [];
  let finished = false;
  const isWanted = (): boolean => names.length - 1 === wanted;

  const stream = new Unzip((file) => {
    names.push(file.name);
    if (names.length > MAX_ZIP_ENTRIES) {
      throw new PredictionsError(`the zip lists more than ${MAX_ZIP_ENTRIES} files`);
    }
    file.ondata = (error, chunk, final) => {
      if (error !== null) throw error;
      inflation.out(chunk.length);
      if (chunk.length > 0) ready.push(chunk);
      if (final && isWanted()) finished = true;
    };
    file.start();
  });
  // Entries that are not wanted must be read all the same (fflate would keep their bytes), but not inflated.
  for (const Decoder of [UnzipPassThrough, UnzipInflate]) {
    stream.register(
      class implements UnzipDecoder {
        static compression = Decoder.compression;
        ondata: UnzipDecoder['ondata'] = () => {};
        private readonly decoder = isWanted() ? new Decoder() : null;
        push(chunk: Uint8Array, final: boolean): void {
          if (this.decoder === null) return;
          this.decoder.ondata = this.ondata;
          this.decoder.push(chunk, final);
        }
      },
    );
  }

  for (const step of steps(chunks)) {
    ready = [];
    inflation.in(step.length);
    damaged('zip', () => stream.push(step, false));
    yield* ready;
    if (finished) return;
  }
  ready = [];
  damaged('zip', () => stream.push(new Uint8Array(0), true));
  yield* ready;
}
