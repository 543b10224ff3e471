import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Database, openDatabase, setDatabase } from './db';
import { DRIVERS, type TestDatabase } from './db/test-databases';
import { newProcess } from './process-wide';
import { rateLimit } from './rate-limit';

const fake = vi.hoisted(() => ({ url: undefined as string | undefined }));
vi.mock('./env', () => ({ env: () => ({ DATABASE_URL: fake.url, LOG_LEVEL: 'silent' }) }));

describe.each(DRIVERS)('a limit on $name', ({ name, skip, make }) => {
  let at: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    if (skip) return;
    at = await make();
    fake.url = at.url;
    database = await at.open();
  });
  afterAll(async () => {
    if (skip) return;
    await database.close();
    await at.remove();
  });
  beforeEach(() => {
    newProcess();
    setDatabase(database);
  });

  test.skipIf(skip)('shuts an address out after its share, others not', async () => {
    const limit = rateLimit(`share ${name}`, 3, 100, 60_000);
    for (let n = 0; n < 3; n++) expect(await limit.take('a')).toBe(0);
    const wait = await limit.take('a');
    expect(wait).toBeGreaterThan(55);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await limit.take('b')).toBe(0);
  });

  test.skipIf(skip)('shuts all out after the overall share, whatever addresses are claimed', async () => {
    const limit = rateLimit(`all ${name}`, 3, 10, 60_000);
    for (let n = 0; n < 10; n++) expect(await limit.take(`forged ${n} ${'x'.repeat(1_000)}`)).toBe(0);
    expect(await limit.take('another')).toBeGreaterThan(0);
  });

  test.skipIf(skip)('does not count over all what an address was refused', async () => {
    const limit = rateLimit(`refused ${name}`, 1, 3, 60_000);
    expect(await limit.take('a')).toBe(0);
    for (let n = 0; n < 5; n++) expect(await limit.take('a')).toBeGreaterThan(0);
    expect(await limit.take('b')).toBe(0);
    expect(await limit.take('c')).toBe(0);
    expect(await limit.take('d')).toBeGreaterThan(0);
  });

  test.skipIf(skip)('forgets what is given back', async () => {
    const limit = rateLimit(`back ${name}`, 1, 1, 60_000);
    for (let n = 0; n < 3; n++) {
      expect(await limit.take('a')).toBe(0);
      await limit.giveBack('a');
    }
  });

  test.skipIf(skip)('counts what is asked at once one by one', async () => {
    const limit = rateLimit(`at once ${name}`, 5, 100, 60_000);
    const waits = await Promise.all(Array.from({ length: 20 }, () => limit.take('a')));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  });

  if (name !== 'PGlite')
    test.skipIf(skip)('is one for all servers on the database', async () => {
      const ask = () => rateLimit('several servers', 1, 10, 60_000).take('a');
      expect(await ask()).toBe(0);
      const other = await openDatabase({ url: at.url, dataDir: at.dataDir });
      newProcess();
      setDatabase(other);
      expect(await ask()).toBeGreaterThan(0);
      await other.close();
    });
});

describe('a limit in memory', () => {
  beforeEach(() => {
    fake.url = undefined;
    newProcess();
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('ends with its window', async () => {
    const limit = rateLimit('window', 1, 100, 60_000);
    expect(await limit.take('a')).toBe(0);
    vi.advanceTimersByTime(59_000);
    expect(await limit.take('a')).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(await limit.take('a')).toBe(0);
  });
});
