import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { tellPlanner } from './reclaim';
import { rowsOf } from './rows-of';
import { DRIVERS, useTestDatabase } from './test-databases';

describe.each(DRIVERS)('the planner of $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });

  test.skipIf(skip)('knows how many verdicts there are once it was told', async () => {
    const known = async () =>
      rowsOf(
        await database.db.execute(
          sql`select relname, reltuples from pg_class where relname in ('sample', 'verdict') order by relname`,
        ),
      );
    const unknown = -1;
    expect(await known()).toContainEqual({ relname: 'verdict', reltuples: unknown });
    await tellPlanner();
    expect(await known()).toEqual([
      { relname: 'sample', reltuples: 0 },
      { relname: 'verdict', reltuples: 0 },
    ]);
  });
});
