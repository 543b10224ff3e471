import { z } from 'zod';
import { sha256 } from '../blobs';
import { chosenCheckpoint } from '../models';

/** What a submitter says of a predictions file that is to be scored. */
export const newRun = z.object({
  fileSha256: sha256,
  fileName: z.string().min(1).max(200),
  benchmark: z.string(),
  split: z.string(),
  model: chosenCheckpoint,
  prompt: z.string().max(4_000).nullable(),
  generation: z
    .record(z.string().max(60), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
    .nullable(),
});
export type NewRun = z.infer<typeof newRun>;
