import * as z from 'zod/mini';
import { STAGES } from '../models/stage';

/**
 * `public/models/models.json`: the models that the page offers, and of each the files that a browser fetches to open it.
 * Written by scripts/model-manifest.mjs.
 */
export const manifestSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      /** The name of its folder beside the manifest. */
      id: z.string().check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)),
      label: z.string().check(z.minLength(1)),
      stage: z.enum(STAGES),
      files: z.array(
        z.strictObject({
          path: z.string().check(z.regex(/^[\w-]+(\/[\w-]+)*(\.\w+)+$/)),
          bytes: z.int().check(z.positive()),
          sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
        }),
      ),
    }),
  ),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestModel = Manifest['models'][number];
export type ManifestFile = ManifestModel['files'][number];
