import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as z from 'zod';
import { PredictionsError as FileError } from '@/lib/predictions/predictions-file';
import { PROTOCOL_LIMITS, type ToldEvent } from '@/lib/training/protocol';
import { readToml, valueOfKey, writtenRecipe } from '@/lib/training/recipe-toml';
import { rolloutGroups } from './run-rollouts';

/** A run's folder as the trainer writes it, without an agent: read whole, and told as an agent would have told it. */

export interface RunFolder {
  /** By which it is known again; the same of one that went on since. */
  key: string;
  name: string;
  kind: 'sft' | 'train';
  toml: string;
  /** The folder of the model that it began with, as the recipe says. */
  start: string;
  state: 'succeeded' | 'cancelled';
  startedAt: Date;
  endedAt: Date;
  lastStep: number;
  rolloutSteps: readonly number[];
  /** Files that the events refer to, by their sha256. */
  files: ReadonlyMap<string, { path: string; kind: 'picture' | 'checkpoint' }>;
  events: () => Generator<ToldEvent>;
}

interface Metrics {
  step: number;
  values: Record<string, number | 'NaN' | 'Infinity' | '-Infinity'>;
}

const metricsLine = z.object({
  step: z.number().int().min(0),
  data: z.record(z.string(), z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])),
});
const state = z.object({
  progress: z.object({ step: z.number().int() }),
  recipe: z.record(z.string(), z.unknown()),
});

/**
 * @param options.recipe a file, where no checkpoint has it.
 * @param options.log a file of what the run printed, where it is not `log.txt` of the folder.
 * @throws FileError in a sentence.
 */
export function readRunFolder(
  folder: string,
  options: { recipe?: string | undefined; log?: string | undefined },
): RunFolder {
  const metrics = readMetrics(folder);
  const checkpoint = lastCheckpoint(folder);
  const toml = recipeOf(folder, checkpoint, options.recipe);
  const recipe = readToml(toml);
  const last = metrics.at(-1)?.step ?? 0;
  const wanted = Number(valueOfKey(recipe, 'steps') ?? last);
  const endedAt = statSync(join(folder, 'metrics.jsonl')).mtime;
  const { startedAt, times } = timesOf(metrics, endedAt);
  const rollouts = readRollouts(folder);
  const model = checkpoint === null ? null : filesOf(checkpoint.folder);
  const files = new Map<string, { path: string; kind: 'picture' | 'checkpoint' }>();
  for (const { images } of rollouts)
    for (const [sha256, path] of images) files.set(sha256, { path, kind: 'picture' });
  for (const file of model ?? [])
    files.set(file.sha256, { path: join(checkpoint?.folder ?? '', file.path), kind: 'checkpoint' });
  const log = options.log ?? join(folder, 'log.txt');
  const lines = existsSync(log) ? logLines(readFileSync(log, 'utf8')) : [];
  if (options.log !== undefined && !existsSync(log)) throw new FileError(`there is no file ${log}`);

  function* events(): Generator<ToldEvent> {
    let seq = 0;
    const told = (event: ToldEvent['event'], at: Date): ToldEvent => ({
      seq: seq++,
      at: at.toISOString(),
      event,
    });
    yield told({ type: 'begin', step: 0, steps: wanted }, startedAt);
    for (let from = 0; from < lines.length; from += 500)
      yield told({ type: 'log', lines: lines.slice(from, from + 500) }, endedAt);
    for (const [place, { step, values }] of metrics.entries())
      yield told({ type: 'metrics', step, values }, times[place] ?? endedAt);
    for (const { step, groups } of rollouts)
      for (const [first, group] of groups().entries())
        yield told({ type: 'rollouts', step, first, groups: [group] }, endedAt);
    if (checkpoint !== null && model !== null)
      yield told({ type: 'files', purpose: 'checkpoint', step: checkpoint.step, files: model }, endedAt);
  }

  return {
    key: keyOf(folder, toml),
    name: String(recipe.name ?? 'run'),
    kind: recipe.kind === 'grpo' ? 'train' : 'sft',
    toml,
    start: String(valueOfKey(recipe, 'model.path') ?? 'unknown'),
    state: last >= wanted ? 'succeeded' : 'cancelled',
    startedAt,
    endedAt,
    lastStep: last,
    rolloutSteps: rollouts.map(({ step }) => step),
    files,
    events,
  };
}

/* ---------------------------------------------------------------- metrics */

