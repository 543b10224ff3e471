import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type ByteSource, PredictionsError } from '@/lib/predictions/predictions-file';

const CHUNK_BYTES = 1024 * 1024;

/** A local file as bytes. @throws PredictionsError where it cannot be read. */
export function fileSource(path: string): ByteSource {
  const size = sizeOf(path);
  return {
    name: basename(path),
    size,
    *chunks() {
      const file = openSync(path, 'r');
      try {
        const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(1, size)));
        for (;;) {
          const length = readSync(file, chunk);
          if (length === 0) return;
          yield chunk.subarray(0, length);
        }
      } finally {
        closeSync(file);
      }
    },
  };
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (stat.isFile()) {
      closeSync(openSync(path, 'r'));
      return stat.size;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') throw new PredictionsError(`there is no file ${path}`);
    if (code === 'EACCES') throw new PredictionsError(`${path} may not be read`);
    throw error;
  }
  throw new PredictionsError(`${path} is not a file`);
}
