import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import type { Principal } from '../auth';
import { requireJob } from './read-told';

/** Settings by their dotted names, each as its TOML or JSON has it. */
export type Settings = Readonly<Record<string, string>>;

export interface Config {
  /** As the job has them, overrides included. */
  settings: Settings;
  /** Of the recipe that the repository has under that name; null where it has none. */
  repository: Settings | null;
}

/** What a job was set to, and the recipe of its name; null of one without a recipe. @throws Problem */
export async function configOf(id: string, principal: Principal): Promise<Config | null> {
  const { spec } = await requireJob(id, principal);
  if (spec.kind !== 'sft' && spec.kind !== 'train') return null;
  const { toml, overrides } = spec.recipe;
  const settings = {
    ...settingsOf(parse(toml)),
    ...Object.fromEntries(Object.entries(overrides).map(([key, value]) => [key, JSON.stringify(value)])),
  };
  return { settings, repository: await repositoryRecipe(parse(toml).name) };
}

async function repositoryRecipe(name: unknown): Promise<Settings | null> {
  // A name is the job's maker's: none of it may lead out of the folder.
  if (typeof name !== 'string' || !/^[a-z0-9-]{1,60}$/.test(name)) return null;
  try {
    return settingsOf(
      parse(await readFile(join(process.cwd(), 'trainer', 'recipes', `${name}.toml`), 'utf8')),
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Tables by the dots of their keys; lists as they are. */
export function settingsOf(table: Readonly<Record<string, unknown>>, before = ''): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(table)) {
    if (isTable(value)) Object.assign(settings, settingsOf(value, `${before}${key}.`));
    else settings[`${before}${key}`] = written(value);
  }
  return settings;
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const written = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each)) ?? '';