function readMetrics(folder: string): Metrics[] {
  const path = join(folder, 'metrics.jsonl');
  if (!existsSync(folder)) throw new FileError(`there is no folder ${folder}`);
  if (!existsSync(path)) throw new FileError(`${folder} is no folder of a run: it has no metrics.jsonl`);
  const lines = readFileSync(path, 'utf8').split('\n');
  // A machine that lost its power may leave a line half written: it is the last, and has no end.
  lines.pop();
  const byStep = new Map<number, Metrics>();
  for (const [at, line] of lines.entries()) {
    const read = metricsLine.safeParse(pythonJson(line));
    if (!read.success) throw new FileError(`${path}, line ${at + 1}: it is no {"step", "data"} with numbers`);
    byStep.set(read.data.step, { step: read.data.step, values: read.data.data });
  }
  if (byStep.size === 0) throw new FileError(`${path} has no step: nothing was measured yet`);
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

/** When it began, and when each step ended: what was kept are their lengths, and when the last was written. */
function timesOf(metrics: readonly Metrics[], endedAt: Date): { startedAt: Date; times: Date[] } {
  const times: Date[] = [];
  let at = endedAt.getTime();
  for (const { values } of metrics.toReversed()) {
    times.push(new Date(at));
    at -= 1_000 * Number(values['timing_s/step'] ?? 0) || 0;
  }
  return { startedAt: new Date(at), times: times.reverse() };
}

/** JSON as Python writes it, with numbers that JSON has no words for; null where it is none. */
export function pythonJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    try {
      return JSON.parse(
        line.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (found) =>
          found.startsWith('"') ? found : `"${found}"`,
        ),
      );
    } catch {
      return null;
    }
  }
}

/* ---------------------------------------------------------------- recipe and checkpoint */

interface Checkpoint {
  step: number;
  folder: string;
}

/** The last that is whole: one that is being written has another name. */
function lastCheckpoint(folder: string): Checkpoint | null {
  const steps = readdirSync(folder)
    .flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? [])
    .map((digits) => ({ step: Number(digits), folder: join(folder, `step-${digits}`) }))
    .filter((each) => existsSync(join(each.folder, 'state.json')))
    .sort((a, b) => a.step - b.step);
  return steps.at(-1) ?? null;
}

function recipeOf(folder: string, checkpoint: Checkpoint | null, given: string | undefined): string {
  if (given !== undefined) {
    if (!existsSync(given)) throw new FileError(`there is no file ${given}`);
    return readFileSync(given, 'utf8');
  }
  if (checkpoint === null)
    throw new FileError(`${folder} has no checkpoint, which would have the recipe: name it by --recipe FILE`);
  const path = join(checkpoint.folder, 'state.json');
  const read = state.safeParse(pythonJson(readFileSync(path, 'utf8')));
  if (!read.success)
    throw new FileError(`${path} is not what the trainer writes: name the recipe by --recipe FILE`);
  return writtenRecipe(read.data.recipe);
}

function filesOf(folder: string): { path: string; sha256: string; bytes: number }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => {
      const content = readFileSync(path);
      if (content.length === 0) return [];
      const sha256 = createHash('sha256').update(content).digest('hex');
      return [{ path: relative(folder, path).split(sep).join('/'), sha256, bytes: content.length }];
    });
}

/** A run is its recipe, its data and the first that it measured, whose lengths of time no other has. */
function keyOf(folder: string, toml: string): string {
  const hash = createHash('sha256').update(String(readToml(toml).name));
  const data = join(folder, 'data.json');
  if (existsSync(data)) hash.update(readFileSync(data));
  hash.update(readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n')[0] ?? '');
  return hash.digest('hex');
}

/* ---------------------------------------------------------------- rollouts and log */

function readRollouts(folder: string) {
  const root = join(folder, 'rollouts');
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? [])
    .sort()
    .map((digits) => {
      const at = join(root, `step-${digits}`);
      const groups = () => rolloutGroups(join(at, 'rollouts.jsonl'), pythonJson);
      const images = new Map<string, string>();
      for (const sha256 of new Set(groups().flatMap((group) => group.images))) {
        const path = join(at, sha256);
        if (!existsSync(path)) throw new FileError(`${at}: the picture ${sha256} is missing`);
        if (createHash('sha256').update(readFileSync(path)).digest('hex') !== sha256)
          throw new FileError(`${path} is not the picture that it is called by: its sha256 is another one`);
        images.set(sha256, path);
      }
      return { step: Number(digits), groups, images };
    });
}

function logLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.slice(0, PROTOCOL_LIMITS.lineLength));
}
