import { and, asc, eq, exists, inArray, isNotNull, isNull, ne, notExists, or } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { STAGES, type Stage, stageNumber } from '@/lib/models/stage';
import { mayChange, type Principal } from '../auth';
import { checkpoint, type Db, getDb, model, run } from '../db';
import { Problem } from '../problem';

/** A name as everybody will read it: nothing in it hides, turns the writing or commands a terminal. */
const plainName = z
  .string()
  .trim()
  .min(1)
  .regex(
    /^[^\p{Cc}\p{Bidi_Control}\u2028\u2029\u200b\u2060-\u2064\ufeff]*$/u,
    'must have no control characters',
  );

/** What is said of a new model. */
export const chosenModel = z.object({
  name: plainName.max(100),
  family: plainName.max(60),
  parametersB: z.number().positive().max(10_000).nullable(),
  openWeights: z.boolean(),
  link: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .nullable(),
});

/** Whose predictions are handed in: a checkpoint that is known here, or a new one, of a new model as well. */
export const chosenCheckpoint = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('existing'), checkpointId: z.string() }),
  z.object({
    kind: z.literal('new'),
    ...chosenModel.shape,
    /** Null of a model that has no part in the recipe. */
    stage: z.enum(STAGES).nullable(),
    parentId: z.string().nullable(),
  }),
]);
export type ChosenCheckpoint = z.infer<typeof chosenCheckpoint>;

export interface ModelChoice {
  checkpointId: string;
  modelName: string;
  stage: Stage | null;
  family: string;
}

/** The checkpoints that a submission can name; for visitors those of which something was published. */
export async function listModels(principal: Principal): Promise<readonly ModelChoice[]> {
  const db = await getDb();
  return db
    .select({
      checkpointId: checkpoint.id,
      modelName: model.name,
      stage: checkpoint.stage,
      family: model.family,
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .where(mayChange(principal) ? undefined : isShown(db))
    .orderBy(asc(model.name), asc(checkpoint.stage));
}

/** Of a checkpoint: whether something of it was published, so that everybody may know of it. */
export const isShown = (db: Db) =>
  or(
    isNotNull(checkpoint.browserModel),
    exists(
      db
        .select({ id: run.id })
        .from(run)
        .where(and(eq(run.checkpointId, checkpoint.id), inArray(run.state, ['published', 'withdrawn']))),
    ),
  );

const isThere = async (db: Db, id: string): Promise<boolean> =>
  (await db.$count(checkpoint, eq(checkpoint.id, id))) > 0;

/** The id of the checkpoint, which is made where it is new. @throws Problem */
export async function chooseCheckpoint(db: Db, chosen: ChosenCheckpoint): Promise<string> {
  if (chosen.kind === 'existing') {
    if (!(await isThere(db, chosen.checkpointId)))
      throw new Problem(
        'refused',
        `There is no checkpoint "${chosen.checkpointId}": choose one of the list.`,
      );
    return chosen.checkpointId;
  }
  const { kind: _, stage, parentId, ...named } = chosen;
  if (parentId !== null && !(await isThere(db, parentId)))
    throw new Problem('refused', `There is no checkpoint "${parentId}" that it could be trained from.`);
  const slug = await makeModel(db, named);
  const ofStage = stage === null ? isNull(checkpoint.stage) : eq(checkpoint.stage, stage);
  if ((await db.$count(checkpoint, and(eq(checkpoint.modelSlug, slug), ofStage))) > 0)
    throw new Problem(
      'conflict',
      `The model "${named.name}" has a checkpoint${stage === null ? '' : ` of stage ${stageNumber(stage)}`} already: choose it from the list, or give this one a name of its own.`,
    );
  const id = stage === null ? slug : `${slug}-stage-${stageNumber(stage)}`;
  if (await isThere(db, id))
    throw new Problem('conflict', `There is another checkpoint "${id}": give this model another name.`);
  await db.insert(checkpoint).values({ id, modelSlug: slug, stage, parentId });
  return id;
}

/** Gives the model's slug. Where it is known, all that is said of it must be the same. @throws Problem */
async function makeModel(db: Db, named: z.infer<typeof chosenModel>): Promise<string> {
  const before = await modelNamed(db, named.name);
  if (before === null) {
    const slug = slugOf(named.name);
    await db.insert(model).values({ slug, ...named });
    return slug;
  }
  if (
    before.name !== named.name ||
    before.family !== named.family ||
    before.parametersB !== named.parametersB ||
    before.openWeights !== named.openWeights
  )
    throw new Problem(
      'conflict',
      before.name === named.name
        ? `There is a model "${before.name}" already, described differently (${before.family}, ${before.parametersB ?? 'unknown'} B parameters, ${before.openWeights ? 'open' : 'closed'} weights): choose it from the list, or give this one a name of its own.`
        : `The name is too close to that of the model "${before.name}": choose that from the list, or give this one a name of its own.`,
    );
  return before.slug;
}

/** The model whose name, or whose first name if it was corrected since, reads like this one; null where there is none. */
export async function modelNamed(db: Db, name: string): Promise<typeof model.$inferSelect | null> {
  const slug = slugOf(name);
  const models = await db.select().from(model);
  return (
    models.find((each) => slugOf(each.name) === slug) ?? models.find((each) => each.slug === slug) ?? null
  );
}

/** For addresses: lower case, letters and digits of any script, dots, and hyphens for all else. @throws Problem */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  if (slug === '') throw new Problem('refused', `The name "${name}" has neither a letter nor a digit.`);
  return slug;
}

/** Removes a checkpoint that no run is of, none was trained from and no browser runs, and its model with its last. */
export async function removeUnusedCheckpoint(db: Db, id: string): Promise<void> {
  const child = alias(checkpoint, 'child');
  const [removed] = await db
    .delete(checkpoint)
    .where(
      and(
        eq(checkpoint.id, id),
        isNull(checkpoint.browserModel),
        notExists(db.select({ id: run.id }).from(run).where(eq(run.checkpointId, id))),
        notExists(db.select({ id: child.id }).from(child).where(eq(child.parentId, id))),
      ),
    )
    .returning({ modelSlug: checkpoint.modelSlug });
  if (removed === undefined) return;
  const others = db
    .select({ id: checkpoint.id })
    .from(checkpoint)
    .where(and(eq(checkpoint.modelSlug, removed.modelSlug), ne(checkpoint.id, id)));
  await db.delete(model).where(and(eq(model.slug, removed.modelSlug), notExists(others)));
}
