import { readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TASKS, type Task } from '@/lib/world/question';
import { SPLITS, WORLD_VERSION } from '@/lib/world/scene';
import { SMALLEST_SIZE } from '@/lib/world/solid-scenes';
import { LAST_ROW_SEED, type RowSet, SEEDS_PER_SET, taskOf } from '@/lib/world/training-row';
import { makeFolder } from '@/server/make-folder';
import { type Command, count, DiskError, OCEAN, print, say, UsageError } from './command';
import {
  type Parameters,
  readManifest,
  requireSameParameters,
  type Shard,
  wholeShards,
  writeManifest,
} from './world-manifest';
import { showProgress } from './world-progress';
import { makeRows, type Range } from './world-rows';
import { ShardWriter, UNFINISHED } from './world-shard';

const LARGEST_SIZE = 512;
const ROWS_PER_SHARD = 2000;
/** What a thread makes at a time, and a row group of the file, as `datasets` groups rows with images. */
const ROWS_PER_GROUP = 100;

const help = `Writes questions of Ocean World with their pictures and worked solutions as training rows in verl's form: parquet shards and a
manifest.json.

Usage: ${OCEAN} world --count N --out DIR [options]

  --count     how many rows
  --out       the folder; where it holds a part of these rows, the command goes on with what is missing
  --split     ${SPLITS.join(', ')}; left out, train
  --task      one or several of ${TASKS.join(', ')},
              by commas; left out, or all: all of them, as often as each other
  --seed      rows of two seeds share no scene: 0 to ${count(LAST_ROW_SEED)}; left out, 0
  --size      side of the pictures in pixels, ${SMALLEST_SIZE} to ${LARGEST_SIZE}; left out, 224
  --frame     side of the frame, in pixels, that solutions, further questions and objects speak of: a model's processor resizes
              the pictures to it; left out, the size
  --image     png, jpeg, or none: text alone, geometry whose questions tell all values, and charts, tables and printed texts
              that are told (with --places); left out, png
  --quality   of jpeg, 1 to 100; left out, 90
  --further   beside each question a description of its picture and, of solids, eighteen questions more
  --paraphrase  in train and val, ask about solids in many more words than the benchmark's own; val keeps some to itself
  --talk      of solids, everyday talk beside each question: greetings, descriptions, follow-ups, what a picture does not tell
  --places    solutions of charts, tables and printed texts say where they read, in pixels of the frame
  --threads   how many rows are made at a time; left out, as many as there are cores

The same options give the same bytes, on any machine and with any number of threads. What the columns are: docs/world.md.

Example:
  ${OCEAN} world --task counting,geometry --count 20000 --seed 1 --size 112 --out rows
`;

/** What can be asked without a picture. */
const TOLD: readonly Task[] = ['geometry', 'chart', 'table', 'text'];

interface Wish {
  set: RowSet;
  count: number;
  folder: string;
  threads: number;
}

const options = {
  split: { type: 'string', default: 'train' },
  task: { type: 'string', default: 'all' },
  count: { type: 'string' },
  seed: { type: 'string', default: '0' },
  size: { type: 'string', default: '224' },
  frame: { type: 'string' },
  image: { type: 'string', default: 'png' },
  quality: { type: 'string' },
  further: { type: 'boolean', default: false },
  paraphrase: { type: 'boolean', default: false },
  talk: { type: 'boolean', default: false },
  places: { type: 'boolean', default: false },
  threads: { type: 'string' },
  out: { type: 'string' },
} as const;

export const world: Command = {
  help,
  options,
  async run(args) {
    const wish = wishOf(args);
    const stop = new AbortController();
    const onSignal = () => stop.abort();
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    try {
      const { shards, made } = await writeShards(wish, stop.signal);
      const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
      print(
        `${made === 0 ? 'already there: ' : ''}${count(wish.count)} rows in ${shards.length} shards, ${(bytes / 1e6).toFixed(1)} MB, in ${wish.folder}`,
      );
    } catch (error) {
      if (stop.signal.aborted) {
        say('ocean: stopped; the same command goes on with the shards that are missing');
        process.exitCode = 130;
      } else throw named(error, wish.folder);
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  },
};

function wishOf(args: readonly string[]): Wish {
  const { values } = parseArgs({
    args: [...args],
    options,
  });
  if (values.count === undefined) throw new UsageError('say how many rows: --count N');
  if (values.out === undefined || values.out === '') throw new UsageError('say where to: --out DIR');
  const format = oneOf('--image', ['png', 'jpeg', 'none'], values.image);
  const tasks = tasksOf(values.task);
  if (format === 'none' && !tasks.every((task) => TOLD.includes(task)))
    throw new UsageError(`--image none is for --task ${TOLD.join(',')}: all else is asked about a picture`);
  if (format === 'none' && !values.places && tasks.some((task) => task !== 'geometry'))
    throw new UsageError('--image none tells charts, tables and texts by their places: give --places');
  if (format !== 'jpeg' && values.quality !== undefined)
    throw new UsageError('--quality is for --image jpeg');
  return {
    set: {
      split: oneOf('--split', SPLITS, values.split),
      tasks,
      seed: whole('--seed', values.seed, 0, LAST_ROW_SEED),
      size: whole('--size', values.size, SMALLEST_SIZE, LARGEST_SIZE),
      frame: whole('--frame', values.frame ?? values.size, SMALLEST_SIZE, LARGEST_SIZE),
      image:
        format !== 'jpeg'
          ? { format }
          : { format, quality: whole('--quality', values.quality ?? '90', 1, 100) },
      further: values.further,
      paraphrase: values.paraphrase,
      talk: values.talk,
      places: values.places,
    },
    count: whole('--count', values.count, 1, SEEDS_PER_SET),
    folder: values.out,
    threads:
      values.threads === undefined ? availableParallelism() : whole('--threads', values.threads, 1, 1024),
  };
}

function oneOf<const T extends string>(option: string, choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new UsageError(`${option} is one of ${choices.join(', ')}, not "${value}"`);
  return choice;
}

function whole(option: string, value: string, low: number, high: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= low && number <= high))
    throw new UsageError(`${option} is a whole number from ${low} to ${count(high)}, not "${value}"`);
  return number;
}

