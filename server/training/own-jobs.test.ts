import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Database, openDatabase, setDatabase } from '../db';
import { curves, describeJob, isRolloutImage, jobPage, listJobs, rollouts } from '.';
import { addOwnJobs, OWN_JOBS } from './own-jobs';

const folder = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? '/tmp'}/ocean-own-jobs-${process.pid}-${Date.now()}`;
  Object.assign(process.env, { OCEAN_DATA_DIR: made, LOG_LEVEL: 'silent', DATABASE_URL: '' });
  return made;
});
const VISITOR = { role: 'visitor' } as const;

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: undefined, dataDir: folder });
  setDatabase(database);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the trainings of Nano are there for everybody, as one chain, with their curves', async () => {
  await addOwnJobs();
  const ids = OWN_JOBS.map(({ id }) => id);
  const listed = await listJobs(VISITOR, {}, null, 10);
  expect(listed.map(({ id }) => id)).toEqual(ids.toReversed());
  expect(new Set(listed.map(({ state }) => state))).toEqual(new Set(['succeeded']));
  const page = await jobPage('nano-stage1', VISITOR);
  expect(page?.chain.map(({ id }) => id)).toEqual(ids);
  expect(page).toMatchObject({
    owner: 'site',
    step: 45,
    steps: 45,
    mayDecide: false,
    rolloutSteps: [10, 30, 45],
  });
  const { total, groups } = await rollouts('nano-stage1', VISITOR, 45, 'mixed', 'place', 0, 50);
  expect(groups).toHaveLength(total);
  const picture = groups[0]?.data.images[0] ?? '';
  expect(await isRolloutImage('nano-stage1', VISITOR, picture)).toBe(true);
  expect(await isRolloutImage('nano-stage2', VISITOR, picture)).toBe(false);
  const { 'val/score': score } = await curves(
    'nano-stage1',
    VISITOR,
    ['val/score'],
    { from: 0, to: 1e9 },
    1_000,
  );
  expect(score?.low.at(0)).toBe(0.39);
  expect(score?.low.at(-1)).toBe(0.55);
});

test('at the next start nothing changes, not even what was said of one since', async () => {
  await describeJob('nano-tower', { note: 'seen' });
  await addOwnJobs();
  expect(await listJobs(VISITOR, {}, null, 10)).toHaveLength(OWN_JOBS.length);
  expect((await jobPage('nano-tower', VISITOR))?.note).toBe('seen');
});
