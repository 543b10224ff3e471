import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { inferRouterInputs } from '@trpc/server';
import { followersOf } from '@/lib/training/followers';
import type { WorldRows } from '@/lib/training/protocol';
import type { AppRouter } from '@/server/trpc/router';
import { type Command, OCEAN, print, UsageError } from './command';
import { apiOf, ON_A_SERVER, ON_A_SERVER_HELP } from './jobs';

type Chain = inferRouterInputs<AppRouter>['training']['create']['chain'];

const options = {
  ...ON_A_SERVER,
  start: { type: 'string' },
  'start-path': { type: 'string' },
  rows: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  'followed-by': { type: 'string' },
  name: { type: 'string' },
  note: { type: 'string' },
  public: { type: 'boolean' },
  publish: { type: 'boolean' },
} as const;

export const jobsStart: Command = {
  help: `Queues a training on a server's agents by a recipe, and what is to follow it.

Usage: ${OCEAN} jobs start RECIPE --server URL --token T --start CHECKPOINT --rows ROWS [options]

${ON_A_SERVER_HELP}
  --start        the checkpoint of the server that it starts from, by its id
  --start-path   or a model's folder on the box
  --rows         rows of Ocean World, which the recipe finds as rows/NAME: name=train,count=2000,seed=1,size=160
                 and, where wished for, split=val, tasks=counting+depth, further=yes; may be given several times
  --set          a key in place of the recipe's: optimizer.lr=1e-5; may be given several times
  --followed-by  what follows: export, or export,eval (Ocean World's 200 questions of validation), or export,eval:val,eval:test
  --publish      publish what the evaluation comes to, once it is scored
  --name         left out, the recipe's name
  --note         a sentence on what it is for
  --public       everybody may watch it
  --json         one JSON object {ids}

Example:
  ${OCEAN} jobs start trainer/recipes/toy-stage1.toml --server http://localhost:4100 --start ocean-r1-nano-stage-0 --rows name=train,count=2000,seed=1,size=160,further=yes --followed-by export,eval
`,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new UsageError(`name one recipe: ${OCEAN} jobs start RECIPE`);
    const toml = readFileSync(path, 'utf8');
    const overrides = Object.fromEntries((values.set ?? []).map(overrideOf));
    const start =
      values['start-path'] !== undefined
        ? ({ kind: 'path', path: values['start-path'] } as const)
        : ({
            kind: 'checkpoint',
            id: values.start ?? missing('--start CHECKPOINT, or --start-path FOLDER'),
          } as const);
    const rows = (values.rows ?? []).map(rowsOf);
    // What the recipe's text says of its kind decides by which command it is run.
    const kind = /^\s*kind\s*=\s*["']grpo["']/m.test(toml) ? 'train' : 'sft';
    const chain: Chain = [
      { kind, recipe: { toml, overrides }, start, rows },
      ...following(values['followed-by'], rows, values.publish ?? false),
    ];
    const ids = await apiOf(values).call((trpc) =>
      trpc.training.create.mutate({
        name: values.name ?? basename(path).replace(/\.toml$/, ''),
        note: values.note ?? '',
        public: values.public ?? false,
        chain,
      }),
    );
    if (values.json) return print(JSON.stringify({ ids }));
    for (const id of ids) print(id);
  },
};

function missing(what: string): never {
  throw new UsageError(`say what it starts from: ${what}`);
}

function overrideOf(text: string): [string, string | number | boolean] {
  const at = text.indexOf('=');
  if (at <= 0) throw new UsageError(`--set is KEY=VALUE; not "${text}"`);
  const value = text.slice(at + 1);
  return [
    text.slice(0, at),
    value === 'true' || value === 'false'
      ? value === 'true'
      : value !== '' && Number.isFinite(Number(value))
        ? Number(value)
        : value,
  ];
}

/** `name=train,count=2000,seed=1,size=160` */
function rowsOf(text: string): WorldRows {
  const said = new Map(
    text.split(',').map((part): [string, string] => {
      const [key = '', value = ''] = part.split('=');
      return [key, value];
    }),
  );
  const {
    name,
    count,
    seed = '1',
    size = '160',
    split = 'train',
    tasks,
    further,
    ...unknown
  } = Object.fromEntries(said);
  const [strange] = Object.keys(unknown);
  if (strange !== undefined) throw new UsageError(`--rows knows no "${strange}"`);
  const numbers = [count, seed, size].map(Number);
  if (name === undefined || !numbers.every(Number.isInteger))
    throw new UsageError(`--rows is name=NAME,count=N,seed=N,size=PIXELS; not "${text}"`);
  if (split !== 'train' && split !== 'val')
    throw new UsageError(`--rows: split is train or val; not "${split}"`);
  const [rows = 0, seeded = 0, pixels = 0] = numbers;
  return {
    name,
    split,
    count: rows,
    seed: seeded,
    size: pixels,
    tasks: tasks?.split('+') ?? null,
    further: further === 'yes',
  };
}

/** What `--followed-by` asks for. */
function following(then: string | undefined, rows: readonly WorldRows[], publish: boolean): Chain {
  if (then === undefined) return [];
  const [exported, ...evaluations] = then.split(',');
  const asked = evaluations.map((each) => /^eval(?::([\w-]+))?$/.exec(each));
  if (exported !== 'export' || asked.some((each) => each === null))
    throw new UsageError(`--followed-by is export, export,eval or export,eval:SPLIT; not "${then}"`);
  const evals = asked.map((each) => ({ benchmark: 'ocean-world', split: each?.[1] ?? 'val' }));
  return [...followersOf({ evals, publish, size: rows[0]?.size ?? 160 })];
}
