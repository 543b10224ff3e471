import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '@/lib/predictions/predictions-file';

const CHUNK_BYTES = 256 * 1024;

/** A file of the disk, read a piece at a time. */
export function fileSource(path: string, name: string): ByteSource {
  return {
    name,
    size: statSync(path).size,
    *chunks() {
      const file = openSync(path, 'r');
      try {
        for (;;) {
          const chunk = new Uint8Array(CHUNK_BYTES);
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
