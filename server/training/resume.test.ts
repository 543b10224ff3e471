import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AgentEvent } from '@/lib/training/protocol';
import { storeBlob } from '../blobs';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { describeModel, NANO, NANO_CHECKPOINTS } from '../models';
import { type Agent, createAgent } from './agents';
import { createJobs, type NewJobs, newJobs } from './create-jobs';
import { cancelJob } from './decide';
import { takeEvents } from './events';
import { finish } from './finish';
import { takeJob } from './lease';
import { forkOf, newRunChoices, shippedRecipes } from './new-run';
import { jobPage } from './read-jobs';
import { curves, rollouts } from './read-told';
import { resumeOf } from './remote-folder';
import { resumeJob } from './resume';

vi.hoisted(() => {
  process.env.OCEAN_DATA_DIR = `${process.env.TMPDIR ?? '/tmp'}/ocean-resume-${process.pid}-${Date.now()}`;
  process.env.LOG_LEVEL = 'silent';
});

const TOML = readFileSync(join(process.cwd(), 'trainer', 'recipes', 'toy-stage1.toml'), 'utf8');
const CONFIG = readFileSync(join(process.cwd(), 'public', 'models', 'nano-base', 'config.json'), 'utf8');
const ROWS = [
  { name: 'train', split: 'train' as const, count: 10, seed: 1, size: 160, tasks: null, further: false },
];
const CHAIN: NewJobs['chain'] = [
  {
    kind: 'train',
    recipe: { toml: TOML, overrides: { steps: 200, 'optimizer.vision_lr': null } },
    start: { kind: 'checkpoint', id: 'ocean-r1-nano-stage-0' },
    rows: ROWS,
  },
  { kind: 'export', start: { kind: 'previous' }, rows: ROWS },
  {
    kind: 'eval',
    start: { kind: 'previous' },
    benchmark: 'ocean-world',
    split: 'val',
    maxNewTokens: 64,
    publish: false,
  },
];
const WRITER = { role: 'writer' } as const;
const ALL = { from: 0, to: 1e9 };
const now = new AbortController().signal;

afterAll(() => rmSync(process.env.OCEAN_DATA_DIR ?? '', { recursive: true, force: true }));

