import type { ModelShape } from './model-shape';
import { defaultsOf, type Table } from './recipe-problems';

/**
 * What a run would be, before it begins. The trainer says the same (`trainer/ocean_r1/plan.py`), and
 * `trainer/fixtures/recipes.json` holds the two equal.
 */
export interface Plan {
  parameters: number;
  tower: number;
  /** Bytes that are held from the first step to the last, by what for, where it computes. */
  held: Readonly<Record<string, number>>;
  /** Bytes that a recipe for a card holds on the host instead. */
  host: Readonly<Record<string, number>>;
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
const SAMPLES = 'while it samples: keys, values and logits';
const LEARNS = 'while it learns: gradients, activations and logits';
/** Bytes a logit: while a token is drawn of it, while it is learnt from, and where it is computed again on the way back. */
const DRAWN = 28;
const LEARNT = 20;
const LEARNT_AGAIN = 24;
/** Tokens at most in a page of keys and values, of prompts' and of responses', and those drawn between two looks. */
const SHARED = 256;
const OWN = 64;
const LOOK = 8;

type Value = (key: string) => unknown;

/**
 * Of each of several processes that train together, what is held, waits on the host and passes.
 * @param recipe without a problem.
 */
export function planOf(recipe: Table, shape: ModelShape, processes = 1): Plan {
  const { tower } = shape;
  const own = defaultsOf(recipe);
  const number = (key: string) => Number(own(key));
  const offload = own('optimizer.offload') === true;
  const width = own('model.dtype') === 'bfloat16' ? BFLOAT16 : FLOAT32;
  const pairs = number('model.lora_rank') * pairedWidths(shape);
  const learnt = pairs > 0 ? pairs : freezesTower(own) ? shape.parameters - tower : shape.parameters;
  const parameters = shape.parameters + pairs;
  const layers = layersOf(shape);
  const blocks = freezesTower(own) ? 0 : shape.vision.depth * shape.vision.block;
  const divided = layers + blocks;
  // A process has a share of the layers, and all that is none.
  const share = (count: number, ofLayers: number) => count - ofLayers + Math.ceil(ofLayers / processes);
  const weights = share(parameters, divided + pairs);
  const moving = share(learnt, pairs > 0 ? pairs : divided);
  const moved = { weights: weights * FLOAT32, "AdamW's two moments": moving * 2 * FLOAT32 };
  const held: Record<string, number> = offload ? {} : { ...moved };
  if (offload || width === BFLOAT16) held['a copy of the weights that computes'] = weights * width;
  if (processes > 1) held['a whole copy of the weights that samples'] = parameters * width;
  const gradients = moving * FLOAT32;
  const responses = responsesOf(recipe);
  const common = {
    parameters,
    tower,
    held,
    host: offload ? moved : {},
    checkpoint: (parameters + 2 * learnt) * FLOAT32,
    responses,
  };
  if (recipe.kind !== 'grpo')
    return { ...common, passing: { [LEARNS]: gradients }, newTokens: null, updates: 1 };
  const besidePairs = pairs > 0 && own('reference') === null && processes === 1;
  if (number('algorithm.kl_coefficient') > 0 && !besidePairs)
    held['the reference'] = share(shape.parameters, divided) * width;
  const layer = Math.max(Math.floor(layers / shape.layers), blocks === 0 ? 0 : shape.vision.block);
  const ofLayer = processes === 1 ? 0 : gathered(layer, Math.floor(pairs / shape.layers));
  return {
    ...common,
    passing: {
      [SAMPLES]: sampling(own, shape, width, processes),
      [LEARNS]: gradients + learning(own, shape, width, ofLayer),
    },
    newTokens: responses * number('rollout.max_new_tokens'),
    updates: number('algorithm.mini_batches') * number('algorithm.epochs'),
  };
}

/** Whether so many processes, more than one, can train by it together. @param recipe without a problem. */
export function canBeShared(recipe: Table, processes: number): boolean {
  const own = defaultsOf(recipe);
  const number = (key: string) => Number(own(key));
  return (
    recipe.kind === 'grpo' &&
    own('optimizer.muon') !== true &&
    number('model.workers') === 1 &&
    number('algorithm.dynamic_sampling') === 0 &&
    Math.floor(number('prompts_per_step') / number('algorithm.mini_batches')) >= processes
  );
}

const freezesTower = (own: Value): boolean =>
  own('optimizer.vision_lr') === 0 || Number(own('model.lora_rank')) > 0;

/** What goes into and comes out of the matrices that have pairs beside them. */
function pairedWidths({ layers, heads, keyValueHeads, headDim, hidden, intermediate }: ModelShape): number {
  const asked = heads * headDim;
  return layers * (4 * hidden + 2 * asked + 2 * keyValueHeads * headDim + 3 * intermediate);
}

/** Numbers of all of the language part's layers: not the words, the head and the last norm. */
const layersOf = ({ parameters, tower, vocabulary, hidden, tied }: ModelShape): number =>
  parameters - tower - hidden - vocabulary * hidden * (tied ? 1 : 2);

/** Numbers of layers that are whole while one learns: weights of two, gradients of two. */
const gathered = (layer: number, pairs: number): number =>
  2 * (layer + pairs) + 2 * (pairs > 0 ? pairs : layer);

const patchesOf = (own: Value, { vision }: ModelShape): number =>
  Math.floor(Number(own('data.max_pixels')) / vision.patch ** 2);

/** Bytes of the cache, and of what fills it: a tower's block, a layer, or logits. */
function sampling(own: Value, shape: ModelShape, width: number, processes: number): number {
  const number = (key: string) => Number(own(key));
  const { vision } = shape;
  const prompts = Math.ceil(number('prompts_per_step') / processes);
  const atOnce = number('rollout.prompts_at_once');
  const rows = Math.min(atOnce, prompts) * number('rollout.group');
  const longest = number('data.max_prompt_tokens');
  const ofLayer = 2 * shape.keyValueHeads * shape.headDim * width;
  const ofToken = shape.layers * ofLayer;
  const gigabytes = own('rollout.cache_gigabytes');
  const allowed = gigabytes === null ? Number.POSITIVE_INFINITY : Number(gigabytes) * 1e9;
  // Prompts take half of it at most, but one has room; what they leave is the responses', but one has room.
  const page = Math.min(SHARED, longest);
  const pages = Math.ceil(longest / page);
  const half = allowed / 2 / (page * ofToken);
  const held = Math.floor(Math.min(pages * Math.min(2 * atOnce, prompts), Math.max(pages, half))) * page;
  const most = number('rollout.max_new_tokens');
  const ownPage = Math.min(OWN, Math.ceil(most / LOOK) * LOOK);
  const ownPages = Math.ceil(most / ownPage);
  const left = (allowed - held * ofToken) / (ownPage * ofToken);
  const written = Math.floor(Math.max(1 + ownPages, Math.min(1 + rows * ownPages, left))) * ownPage;
  const block = 14 * vision.hidden * patchesOf(own, shape) * width;
  const layer = (2 * shape.hidden + 4 * shape.intermediate) * longest * width;
  const drawn = DRAWN * rows * shape.vocabulary;
  return ofToken * (held + written) + Math.max(block, layer, drawn, Math.floor((written * ofLayer * 3) / 8));
}

/** Bytes of what the longest group keeps for the way back, and of logits. */
function learning(own: Value, shape: ModelShape, width: number, ofLayer: number): number {
  const number = (key: string) => Number(own(key));
  const { hidden, intermediate, layers, vocabulary } = shape;
  const asked = shape.heads * shape.headDim;
  const kept = shape.keyValueHeads * shape.headDim;
  const group = number('rollout.group');
  const sampled = group * number('rollout.max_new_tokens');
  const run = sampled - group + 1;
  const tokens = number('data.max_prompt_tokens') + run - 1;
  const pairs = number('model.lora_rank') > 0;
  const norm = pairs || String(own('model.device')).startsWith('cuda') ? 2 : 3;
  const attention = norm * hidden + 4 * asked + 3 * kept + Math.floor((shape.heads * FLOAT32) / width);
  const mlp = norm * hidden + 4 * intermediate;
  const twice = own('model.gradient_checkpointing') === true;
  const again = twice ? tokens * (attention + mlp + 2 * intermediate) : 0;
  const all =
    (twice ? tokens * hidden * layers : tokens * attention * layers + mlp * (tokens * (layers - 1) + run)) +
    run * (norm - 1) * hidden +
    sampled * hidden;
  const chunk = Math.min(4_096, Math.max(1, Math.floor(2 ** 27 / vocabulary)));
  const head = (sampled <= chunk ? LEARNT : LEARNT_AGAIN) * Math.min(sampled, chunk) * vocabulary;
  const words = pairs ? 0 : vocabulary * hidden * width;
  const waits = shape.tied ? words : 0;
  const most = Math.max(
    all * width + Math.max((again + ofLayer) * width + waits, head + words),
    words + 2 * waits,
  );
  return seeing(own, shape, norm) * width + most;
}

/** Numbers that a tower that learns keeps of the largest picture. */
function seeing(own: Value, shape: ModelShape, norm: number): number {
  if (freezesTower(own)) return 0;
  const { depth, hidden, intermediate } = shape.vision;
  const block = (2 * norm + 5) * hidden + 4 * intermediate;
  return patchesOf(own, shape) * (depth * block + (norm + 2) * hidden);
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
