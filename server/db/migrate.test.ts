import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { asc, eq, like, sql } from 'drizzle-orm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { seed } from '../evals';
import { checkpoint, model, run, score } from './schema';
import { DRIVERS } from './test-databases';

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent';
});

interface Journal {
  entries: { tag: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'ocean-migrations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The migrations as they were when there was only the first. */
function firstMigrationOnly(): string {
  cpSync(resolve('drizzle'), folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal: Journal = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
  return folder;
}

describe.each(DRIVERS)('migrations on $name', ({ skip, make }) => {
  test.skipIf(skip)('keep what is there, run once, and are not undone by opening again', async () => {
    const at = await make();
    try {
      const before = await at.open(firstMigrationOnly());
      const described = { name: 'Old', family: 'tests', openWeights: true };
      await before.db.insert(model).values([
        { slug: 'old', ...described },
        { slug: 'old-too', ...described, name: 'Old too' },
      ]);
      // In the words of then: what the schema says of these tables today is not there yet.
      await before.db.execute(sql`
        insert into checkpoint (id, model_slug, stage, parent_id) values
          ('a-base', 'old', 0, null), ('of-stage-1', 'old', 1, 'a-base'), ('of-stage-2', 'old', 2, 'of-stage-1'),
          ('of-nobody', 'old-too', 0, null), ('lost', 'old-too', 2, 'discarded')`);
      await before.db.execute(sql`
        insert into run (id, checkpoint_id, benchmark, source, state, scorer)
        values ('old', 'a-base', 'geoqa', 'reported', 'published', 'x/y@1')`);
      await before.close();

      for (let times = 0; times < 2; times++) {
        const database = await at.open();
        await seed(database.db);
        await database.db
          .insert(score)
          .values({ runId: 'old', scorer: 'x/y@1', headline: 1, breakdown: [], secondary: {} })
          .onConflictDoNothing();
        expect(await database.db.select().from(model).where(eq(model.slug, 'old'))).toMatchObject([
          described,
        ]);
        expect(await database.db.$count(run)).toBe(1 + 4 * 8);
        // What stages were as numbers they are as names; what nothing was trained from is no base of ours.
        expect(
          await database.db
            .select({
              id: checkpoint.id,
              stage: checkpoint.stage,
              parentId: checkpoint.parentId,
              onBoard: checkpoint.onBoard,
            })
            .from(checkpoint)
            .where(like(checkpoint.modelSlug, 'old%'))
            .orderBy(asc(checkpoint.id)),
        ).toEqual([
          { id: 'a-base', stage: 'base', parentId: null, onBoard: true },
          { id: 'lost', stage: 'stage2', parentId: null, onBoard: true },
          { id: 'of-nobody', stage: null, parentId: null, onBoard: true },
          { id: 'of-stage-1', stage: 'stage1', parentId: 'a-base', onBoard: true },
          { id: 'of-stage-2', stage: 'stage2', parentId: 'of-stage-1', onBoard: true },
        ]);
        await database.close();
      }
    } finally {
      await at.remove();
    }
  });
});

describe.each(DRIVERS.filter(({ name }) => name !== 'PGlite'))('$name', ({ skip, make }) => {
  test.skipIf(skip)('is migrated by two servers that start together', async () => {
    const at = await make();
    try {
      const [one, two] = await Promise.all([at.open(), at.open()]);
      expect(await one.db.$count(run)).toBe(0);
      await Promise.all([one.close(), two.close()]);
    } finally {
      await at.remove();
    }
  });
});

describe('the embedded database', () => {
  const [pglite] = DRIVERS;

  test('is opened by one process at a time, and again after it was closed', async () => {
    const at = await pglite.make();
    try {
      const first = await at.open();
      await expect(at.open()).rejects.toThrow(`in use by process ${process.pid}`);
      await first.close();
      await (await at.open()).close();
    } finally {
      await at.remove();
    }
  });
});
