import { followersOf } from '@/lib/training/followers';
import type { StartingPoint, WorldRows } from '@/lib/training/protocol';
import { isTable, type RecipeProblem, recipeProblems, type Table } from '@/lib/training/recipe-problems';
import { agentsRecipe, NotTomlError, readToml, valueOfKey } from '@/lib/training/recipe-toml';
import type { Choices, Forked, NewJobs } from '../types';

/** A run that is being put together. Its recipe is its text: fields read and change that, key by key. */
export interface Draft {
  toml: string;
  start: StartingPoint;
  rows: readonly WorldRows[];
  exported: boolean;
  evals: readonly { benchmark: string; split: string }[];
  publish: boolean;
  name: string;
  note: string;
  public: boolean;
}

/** What it is made from: what differs from it is what was changed. */
export interface Base {
  kind: 'recipe' | 'fork';
  /** A recipe's name, or a job's id. */
  id: string;
  toml: string;
}

export function draftOfRecipe(
  { name, toml }: Choices['recipes'][number],
  checkpoints: Choices['checkpoints'],
): Draft {
  const recipe = readToml(toml);
  const first = checkpoints[0];
  return {
    toml,
    start:
      first === undefined
        ? { kind: 'path', path: String(valueOfKey(recipe, 'model.path') ?? '') }
        : { kind: 'checkpoint', id: first.id },
    rows: rowsFor(recipe),
    exported: false,
    evals: [],
    publish: false,
    name,
    note: '',
    public: false,
  };
}

export function draftOfFork({ name, toml, start, rows, public: isPublic }: Forked): Draft {
  return {
    toml,
    start,
    rows,
    exported: false,
    evals: [],
    publish: false,
    name: `${name}, again`.slice(0, 100),
    note: '',
    public: isPublic,
  };
}

/* ---------------------------------------------------------------- rows */

/** Names of rows that the agent writes, where the recipe looks for them. */
export function namedRows(recipe: Table, key: 'data.files' | 'validation.files'): string[] {
  const files = valueOfKey(recipe, key);
  if (!Array.isArray(files)) return [];
  return files.flatMap((file) => {
    const path = isTable(file) ? file.path : null;
    return /^rows\/([a-z0-9-]{1,60})$/.exec(typeof path === 'string' ? path : '')?.[1] ?? [];
  });
}

/** As the recipe asks for them, of the size that its pictures may have. */
function rowsFor(recipe: Table): WorldRows[] {
  const pixels = Number(valueOfKey(recipe, 'data.max_pixels') ?? 0);
  const size = pixels > 0 && pixels <= 512 ** 2 ? Math.floor(Math.sqrt(pixels)) : 224;
  const rows = (name: string, split: 'train' | 'val', count: number): WorldRows => ({
    ...freshRows(name),
    split,
    count,
    size,
    further: recipe.kind === 'sft',
  });
  return [
    ...namedRows(recipe, 'data.files').map((name) => rows(name, 'train', 2_000)),
    ...namedRows(recipe, 'validation.files').map((name) => rows(name, 'val', 200)),
  ];
}

export const freshRows = (name: string): WorldRows => ({
  name,
  split: 'train',
  count: 2_000,
  seed: 1,
  size: 224,
  tasks: null,
  further: false,
});

/** How many rows it trains on; null where some lie on the box. */
export function rowCount(recipe: Table, rows: readonly WorldRows[]): number | null {
  const files = valueOfKey(recipe, 'data.files');
  if (!Array.isArray(files)) return null;
  let count = 0;
  for (const file of files) {
    if (!isTable(file) || file.sample !== undefined) return null;
    const found = rows.find(({ name }) => file.path === `rows/${name}`);
    if (found === undefined) return null;
    count += found.count * Number(file.repeat ?? 1);
  }
  return count;
}

/* ---------------------------------------------------------------- what is wrong, and what goes out */

export interface DraftProblem extends RecipeProblem {
  /** The part of the form that it is of. */
  part: 'recipe' | 'start' | 'rows' | 'name';
}

/** The recipe as far as it can be read, and all that keeps the run from being queued. */
export function readDraft(draft: Draft): { recipe: Table | null; problems: readonly DraftProblem[] } {
  const others = [...startProblems(draft), ...rowsProblems(draft.rows), ...nameProblems(draft)];
  try {
    const recipe = readToml(draft.toml);
    const agents = agentsRecipe({ toml: draft.toml, overrides: {} });
    const found = typeof agents === 'string' ? [{ key: '', words: agents }] : recipeProblems(agents);
    const wrong = found.map((each): DraftProblem => ({ ...each, part: 'recipe' }));
    return { recipe, problems: [...wrong, ...others] };
  } catch (error) {
    if (!(error instanceof NotTomlError)) throw error;
    return { recipe: null, problems: [{ part: 'recipe', key: '', words: error.message }, ...others] };
  }
}

function startProblems({ start }: Draft): DraftProblem[] {
  const empty = start.kind === 'path' ? start.path.trim() === '' : start.id === '';
  return empty ? [{ part: 'start', key: '', words: 'Say what the run begins with.' }] : [];
}

const nameProblems = ({ name }: Draft): DraftProblem[] =>
  name.trim() === '' ? [{ part: 'name', key: '', words: 'The run needs a name.' }] : [];

function rowsProblems(rows: readonly WorldRows[]): DraftProblem[] {
  return rows.flatMap(({ name, count, seed, size, tasks }, at): DraftProblem[] => {
    const say = (words: string) => ({ part: 'rows' as const, key: String(at), words });
    if (!/^[a-z0-9-]{1,60}$/.test(name))
      return [say('A name of rows is of small letters, digits and hyphens.')];
    if (rows.findIndex((other) => other.name === name) < at)
      return [say(`Two kinds of rows are called "${name}".`)];
    if (!(Number.isInteger(count) && count >= 1 && count <= 10_000_000))
      return [say(`${name}: how many rows is a whole number from 1 to 10,000,000.`)];
    if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
      return [say(`${name}: a seed is a whole number from 0 to 4,294,967,295.`)];
    if (!(Number.isInteger(size) && size >= 32 && size <= 2_048))
      return [say(`${name}: a picture's side is 32 to 2,048 pixels.`)];
    return tasks?.length === 0 ? [say(`${name}: choose a task, or all of them.`)] : [];
  });
}

/** @param recipe that has no problem. */
export function jobsOf(draft: Draft, recipe: Table): NewJobs {
  const { toml, start, rows, exported, evals, publish, name, note } = draft;
  return {
    name,
    note,
    public: draft.public,
    chain: [
      {
        kind: recipe.kind === 'grpo' ? 'train' : 'sft',
        recipe: { toml, overrides: {} },
        start,
        rows: [...rows],
      },
      ...(exported ? followersOf({ evals, publish, size: rows[0]?.size ?? 224 }) : []),
    ],
  };
}
