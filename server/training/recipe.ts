import { STAGES, type Stage } from '@/lib/models/stage';
import type { JobSpec } from '@/lib/training/protocol';
import { recipeSentence } from '@/lib/training/recipe-problems';
import { isRecipeKind, type RecipeKind } from '@/lib/training/recipe-schema';
import { agentsRecipe, NotTomlError, readToml } from '@/lib/training/recipe-toml';
import { Problem } from '../problem';

type Training = Extract<JobSpec, { kind: 'sft' | 'train' }>;

/** By which kind of job a recipe is trained. */
const TRAINED_BY = { grpo: 'train', sft: 'sft', tower: 'sft' } as const;

/** What is wrong with a recipe is said before it is queued, as the trainer would say it on the box. @throws Problem */
export function requireRecipe({ kind, recipe }: Training): void {
  const read = inWords(() => agentsRecipe(recipe));
  const sentence = typeof read === 'string' ? read : recipeSentence(read);
  if (sentence !== null) throw new Problem('refused', sentence);
  const { kind: own } = readRecipe(recipe);
  if (TRAINED_BY[own] !== kind)
    throw new Problem(
      'refused',
      `A recipe of kind "${own}" is for a job of kind ${TRAINED_BY[own]}, not ${kind}.`,
    );
}

/** What the server has to know of a recipe that was queued. @throws Problem */
export function readRecipe({ toml }: Training['recipe']): { kind: RecipeKind; stage: Stage } {
  const { kind, stage } = inWords(() => readToml(toml));
  if (!isRecipeKind(kind)) throw new Problem('refused', 'The recipe needs kind = "grpo", "sft" or "tower".');
  return { kind, stage: STAGES[Number(stage ?? 0)] ?? 'base' };
}

function inWords<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof NotTomlError ? new Problem('refused', error.message) : error;
  }
}
