import { existsSync, statfsSync } from 'node:fs';

/** What the embedded database needs at least for its next log. */
const LEAST_BYTES = 32_000_000;

/** What is said of a failure where the disk of a folder is full; null where that has room. */
export function fullDisk(folder: string, leastBytes = LEAST_BYTES): string | null {
  if (!existsSync(folder)) return null;
  const { bavail, bsize } = statfsSync(folder);
  const left = bavail * bsize;
  if (left >= leastBytes) return null;
  return `The disk that ${folder} lies on is full: ${(left / 1e6).toFixed(1)} MB are left. Make room on it, or set OCEAN_DATA_DIR to a folder on another one, and start again.`;
}
