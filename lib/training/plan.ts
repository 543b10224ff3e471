import type { ModelShape } from './model-shape';
import { defaultsOf, type Table } from './recipe-problems';

/**
 * What a run would be, before it begins. The trainer says the same (`trainer/ocean_r1/plan.py`), and
 * `trainer/fixtures/recipes.json` holds the two equal.
 */
export interface Plan {
  parameters: number;
  tower: number;
  /** Bytes that are held from the first step to the last, by what for. */
  held: Readonly<Record<string, number>>;
  /** Bytes that a step needs at most besides, by what for, one after the other. */
  passing: Readonly<Record<string, number>>;
  /** Bytes of one. */
  checkpoint: number;
  /** Responses a step; of supervised training rows, of a tower's pictures. */
  responses: number;
  /** That a step samples at most; null where it samples nothing. */
  newTokens: number | null;
  /** Of the weights, a step. */
  updates: number;
}

const FLOAT32 = 4;
const BFLOAT16 = 2;

/** @param recipe without a problem. */
export function planOf(recipe: Table, shape: ModelShape): Plan {
  const { parameters, tower } = shape;
  const own = defaultsOf(recipe);
  const number = (key: string) => Number(own(key));
  const held: Record<string, number> = {
    weights: parameters * FLOAT32,
    gradients: parameters * FLOAT32,
    "AdamW's two moments": parameters * 2 * FLOAT32,
  };
  const common = { parameters, tower, held, checkpoint: parameters * 3 * FLOAT32 };
  if (recipe.kind !== 'grpo')
    return { ...common, passing: {}, responses: responsesOf(recipe), newTokens: null, updates: 1 };
  if (number('algorithm.kl_coefficient') > 0) held['the reference'] = parameters * FLOAT32;
  const half = own('model.dtype') === 'bfloat16';
  const width = half ? BFLOAT16 : FLOAT32;
  if (half) held['a copy in bfloat16 that samples'] = parameters * width;
  const group = number('rollout.group');
  const longest = number('rollout.max_new_tokens');
  const tokens = number('data.max_prompt_tokens') + group * longest;
  const cache = 2 * shape.layers * shape.keyValueHeads * shape.headDim * width;
  const atOnce = Math.min(number('rollout.prompts_at_once'), number('prompts_per_step'));
  // A layer keeps about its inputs of attention and MLP for the way back; with checkpointing only its input.
  const ofLayer =
    own('model.gradient_checkpointing') === true ? shape.hidden : 10 * shape.hidden + 3 * shape.intermediate;
  const responses = responsesOf(recipe);
  return {
    ...common,
    passing: {
      'keys and values of what is sampled': cache * atOnce * tokens,
      'activations of the longest group': tokens * ofLayer * shape.layers * width,
    },
    responses,
    newTokens: responses * longest,
    updates: number('algorithm.mini_batches') * number('algorithm.epochs'),
  };
}

/** Responses a step; of supervised training rows, of a tower's pictures. */
export function responsesOf(recipe: Table): number {
  const own = defaultsOf(recipe);
  if (recipe.kind === 'sft') return Number(own('rows_per_step'));
  if (recipe.kind === 'tower') return Number(own('images_per_step'));
  return Number(own('prompts_per_step')) * Number(own('rollout.group'));
}

const sum = (terms: Readonly<Record<string, number>>): number =>
  Object.values(terms).reduce((total, each) => total + each, 0);

/** The most bytes at any moment, as far as the terms go. */
export const peakOf = ({ held, passing }: Pick<Plan, 'held' | 'passing'>): number =>
  sum(held) + Math.max(0, ...Object.values(passing));

/** How many steps it takes; null where the data say, and are not known here. @param rows that it trains on. */
export function stepsOf(recipe: Table, rows: number | null): number | null {
  const own = defaultsOf(recipe);
  const steps = own('steps');
  if (steps !== null) return Number(steps);
  if (rows === null || recipe.kind !== 'grpo') return null;
  return Math.max(1, Math.floor((rows * Number(own('data_epochs'))) / Number(own('prompts_per_step'))));
}

/** How long a training that is over took for a response. */
export interface Rate {
  agentId: string;
  jobId: string;
  jobName: string;
  kind: string;
  parameters: number;
  secondsPerResponse: number;
}

/** Models whose sizes are this far apart are alike. */
const ALIKE = 1.25;

/** The newest rate of a run of the same kind with a model of like size on a box; null where none was measured. */
export function rateOn(
  rates: readonly Rate[],
  agentId: string,
  kind: unknown,
  parameters: number,
): Rate | null {
  return (
    rates.find(
      (rate) =>
        rate.agentId === agentId &&
        rate.kind === kind &&
        Math.max(rate.parameters / parameters, parameters / rate.parameters) <= ALIKE,
    ) ?? null
  );
}
