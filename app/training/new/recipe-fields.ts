import type { PythonValue } from '@/lib/python/repr';
import type { Table } from '@/lib/training/recipe-problems';
import {
  type RecipeField,
  type RecipeKind,
  recipeFields,
  type SchemaNode,
} from '@/lib/training/recipe-schema';
import { NotTomlError, readToml, valueOfKey, writtenToml } from '@/lib/training/recipe-toml';

/** Keys of a recipe as fields of a form: how each is asked for, shown and written. */

export type FieldLook = 'switch' | 'choice' | 'number' | 'text' | 'toml';

export function lookOf({ type, enum: choices }: SchemaNode): FieldLook {
  if (choices !== undefined) return 'choice';
  switch (type) {
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    default:
      return 'toml';
  }
}

/** What stands in the field; empty where the key is not in the recipe. */
export function shownValue(value: PythonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value)
    ? String(value)
    : writtenToml(value);
}

/** What was typed, as TOML; null takes the key out. What is not of the key's type is a text, of which the trainer says so. */
export function written({ node }: RecipeField, text: string): string | null {
  if (text === '') return null;
  const look = lookOf(node);
  const isText = look === 'text' || (look === 'choice' && node.type !== 'integer');
  if (!isText && isValue(text)) return text.trim();
  return writtenToml(text);
}

/** One value, and nothing behind it. */
function isValue(text: string): boolean {
  try {
    return Object.keys(readToml(`x = ${text.trim()}`)).length === 1 && !/^\s*["']|#|\n\s*\S+\s*=/.test(text);
  } catch (error) {
    if (error instanceof NotTomlError) return false;
    throw error;
  }
}

/** Whether what was typed is what stands there: `1e-5` and `0.00001` are. */
export function means(field: RecipeField, text: string, value: PythonValue | undefined): boolean {
  const toml = written(field, text);
  if (toml === null || value === undefined) return toml === null && value === undefined;
  return writtenToml(valueOfKey(readToml(`x = ${toml}`), 'x') ?? null) === writtenToml(value);
}

/** The default, as it is told. */
export function defaultWords({ required, nullable, default: value }: RecipeField): string {
  if (required) return 'It has to be set.';
  if (value === null || (value === undefined && nullable)) return 'Default: not set.';
  if (typeof value === 'string') return `Default: ${value}.`;
  if (value === undefined) return 'Default: empty.';
  return `Default: ${JSON.stringify(value)}.`;
}

export interface Change {
  key: string;
  /** As TOML has them; null where the key is left out. */
  from: string | null;
  to: string | null;
}

/** The keys that differ between two recipes, in the order of the form; what no field has is behind them. */
export function changesOf(kind: RecipeKind, base: Table, recipe: Table): Change[] {
  return recipeFields(kind).flatMap(({ key }): Change[] => {
    const [from, to] = [base, recipe].map((each) => {
      const value = valueOfKey(each, key);
      return value === undefined ? null : writtenToml(value);
    });
    return from === to ? [] : [{ key, from: from ?? null, to: to ?? null }];
  });
}

/** Those whose key or words hold all the words that are searched for. */
export function matching(fields: readonly RecipeField[], search: string): readonly RecipeField[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return fields.filter(({ key, description }) => {
    const text = `${key} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export const SECTION_WORDS: Readonly<Record<string, string>> = {
  '': 'The run',
  model: 'Model',
  data: 'Data',
  rollout: 'Rollout',
  reward: 'Reward',
  algorithm: 'Algorithm',
  optimizer: 'Optimizer',
  validation: 'Validation',
  checkpoints: 'Checkpoints',
  logging: 'Logging',
};
