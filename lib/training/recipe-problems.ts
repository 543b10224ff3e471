import { type PythonValue, pythonRepr } from '@/lib/python/repr';
import { isRecipeKind, RECIPE_KINDS, recipeNode, resolve, type SchemaNode } from './recipe-schema';
import { rewardNames } from './reward-expression';

/**
 * What is wrong with a recipe, in the trainer's own words: what its agent would say once it has it. Where the trainer has
 * Python's validation say it, so does this; `trainer/fixtures/recipes.json` holds the two equal.
 */

export interface RecipeProblem {
  /** The key, dotted; empty where it is of the recipe as a whole. */
  key: string;
  words: string;
}

export type Table = { readonly [key: string]: PythonValue };

export const isTable = (value: PythonValue | undefined): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The terms that need no entry in `reward.terms`. */
const TERMS = ['correct', 'accuracy', 'iou', 'format', 'count', 'exact', 'choice'];

/** @param recipe with whole numbers as `bigint`. */
export function recipeProblems(recipe: Table): RecipeProblem[] {
  const found = valueProblems(recipe);
  return found.length > 0 ? found : rewardProblems(recipe);
}

/** All of it in the one sentence that a run would end with; null where nothing is wrong. */
export function recipeSentence(recipe: Table): string | null {
  const values = valueProblems(recipe).map(sentenceOf);
  if (values.length > 0) return `recipe: ${values.join('; ')}`;
  return rewardProblems(recipe).map(sentenceOf)[0] ?? null;
}

export const sentenceOf = ({ key, words }: RecipeProblem): string =>
  key === '' ? words : `${key}: ${words}`;

/** What is wrong with each key by itself, and with how they go together. */
function valueProblems(recipe: Table): RecipeProblem[] {
  const { kind = null } = recipe;
  if (!isRecipeKind(kind))
    return [
      {
        key: '',
        words: `kind is ${pythonRepr(kind)}; it may be ${RECIPE_KINDS.map(pythonRepr).join(' or ')}`,
      },
    ];
  const found: RecipeProblem[] = [];
  const { node, section } = recipeNode(kind);
  checkTable(node, section, recipe, '', found);
  return found;
}

/* ---------------------------------------------------------------- values, as pydantic finds them wrong */

function checkTable(
  node: SchemaNode,
  section: string | null,
  table: Table,
  at: string,
  found: RecipeProblem[],
): void {
  const before = found.length;
  const place = (name: string) => (at === '' ? name : `${at}.${name}`);
  const { properties } = node;
  for (const [name, inner] of Object.entries(properties ?? {})) {
    const value = table[name];
    if (value !== undefined) check(inner, value, place(name), found);
    else if (node.required?.includes(name)) found.push({ key: place(name), words: 'it is missing' });
  }
  const others = node.additionalProperties;
  for (const [name, value] of Object.entries(table)) {
    if (properties !== undefined && Object.hasOwn(properties, name)) continue;
    if (typeof others === 'object') check(others, value, place(name), found);
    else found.push({ key: place(name), words: 'there is no such key' });
  }
  // How keys go together is looked at where each of them is right.
  if (found.length > before || section === null) return;
  for (const rule of RULES[section] ?? []) {
    const words = rule((name) => valueAt(node, table, name.split('.')));
    if (words === null) continue;
    found.push({ key: at, words });
    return;
  }
}

/** What stands at a dotted key of a recipe, or the default that the trainer takes. */
export function defaultsOf(recipe: Table): (key: string) => PythonValue {
  const { kind } = recipe;
  if (!isRecipeKind(kind)) return () => null;
  const { node } = recipeNode(kind);
  return (key) => valueAt(node, recipe, key.split('.'));
}

/** What stands in a table at a place, or the default. */
function valueAt(node: SchemaNode, table: Table, [name = '', ...rest]: readonly string[]): PythonValue {
  const given = node.properties?.[name];
  if (given === undefined) return null;
  const value = table[name];
  if (rest.length > 0) return valueAt(resolve(given).node, isTable(value) ? value : {}, rest);
  return value ?? defaultOf(given);
}

const defaultOf = ({ default: value }: SchemaNode): PythonValue =>
  typeof value === 'number' && Number.isInteger(value)
    ? BigInt(value)
    : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : null;

function check(given: SchemaNode, value: PythonValue, at: string, found: RecipeProblem[]): void {
  const { node, section, nullable } = resolve(given);
  if (value === null && nullable) return;
  if (node.type === 'object') {
    if (isTable(value)) checkTable(node, section, value, at, found);
    else found.push({ key: at, words: `Input should be an object (is ${pythonRepr(value)})` });
    return;
  }
  const words = node.type === 'array' ? listWords(node, value) : valueWords(node, value);
  if (words !== null)
    // Python shows what it was given, a table excepted.
    found.push({ key: at, words: isTable(value) ? words : `${words} (is ${pythonRepr(value)})` });
  else if (Array.isArray(value)) checkItems(node, value, at, found);
}

function listWords({ minItems = 0, maxItems, prefixItems }: SchemaNode, value: PythonValue): string | null {
  if (!Array.isArray(value)) return 'Input should be a valid array';
  const { length } = value;
  if (maxItems !== undefined && length > maxItems)
    return `${prefixItems === undefined ? 'List' : 'Tuple'} should have at most ${maxItems} item${maxItems === 1 ? '' : 's'} after validation, not ${length}`;
  if (prefixItems === undefined && length < minItems)
    return `List should have at least ${minItems} item${minItems === 1 ? '' : 's'} after validation, not ${length}`;
  return null;
}