function tasksOf(value: string): readonly Task[] {
  if (value === 'all') return TASKS;
  const named = value.split(',').map((name) => oneOf('--task', [...TASKS, 'all'], name.trim()));
  return named.includes('all') ? TASKS : TASKS.filter((task) => named.includes(task));
}

/** Writes the shards that are missing, and after each of them the manifest. */
async function writeShards(
  { set, count, folder, threads }: Wish,
  signal: AbortSignal,
): Promise<{ shards: readonly Shard[]; made: number }> {
  makeFolder(folder);
  const ours: Parameters = {
    world_version: WORLD_VERSION,
    split: set.split,
    tasks: [...set.tasks],
    count,
    seed: set.seed,
    size: set.size,
    frame: set.frame,
    image: set.image.format,
    quality: set.image.format === 'jpeg' ? set.image.quality : null,
    further: set.further,
    paraphrase: set.paraphrase,
    talk: set.talk,
    places: set.places,
    rows_per_shard: ROWS_PER_SHARD,
  };
  const before = readManifest(folder);
  if (before === null) requireNoRows(folder);
  else requireSameParameters(folder, before.parameters, ours);
  for (const name of readdirSync(folder))
    if (name.endsWith(UNFINISHED)) rmSync(join(folder, name), { force: true });
  const shards = before === null ? [] : wholeShards(folder, before);
  const save = () =>
    writeManifest(folder, { parameters: ours, rows_by_task: rowsByTask(set, count), shards });
  save();

  const missing = shardRanges(set, count).filter(({ file }) => shards.every((shard) => shard.file !== file));
  const total = missing.reduce((sum, { start, end }) => sum + end - start, 0);
  const progress = showProgress(total);
  const rows = makeRows(set, missing.flatMap(groups), threads, signal);
  try {
    for (const { file, start, end } of missing) {
      const writer = new ShardWriter(join(folder, file));
      try {
        for (const _ of groups({ start, end })) {
          const group = (await rows.next()).value;
          writer.write(group);
          progress.add(group.length);
        }
        shards.push({ file, rows: end - start, ...writer.finish() });
      } catch (error) {
        writer.discard();
        throw error;
      }
      shards.sort((a, b) => (a.file < b.file ? -1 : 1));
      save();
    }
  } finally {
    progress.end();
    await rows.return(undefined);
  }
  return { shards, made: total };
}

function shardRanges({ split }: RowSet, count: number): (Range & { file: string })[] {
  const many = Math.ceil(count / ROWS_PER_SHARD);
  const five = (n: number) => String(n).padStart(5, '0');
  return Array.from({ length: many }, (_, i) => ({
    file: `${split}-${five(i)}-of-${five(many)}.parquet`,
    start: i * ROWS_PER_SHARD,
    end: Math.min((i + 1) * ROWS_PER_SHARD, count),
  }));
}

const groups = ({ start, end }: Range): Range[] =>
  Array.from({ length: Math.ceil((end - start) / ROWS_PER_GROUP) }, (_, i) => ({
    start: start + i * ROWS_PER_GROUP,
    end: Math.min(start + (i + 1) * ROWS_PER_GROUP, end),
  }));

/** All tasks as often as each other, and some of them once more in the last rows. */
function rowsByTask(set: RowSet, count: number): Partial<Record<Task, number>> {
  const { tasks } = set;
  const rounds = Math.floor(count / tasks.length);
  const last = Array.from({ length: count % tasks.length }, (_, i) => taskOf(set, rounds * tasks.length + i));
  return Object.fromEntries(tasks.map((task) => [task, rounds + (last.includes(task) ? 1 : 0)]));
}

/** Rows of another origin would be trained on with these. */
function requireNoRows(folder: string): void {
  const found = readdirSync(folder).find((name) => name.endsWith('.parquet'));
  if (found !== undefined)
    throw new UsageError(
      `${folder} holds ${found} but no manifest of this command: name another folder with --out`,
    );
}

/** What the system refused, in words. */
function named(error: unknown, folder: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return new DiskError(
    `cannot write to ${folder}: ${error.message}; once that is mended, the same command goes on with the shards that are missing`,
  );
}
