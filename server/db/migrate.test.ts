import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { asc, eq, like, sql } from 'drizzle-orm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { seed } from '../evals';
import { checkpoint, model, run, runChange, score, scoring } from './schema';
import { DRIVERS } from './test-databases';

vi.hoisted(() => {
  process.env.LOG_LEVEL = 'silent';
});

interface Journal {
  entries: { tag: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'ocean-migrations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The migrations as they were when there were only so many. */
function firstMigrations(count: number): string {
  cpSync(resolve('drizzle'), folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal: Journal = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return folder;
}

describe.each(DRIVERS)('migrations on $name', ({ skip, make }) => {
  test.skipIf(skip)('keep what is there, run once, and are not undone by opening again', async () => {
    const at = await make();
    try {
      const before = await at.open(firstMigrations(1));
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

  test.skipIf(skip)('leave no scoring behind, and say whose a run is and when it was published', async () => {
    const at = await make();
    try {
      const before = await at.open(firstMigrations(8));
      await before.db.insert(model).values({ slug: 'm', name: 'M', family: 'tests', openWeights: true });
      await before.db.execute(sql`
        insert into checkpoint (id, model_slug, stage, browser_model)
        values ('ours', 'm', 'base', 'in-browsers'), ('theirs', 'm', null, null)`);
      await before.db.execute(sql`
        insert into run (id, checkpoint_id, benchmark, source, state, scorer, published_at) values
          ('reported', 'theirs', 'geoqa', 'reported', 'published', 'x/y@1', '2026-01-01T00:00:00Z'),
          ('our own', 'ours', 'geoqa', 'upload', 'published', 'x/y@1', '2026-01-02T00:00:00Z'),
          ('half', 'theirs', 'geoqa', 'upload', 'scoring', 'x/y@1', null),
          ('draft', 'theirs', 'geoqa', 'upload', 'scored', 'x/y@1', null)`);
      await before.db.execute(sql`
        insert into rescoring (run_id, scorer, state, error) values
          ('our own', 'x/z@1', 'scoring', null), ('draft', 'x/z@1', 'failed', 'why')`);
      await before.close();

      const { db, close } = await at.open();
      expect(await db.select().from(scoring).orderBy(asc(scoring.runId))).toMatchObject([
        { runId: 'draft', scorer: 'x/z@1', state: 'failed', error: 'why' },
        { runId: 'half', scorer: 'x/y@1', state: 'scoring', fence: 0, leasedUntil: null },
        { runId: 'our own', scorer: 'x/z@1', state: 'scoring', fence: 0, leasedUntil: null },
      ]);
      expect(await db.select({ id: run.id, owner: run.owner }).from(run).orderBy(asc(run.id))).toEqual([
        { id: 'draft', owner: 'team' },
        { id: 'half', owner: 'team' },
        { id: 'our own', owner: 'site' },
        { id: 'reported', owner: 'site' },
      ]);
      expect(await db.select().from(runChange)).toMatchObject([
        { runId: 'our own', kind: 'published', by: 'site', at: new Date('2026-01-02T00:00:00Z') },
      ]);
      await close();
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