function checkItems(
  { items, prefixItems }: SchemaNode,
  values: readonly PythonValue[],
  at: string,
  found: RecipeProblem[],
): void {
  for (const [place, value] of values.entries()) {
    const node = prefixItems?.[place] ?? items;
    if (node !== undefined) check(node, value, `${at}.${place}`, found);
  }
  for (let place = values.length; place < (prefixItems?.length ?? 0); place++)
    found.push({ key: `${at}.${place}`, words: 'it is missing' });
}

function valueWords(node: SchemaNode, value: PythonValue): string | null {
  if (node.enum !== undefined)
    return node.enum.some((each) => (typeof each === 'number' ? BigInt(each) : each) === value)
      ? null
      : `Input should be ${oneOf(node.enum)}`;
  switch (node.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'Input should be a valid boolean';
    case 'integer':
      return typeof value === 'bigint' ? rangeWords(node, value) : 'Input should be a valid integer';
    case 'number':
      if (typeof value !== 'bigint' && typeof value !== 'number') return 'Input should be a valid number';
      if (typeof value === 'number' && !Number.isFinite(value) && !node.infinite)
        return 'Input should be a finite number';
      return rangeWords(node, value);
    case 'string':
      if (typeof value !== 'string') return 'Input should be a valid string';
      return node.pattern !== undefined && !new RegExp(node.pattern, 'u').test(value)
        ? `String should match pattern '${node.pattern}'`
        : null;
  }
  return null;
}

/** `'a', 'b' or 'c'` */
function oneOf(values: readonly (string | number)[]): string {
  const told = values.map((each) => (typeof each === 'number' ? String(each) : pythonRepr(each)));
  return told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} or ${told.at(-1)}`;
}

function rangeWords(node: SchemaNode, value: number | bigint): string | null {
  const { maximum, exclusiveMaximum, minimum, exclusiveMinimum } = node;
  if (maximum !== undefined && !(value <= maximum)) return `Input should be less than or equal to ${maximum}`;
  if (exclusiveMaximum !== undefined && !(value < exclusiveMaximum))
    return `Input should be less than ${exclusiveMaximum}`;
  if (minimum !== undefined && !(value >= minimum))
    return `Input should be greater than or equal to ${minimum}`;
  if (exclusiveMinimum !== undefined && !(value > exclusiveMinimum))
    return `Input should be greater than ${exclusiveMinimum}`;
  return null;
}

/* ---------------------------------------------------------------- how keys go together */

type Rule = (value: (key: string) => PythonValue) => string | null;

/** By the section whose keys they are; the trainer's `model_validator`s, in their order. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  Data: [
    (value) => {
      const [least, most] = [Number(value('min_pixels')), Number(value('max_pixels'))];
      return least > most ? `min_pixels ${least} is more than max_pixels ${most}` : null;
    },
  ],
  Rollout: [
    (value) =>
      (value('engine') === 'vllm') === (value('server') === null)
        ? "engine 'vllm' and server, the address of a vLLM server, go together"
        : null,
    (value) =>
      value('engine') === 'vllm' && (Number(value('top_p')) < 1 || Number(value('top_k')) > 0)
        ? "engine 'vllm' tells probabilities among what top_p and top_k leave: leave all, by 1 and 0"
        : null,
  ],
  Algorithm: [
    (value) =>
      value('aggregation') === 'seq-mean-token-sum-norm' && value('aggregation_norm') === null
        ? "aggregation 'seq-mean-token-sum-norm' needs aggregation_norm"
        : null,
  ],
  GrpoRecipe: [
    (value) => {
      const [prompts, parts] = [Number(value('prompts_per_step')), Number(value('algorithm.mini_batches'))];
      return prompts % parts === 0
        ? null
        : `prompts_per_step ${prompts} cannot be split into algorithm.mini_batches ${parts}`;
    },
    (value) => {
      const device = value('model.device');
      return value('rollout.cuda_graphs') === true && !String(device).startsWith('cuda')
        ? `rollout.cuda_graphs needs model.device "cuda"; it is ${pythonRepr(device)}`
        : null;
    },
    (value) =>
      value('logging.trace') === true && value('rollout.engine') === 'vllm'
        ? "logging.trace needs entropies, which rollout.engine 'vllm' does not tell"
        : null,
  ],
};

/** The expression is read, and its terms are there: what the trainer looks at before the first step. */
function rewardProblems({ kind, reward }: Table): RecipeProblem[] {
  if (kind === 'tower') return [];
  const { node } = resolve({ $ref: '#/$defs/Reward' });
  const table = isTable(reward) ? reward : {};
  const expression = String(valueAt(node, table, ['expression']));
  const names = rewardNames(expression);
  if (names === null)
    return [
      {
        key: 'reward.expression',
        words: `${pythonRepr(expression)} is no arithmetic of names of terms, numbers, + - * / and parentheses`,
      },
    ];
  const own = isTable(table.terms) ? table.terms : {};
  for (const name of [...new Set([...names, ...Object.keys(own)])].sort()) {
    const source = String(own[name] ?? name);
    // Whether a file is on the box, the box alone knows.
    if (TERMS.includes(source) || /:./.test(source)) continue;
    return [
      {
        key: 'reward.terms',
        words: `${pythonRepr(source)} is neither ${TERMS.join(', ')} nor a file and function`,
      },
    ];
  }
  return [];
}