describe.each(DRIVERS)('a training on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });
  let agent: Agent;
  beforeAll(async () => {
    if (skip) return;
    await describeModel(database.db, NANO, NANO_CHECKPOINTS);
    agent = await createAgent('a box');
  });

  const stored = async (path: string, text: string) => {
    const { sha256, bytes } = await storeBlob(new Blob([text]).stream(), null, 'checkpoint');
    return { path, sha256, bytes };
  };
  const metrics = (step: number): AgentEvent => ({
    type: 'metrics',
    step,
    values: { loss: step, 'timing_s/step': 6.4 },
  });

  test.skipIf(skip)(
    'that was cancelled goes on from its last checkpoint, and what follows it follows',
    async () => {
      const [id = '', exported = '', evaluated = ''] = await createJobs(
        newJobs.parse({ name: 'Toy', public: true, chain: CHAIN }),
        'team',
      );
      await expect(resumeJob(id, 'team')).rejects.toThrow('has not ended');
      const { lease } = (await takeJob(agent, now, { pollMs: 0 })) ?? expect.unreachable();
      const group = {
        row: 'r:1',
        dataSource: 's',
        prompt: [],
        images: [],
        groundTruth: '3',
        responses: [
          {
            output: '3',
            cut: false,
            tokens: 1,
            finished: true,
            reward: 1,
            terms: {},
            failed: {},
            advantage: 0,
            trace: null,
          },
        ],
      };
      const events: AgentEvent[] = [
        { type: 'begin', step: 0, steps: 200 },
        ...Array.from({ length: 150 }, (_, n) => metrics(n + 1)),
        ...[100, 140].map((step): AgentEvent => ({ type: 'rollouts', step, first: 0, groups: [group] })),
        {
          type: 'files',
          purpose: 'checkpoint',
          step: 130,
          files: [await stored('model/config.json', CONFIG), await stored('state.json', '{}')],
        },
      ];
      await takeEvents(agent, id, lease, {
        events: events.map((event, seq) => ({ seq, at: new Date(seq * 1_000).toISOString(), event })),
      });
      await cancelJob(id);
      await finish(agent, id, lease, { events: events.length, outcome: { kind: 'cancelled' } });

      const fresh = await resumeJob(id, 'team');
      const page = (await jobPage(fresh, WRITER)) ?? expect.unreachable();
      expect(page).toMatchObject({
        name: 'Toy, resumed',
        note: `Goes on from step 130 of /training/${id}.`,
        state: 'waiting',
        step: 130,
        steps: 200,
        public: true,
        rolloutSteps: [100],
      });
      expect(page.chain.map(({ name }) => name)).toEqual([
        'Toy, resumed',
        'Toy: export',
        'Toy: eval on ocean-world',
      ]);
      const { loss } = await curves(fresh, WRITER, ['loss'], ALL, 1_000);
      expect([loss?.steps.length, loss?.steps.at(-1)]).toEqual([130, 130]);
      expect((await rollouts(fresh, WRITER, 100, null, 'place', 0, 10)).total).toBe(1);
      const [, copied] = page.chain;
      expect((await jobPage(copied?.id ?? '', WRITER))?.spec.start).toEqual({ kind: 'job', id: fresh });

      // An agent takes it up where it was left.
      const again = (await takeJob(agent, now, { pollMs: 0 })) ?? expect.unreachable();
      expect(again.job.id).toBe(fresh);
      expect(await resumeOf(again.job)).toMatchObject({ step: 130 });
      await takeEvents(agent, fresh, again.lease, {
        events: [{ type: 'begin' as const, step: 130, steps: 200 }, metrics(131)].map((event, seq) => ({
          seq,
          at: new Date(0).toISOString(),
          event,
        })),
      });
      expect((await curves(fresh, WRITER, ['loss'], ALL, 1_000)).loss?.steps.at(-1)).toBe(131);
      // The old ones stay as they were.
      for (const old of [id, exported, evaluated])
        expect((await jobPage(old, WRITER))?.state).toBe('cancelled');
      expect((await curves(id, WRITER, ['loss'], ALL, 1_000)).loss?.steps.at(-1)).toBe(150);
      await expect(resumeJob(exported, 'team')).rejects.toThrow('trains nothing');

      // It is what a new run can begin with, and says how fast its box is.
      const choices = await newRunChoices();
      expect(choices.trainings.map((each) => [each.id, each.step, each.shape?.parameters])).toContainEqual([
        id,
        130,
        2_614_656,
      ]);
      expect(choices.boxes).toEqual([]);
      expect(await forkOf(id, WRITER)).toMatchObject({ name: 'Toy', public: true, rows: ROWS });
      expect((await forkOf(id, WRITER)).toml).toContain('\nsteps = 200\n');
      await expect(forkOf(exported, WRITER)).rejects.toThrow('trains nothing');
    },
  );

  test.skipIf(skip)('without a checkpoint is not resumed', async () => {
    const [id = ''] = await createJobs(newJobs.parse({ name: 'Bare', chain: CHAIN.slice(0, 1) }), 'team');
    await cancelJob(id);
    await expect(resumeJob(id, 'team')).rejects.toThrow('has sent no checkpoint');
    await expect(resumeJob('none', 'team')).rejects.toThrow('no job "none"');
  });
});

test('the recipes of the repository are those with a kind, each with its first words', async () => {
  const recipes = await shippedRecipes();
  expect(recipes.map(({ name }) => name)).toEqual(expect.arrayContaining(['toy-base', '3b-stage1']));
  expect(recipes.find(({ name }) => name === 'nano-shape')).toBeUndefined();
  expect(recipes.find(({ name }) => name === 'toy-stage1')?.about).toBe("Nano's stage 1 at toy length.");
});
