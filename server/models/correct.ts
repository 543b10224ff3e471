import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { REPORTED } from '@/lib/benchmarks/reported';
import { type Db, model } from '../db';
import { Problem } from '../problem';
import { chosenModel, modelNamed } from './choose';
import { NANO } from './nano';

/** What may be said otherwise of a model than when it was handed in. */
export const modelCorrection = chosenModel.pick({ name: true, link: true, openWeights: true });
export type ModelCorrection = z.infer<typeof modelCorrection>;

/** Whether the code describes the model: what it says is written again at every start. */
export const isOurs = (slug: string): boolean => slug === NANO.slug || REPORTED.some(({ id }) => id === slug);

/**
 * Corrects a model; gives what has changed, by name: what it was, and what it is. Its slug, and with it every address,
 * stays. @throws Problem where it is one of ours, or another model is called so.
 */
export async function correctModel(
  db: Db,
  slug: string,
  correction: ModelCorrection,
): Promise<Record<string, readonly [before: unknown, after: unknown]>> {
  const [before] = await db.select().from(model).where(eq(model.slug, slug)).for('update');
  if (before === undefined) throw new Problem('not-found', `There is no model "${slug}".`);
  if (isOurs(slug))
    throw new Problem('conflict', `${before.name} is described by this site itself and stays as it is.`);
  const named = await modelNamed(db, correction.name);
  if (named !== null && named.slug !== slug)
    throw new Problem('conflict', `The name is too close to that of the model "${named.name}".`);
  const changes = Object.fromEntries(
    (['name', 'link', 'openWeights'] as const).flatMap((fact) =>
      before[fact] === correction[fact] ? [] : [[fact, [before[fact], correction[fact]] as const]],
    ),
  );
  if (Object.keys(changes).length > 0) await db.update(model).set(correction).where(eq(model.slug, slug));
  return changes;
}
