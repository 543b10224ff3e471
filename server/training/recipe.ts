import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { STAGES, type Stage } from '@/lib/models/stage';
import type { JobSpec } from '@/lib/training/protocol';
import { Problem } from '../problem';

type Recipe = Extract<JobSpec, { kind: 'sft' | 'train' }>['recipe'];

/** What the server has to know of a recipe; the trainer knows the rest, and says what is wrong with it. */
const known = z.looseObject({
  kind: z.enum(['grpo', 'sft', 'tower']),
  name: z.string(),
  stage: z.union([z.literal(1), z.literal(2)]).optional(),
});

/** @throws Problem with the place in the text. */
export function readRecipe({ toml }: Recipe): { kind: 'grpo' | 'sft' | 'tower'; stage: Stage } {
  let values: unknown;
  try {
    values = parse(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new Problem(
      'refused',
      `The recipe cannot be read at line ${error.line}: ${error.message.split('\n')[0]}.`,
    );
  }
  const read = known.safeParse(values);
  if (!read.success)
    throw new Problem('refused', 'The recipe needs kind = "grpo", "sft" or "tower", and a name.');
  const { kind, stage } = read.data;
  return { kind, stage: STAGES[stage ?? 0] ?? 'base' };
}
