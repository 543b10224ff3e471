import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eq } from 'drizzle-orm';
import type { AgentEvent, JobSpec, MetricValue } from '@/lib/training/protocol';
import { storeBlob } from '../blobs';
import { checkpoint, type Db, getDb, job, jobMetric } from '../db';
import { writeRollouts } from './events';
import { writeSpans } from './metric-spans';

/** A training of our own that came before there were jobs: its recipe and what it measured lie in the repository. */
export interface OwnJob {
  id: string;
  name: string;
  kind: 'sft' | 'train';
  recipe: string;
  /** JSON lines `{step, data}`. */
  metrics: string;
  /** JSON lines `{step, first, groups}` as events have them, with their pictures beside them by sha256; null where none were kept. */
  rollouts: string | null;
  /** Null of the first. */
  afterId: string | null;
}

const PARTS = [
  ['tower', 'vision tower', 'sft'],
  ['solutions', 'worked solutions', 'sft'],
  ['words-tower', 'vision tower, written words', 'sft'],
  ['lists', 'lists of what is seen', 'sft'],
  ['reading', 'reading', 'sft'],
  ['base', 'base', 'sft'],
  ['stage1', 'stage 1', 'train'],
  ['stage2', 'stage 2', 'train'],
] as const;

/** Nano, from its tower to stage 2, in the order in which each begins with what the one before made. */
export const OWN_JOBS: readonly OwnJob[] = PARTS.map(([part, name, kind], place) => ({
  id: `nano-${part}`,
  name: `Ocean-R1 Nano: ${name}`,
  kind,
  recipe: join(process.cwd(), 'trainer', 'recipes', `nano-${part}.toml`),
  metrics: join(process.cwd(), 'nano', 'metrics', `${part}.jsonl`),
  rollouts: kind === 'train' ? join(process.cwd(), 'nano', 'rollouts', `${part}.jsonl`) : null,
  afterId: place === 0 ? null : `nano-${PARTS[place - 1]?.[0]}`,
}));

/** When the first of them is taken to have begun: what was kept are the lengths of their steps. */
const BEGIN = Date.UTC(2026, 10, 28);
const NOTE =
  'Trained before the site had jobs: recipe and metrics are those of the run, and its rows are made by trainer/nano.sh. ' +
  'Its times are the lengths of its steps one after the other, from a date that stands for the day.';
const ROLLOUTS_NOTE = ' Of its rollouts eight groups a step were kept, of a few steps.';

interface Step {
  step: number;
  data: Record<string, MetricValue>;
}

/** Puts our own trainings among the jobs, as public ones. What is here already, and as it should be, is left alone. */
export async function addOwnJobs(jobs: readonly OwnJob[] = OWN_JOBS): Promise<void> {
  const db = await getDb();
  let begin = BEGIN;
  for (const own of jobs) {
    const toml = await readFile(own.recipe, 'utf8');
    const steps = (await readFile(own.metrics, 'utf8'))
      .trim()
      .split('\n')
      .map((line): Step => JSON.parse(line));
    const times = timesOf(steps, begin);
    const rollouts = own.rollouts === null ? [] : await readRollouts(own.rollouts);
    await db.transaction(async (tx) => {
      await write(tx, own, { toml, steps, times, rollouts });
      // Browsers call a checkpoint of Nano by the part that made it.
      await tx.update(checkpoint).set({ jobId: own.id }).where(eq(checkpoint.browserModel, own.id));
    });
    begin = times.at(-1) ?? begin;
  }
}

type Rollouts = Extract<AgentEvent, { type: 'rollouts' }>;

/** @returns them, with their pictures stored. */
async function readRollouts(path: string): Promise<Rollouts[]> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const rollouts = lines.map((line): Rollouts => ({ type: 'rollouts', ...JSON.parse(line) }));
  const pictures = new Set(rollouts.flatMap(({ groups }) => groups.flatMap(({ images }) => images)));
  for (const sha256 of pictures) {
    const bytes = await readFile(join(dirname(path), 'pictures', `${sha256}.png`));
    await storeBlob(new Blob([bytes]).stream(), null, 'picture');
  }
  return rollouts;
}

/** When each step had ended, in milliseconds: they came one after the other. */
function timesOf(steps: readonly Step[], begin: number): number[] {
  let at = begin;
  return steps.map(({ data }) => {
    at += 1_000 * Number(data['timing_s/step'] ?? 0);
    return Math.round(at);
  });
}

async function write(
  tx: Db,
  { id, name, kind, afterId }: OwnJob,
  {
    toml,
    steps,
    times,
    rollouts,
  }: { toml: string; steps: readonly Step[]; times: readonly number[]; rollouts: readonly Rollouts[] },
): Promise<void> {
  const [there] = await tx.select().from(job).where(eq(job.id, id));
  const last = steps.at(-1)?.step ?? 0;
  if (there?.step === last && 'recipe' in there.spec && there.spec.recipe.toml === toml) return;
  const spec: JobSpec = {
    kind,
    recipe: { toml, overrides: {} },
    start: afterId === null ? { kind: 'path', path: 'models/nano' } : { kind: 'job', id: afterId },
    rows: [],
  };
  const began = new Date(times[0] ?? BEGIN);
  const values = {
    name,
    note: rollouts.length === 0 ? NOTE : NOTE + ROLLOUTS_NOTE,
    spec,
    afterId,
    state: 'succeeded' as const,
    owner: 'site',
    public: true,
    attempt: 1,
    step: last,
    steps: last,
    startedAt: began,
    endedAt: new Date(times.at(-1) ?? BEGIN),
    createdAt: began,
  };
  await tx
    .insert(job)
    .values({ id, ...values })
    .onConflictDoUpdate({ target: job.id, set: values });
  await tx.delete(jobMetric).where(eq(jobMetric.jobId, id));
  for (let from = 0; from < steps.length; from += 500)
    await tx.insert(jobMetric).values(
      steps.slice(from, from + 500).map(({ step, data }, place) => ({
        jobId: id,
        step,
        values: data,
        attempt: 1,
        at: new Date(times[from + place] ?? BEGIN),
      })),
    );
  await writeSpans(
    tx,
    id,
    steps.map(({ step }) => step),
    last,
  );
  for (const event of rollouts) await writeRollouts(tx, id, event);
}
