import { z } from 'zod';
import { MAX_FILE_BYTES } from '@/lib/predictions/limits';

const GiB = 1024 ** 3;

/** What files are handed in for, how large each may be, and what to do about one that is larger. */
export const BLOB_KINDS = {
  predictions: {
    maxBytes: MAX_FILE_BYTES,
    advice: 'Compress it with gzip or zip, or leave out what is not predictions.',
  },
  picture: { maxBytes: 50 * 1024 ** 2, advice: 'Send a smaller picture.' },
  checkpoint: { maxBytes: 20 * GiB, advice: 'Save the weights in several files.' },
} as const;
export type BlobKind = keyof typeof BLOB_KINDS;

/** By which a file is called. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 in hex');
