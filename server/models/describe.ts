import { checkpoint, type Db, model } from '../db';

export type Model = Omit<typeof model.$inferSelect, 'createdAt'>;
export type Checkpoint = Pick<typeof checkpoint.$inferSelect, 'id' | 'stage' | 'parentId' | 'browserModel'>;

/** Writes a model of ours and its checkpoints, each behind its parent, or what has changed of them. */
export async function describeModel(
  db: Db,
  described: Model,
  checkpoints: readonly Checkpoint[],
): Promise<void> {
  const { slug, ...facts } = described;
  await db.insert(model).values(described).onConflictDoUpdate({ target: model.slug, set: facts });
  for (const each of checkpoints) {
    const { id, ...place } = each;
    await db
      .insert(checkpoint)
      .values({ ...each, modelSlug: slug })
      .onConflictDoUpdate({ target: checkpoint.id, set: place });
  }
}
