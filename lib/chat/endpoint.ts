import { z } from 'zod';
import { STAGES } from '../models/stage';

/**
 * The sizes at which a model's processor takes pictures, in pixels. One of another size is resized to the nearest that
 * fits, and boxes in replies are in pixels of that.
 */
export const pictureSizes = z.strictObject({
  /** Sides are multiples of it: patch size times merge size. */
  multiple: z.number().int().min(1).max(256),
  minPixels: z.number().int().min(1),
  maxPixels: z.number().int().min(1).max(16_777_216),
});
export type PictureSizes = z.infer<typeof pictureSizes>;

/** A model behind a server, as the page knows it: its address and its key stay on the server. */
export const endpoint = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,49}$/, 'set lower-case letters, digits, . and -, at most 50 characters'),
  label: z.string().min(1).max(80),
  /** What it was trained by; null where that is not known, or nothing of ours. */
  stage: z.enum(STAGES).nullable(),
  /** The checkpoint that it serves, as the leaderboard names it; null where it is none of those. */
  checkpoint: z.string().max(100).nullable(),
  pictures: pictureSizes,
});
export type Endpoint = z.infer<typeof endpoint>;
