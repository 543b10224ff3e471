import { z } from 'zod';

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 in hex');

/** What a submitter says of a predictions file that is to be scored. */
export const newRun = z.object({
  fileSha256: sha256,
  fileName: z.string().min(1).max(200),
  benchmark: z.string(),
  split: z.string(),
  model: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('existing'), checkpointId: z.string() }),
    z.object({
      kind: z.literal('new'),
      name: z.string().trim().min(1).max(100),
      family: z.string().trim().min(1).max(60),
      parametersB: z.number().positive().max(10_000).nullable(),
      openWeights: z.boolean(),
      link: z
        .url({ protocol: /^https?$/ })
        .max(300)
        .nullable(),
      stage: z.number().int().min(0).max(2),
      parentId: z.string().nullable(),
    }),
  ]),
  prompt: z.string().max(4_000).nullable(),
  generation: z
    .record(z.string().max(60), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
    .nullable(),
});
export type NewRun = z.infer<typeof newRun>;
