import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { type ModelShape, shapeOf } from '@/lib/training/model-shape';
import { type Rate, responsesOf } from '@/lib/training/plan';
import type { JobSpec, Machine, WorldRows } from '@/lib/training/protocol';
import { isRecipeKind, type RecipeKind } from '@/lib/training/recipe-schema';
import { agentsRecipe, ofJson, readToml, withKey, writtenToml } from '@/lib/training/recipe-toml';
import type { Principal } from '../auth';
import { blobPath } from '../blobs';
import { agent, getDb, job, jobFile, jobMetric } from '../db';
import { startableCheckpoints } from '../models';
import { Problem } from '../problem';
import { requireJob } from './read-told';

/** What a new run is made of: what there is to choose from. */

export interface ShippedRecipe {
  name: string;
  kind: RecipeKind;
  /** What its first lines say of it. */
  about: string;
  toml: string;
}

export interface Choices {
  recipes: readonly ShippedRecipe[];
  checkpoints: readonly { id: string; name: string; shape: ModelShape | null }[];
  /** Trainings that sent a checkpoint, the newest first. */
  trainings: readonly { id: string; name: string; step: number; shape: ModelShape | null }[];
  boxes: readonly { id: string; name: string; machine: Machine; rates: readonly Rate[] }[];
  benchmarks: readonly {
    id: string;
    name: string;
    /** Whether any box has it: others have to be installed there. */
    generated: boolean;
    splits: readonly { id: string; label: string }[];
  }[];
}

const RECIPES = () => join(process.cwd(), 'trainer', 'recipes');
/** As many of the last ones as anybody looks through. */
const MOST_TRAININGS = 100;

export async function newRunChoices(): Promise<Choices> {
  const [recipes, checkpoints, trainings] = await Promise.all([
    shippedRecipes(),
    startableCheckpoints(),
    trainingsWithWeights(),
  ]);
  return {
    recipes,
    checkpoints: checkpoints.map(({ id, modelName, stage, config }) => ({
      id,
      name: stage === null ? modelName : `${modelName}, ${stage}`,
      shape: shapeOf(config),
    })),
    trainings: trainings.map(({ id, name, step, shape }) => ({ id, name, step, shape })),
    boxes: await boxesWith(trainings),
    benchmarks: Object.values(BENCHMARKS).map(({ id, name, splits }) => ({
      id,
      name,
      generated: splits.every(({ source }) => source.kind === 'generated'),
      splits: splits.map((split) => ({ id: split.id, label: split.label })),
    })),
  };
}

/** The recipes of the repository, by their names. Other TOMLs that lie with them are shapes of models. */
export async function shippedRecipes(): Promise<readonly ShippedRecipe[]> {
  const files = (await readdir(RECIPES())).filter((file) => file.endsWith('.toml')).sort();
  const read = await Promise.all(
    files.map(async (file) => {
      const toml = await readFile(join(RECIPES(), file), 'utf8');
      const { kind } = readToml(toml);
      return { name: file.slice(0, -'.toml'.length), kind, about: aboutOf(toml), toml };
    }),
  );
  return read.flatMap(({ kind, ...recipe }) => (isRecipeKind(kind) ? [{ ...recipe, kind }] : []));
}

/** The comment that a recipe begins with. */
function aboutOf(toml: string): string {
  const lines = toml.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s?/, ''))
    .join(' ');
}

interface Trained {
  id: string;
  name: string;
  step: number;
  spec: JobSpec;
  agentId: string | null;
  shape: ModelShape | null;
}

async function trainingsWithWeights(): Promise<readonly Trained[]> {
  const db = await getDb();
  const rows = await db
    .select({
      id: job.id,
      name: job.name,
      step: jobFile.step,
      spec: job.spec,
      agentId: job.agentId,
      config: jobFile.sha256,
    })
    .from(job)
    .innerJoin(
      jobFile,
      and(
        eq(jobFile.jobId, job.id),
        eq(jobFile.purpose, 'checkpoint'),
        inArray(jobFile.path, ['model/config.json', 'config.json']),
      ),
    )
    .orderBy(desc(job.createdAt))
    .limit(MOST_TRAININGS);
  return Promise.all(
    rows.map(async ({ config, ...row }) => ({
      ...row,
      shape: shapeOf(JSON.parse(await readFile(blobPath(config), 'utf8'))),
    })),
  );
}

/** The agents that were not revoked and have said what they are, with how fast each was. */
async function boxesWith(trainings: readonly Trained[]): Promise<Choices['boxes']> {
  const db = await getDb();
  const [agents, rates] = await Promise.all([
    db
      .select({ id: agent.id, name: agent.name, machine: agent.machine })
      .from(agent)
      .where(isNull(agent.revokedAt))
      .orderBy(desc(agent.seenAt)),
    ratesOf(trainings),
  ]);
  return agents.flatMap(({ machine, ...named }) =>
    machine === null
      ? []
      : [{ ...named, machine, rates: rates.filter(({ agentId }) => agentId === named.id) }],
  );
}

/** How long a step's responses took, by the median of the last steps. */
async function ratesOf(trainings: readonly Trained[]): Promise<readonly Rate[]> {
  const ids = trainings.map(({ id }) => id);
  if (ids.length === 0) return [];
  const db = await getDb();
  const medians = await db
    .select({
      id: job.id,
      seconds: sql<number | null>`percentile_cont(0.5) within group (
        order by (${jobMetric.values}->>'timing_s/step')::float8)`,
    })
    .from(jobMetric)
    .innerJoin(job, eq(job.id, jobMetric.jobId))
    .where(and(inArray(job.id, ids), sql`${jobMetric.step} > greatest(0, ${job.step} - 20)`))
    .groupBy(job.id);
  const secondsOf = new Map(medians.map(({ id, seconds }) => [id, seconds]));
  return trainings.flatMap(({ id, name, spec, agentId, shape }): Rate[] => {
    const seconds = secondsOf.get(id) ?? null;
    if (seconds === null || agentId === null || shape === null || !('recipe' in spec)) return [];
    const recipe = agentsRecipe(spec.recipe);
    if (typeof recipe === 'string' || !isRecipeKind(recipe.kind)) return [];
    return [
      {
        agentId,
        jobId: id,
        jobName: name,
        kind: recipe.kind,
        parameters: shape.parameters,
        secondsPerResponse: seconds / responsesOf(recipe),
      },
    ];
  });
}

export interface Forked {
  id: string;
  name: string;
  public: boolean;
  /** With what was set in place of its keys. */
  toml: string;
  start: JobSpec['start'];
  rows: readonly WorldRows[];
}

/** What a new run takes over from an earlier one. @throws Problem */
export async function forkOf(id: string, principal: Principal): Promise<Forked> {
  const { spec, name, public: isPublic } = await requireJob(id, principal);
  if (spec.kind !== 'sft' && spec.kind !== 'train')
    throw new Problem('refused', `"${name}" trains nothing, so there is no recipe to go on with.`);
  let { toml } = spec.recipe;
  for (const [key, value] of Object.entries(spec.recipe.overrides))
    toml = withKey(toml, key, value === null ? null : writtenToml(ofJson(value)));
  return { id, name, public: isPublic, toml, start: spec.start, rows: spec.rows };
}
