import { z } from 'zod';
import { frameSchema, sceneSchema, truthSchema } from '@/lib/chat/conversation';
import recorded from './first-question.json';

/**
 * The question that stands on the front page at first, with what Nano's base and its stage 2 answered in the published
 * evaluation (`nano/predictions`): a question of the test split at which the two differ.
 */
const schema = z.strictObject({
  sampleId: z.string(),
  scene: sceneSchema,
  question: z.string(),
  truth: truthSchema,
  /** In whose pixels the outputs have their places. */
  frame: frameSchema,
  outputs: z.strictObject({ base: z.string(), stage2: z.string() }),
});

export type FirstQuestion = z.infer<typeof schema>;

export const firstQuestion: FirstQuestion = schema.parse(recorded);
