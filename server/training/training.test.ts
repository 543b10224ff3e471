import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import type { AgentEvent, Machine } from '@/lib/training/protocol';
import { install } from '../benchmarks';
import { findBlob, removeUnusedBlob, storeBlob } from '../blobs';
import { checkpoint, job, jobEvent, jobFile, jobMetric, rollout, run } from '../db';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { browserModels, describeModel, NANO, NANO_CHECKPOINTS, publishedFile } from '../models';
import {
  type Agent,
  authoriseAgent,
  beat,
  cancelJob,
  createAgent,
  createJobs,
  curves,
  describeJob,
  EventGap,
  finish,
  followJob,
  jobPage,
  LeaseLost,
  listJobs,
  logOf,
  type NewJobs,
  newJobs,
  publishTraining,
  resumeOf,
  revokeAgent,
  rolloutPoints,
  rollouts,
  startOf,
  takeEvents,
  takeJob,
  unpublishTraining,
} from '.';
import { handInPredictions } from './hand-in';

const folder = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? '/tmp'}/ocean-training-${process.pid}-${Date.now()}`;
  process.env.OCEAN_DATA_DIR = made;
  process.env.LOG_LEVEL = 'silent';
  return made;
});

const _MACHINE: Machine = {
  host: 'box',
  system: 'Linux',
  cores: 2,
  memory: 8e9,
  diskFree: 1e9,
  cards: [],
  versions: { python: '3.11' },
};
const TOML =
  'kind = "grpo"\nname = "toy"\nstage = 1\n[data]\nfiles = [{ path = "rows/train" }]\n[optimizer]\nlr = 1e-4\n';
const ROWS = [
  { name: 'train', split: 'train' as const, count: 10, seed: 1, size: 160, tasks: null, further: true },
];
const start = { kind: 'checkpoint' as const, id: 'ocean-r1-nano-stage-0' };
const TRAIN: NewJobs['chain'][number] = {
  kind: 'train',
  recipe: { toml: TOML, overrides: {} },
  start,
  rows: ROWS,
};
const EVAL: NewJobs['chain'][number] = {
  kind: 'eval',
  start: { kind: 'previous' },
  benchmark: 'ocean-world',
  split: 'test',
  maxNewTokens: 64,
  publish: false,
};
const EXPORT: NewJobs['chain'][number] = { kind: 'export', start: { kind: 'previous' }, rows: ROWS };
const now = new AbortController().signal;
const WRITER = { role: 'writer' } as const;
const VISITOR = { role: 'visitor' } as const;
const EVERYWHERE = { from: 0, to: 1e9 };

const group = (reward: number, more: object = {}) => ({
  row: 'rows/train:3',
  dataSource: 'ocean-world/counting',
  prompt: [{ role: 'user', content: '<image>How many?' }],
  images: [],
  groundTruth: '3',
  responses: [0, 1].map((n) => ({
    output: `<answer>${n}</answer>`,
    cut: false,
    tokens: 10 + n,
    finished: n === 0,
    reward: reward * n,
    terms: { exact: n, format: 1 },
    failed: {},
    advantage: n,
    trace: null,
  })),
  ...more,
});

beforeAll(async () => {
  const annotations = join(folder, 'counting.jsonl');
  mkdirSync(folder, { recursive: true });
  const samples = Array.from({ length: 200 }, (_, n) => ({
    image_path: `${n}.png`,
    question: 'How many?',
    ground_truth: 3 + (n % 8),
  }));
  writeFileSync(annotations, samples.map((sample) => JSON.stringify(sample)).join('\n'));
  await install(folder, BENCHMARKS['superclevr-200'], null, annotations);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(DRIVERS)('jobs on $name', ({ skip, make }) => {
  const database = useTestDatabase({ skip, make });
  let agent: Agent;
  beforeAll(async () => {
    if (skip) return;
    await describeModel(database.db, NANO, NANO_CHECKPOINTS);
    agent = await createAgent('a box');
  });
  beforeEach(async () => {
    if (skip) return;
    await database.db.update(run).set({ jobId: null });
    await database.db.update(checkpoint).set({ jobId: null });
    await database.db.update(job).set({ afterId: null });
    await database.db.delete(job);
  });

  const create = (...chain: NewJobs['chain']) => createJobs(newJobs.parse({ name: 'Toy', chain }), 'team');
  const jobOf = async (id: string) =>
    (await database.db.select().from(job).where(eq(job.id, id)))[0] ?? expect.unreachable();
  const taken = async (by = agent) => (await takeJob(by, now, { pollMs: 0 })) ?? expect.unreachable();
  const tell = (id: string, lease: string, from: number, ...events: AgentEvent[]) =>
    takeEvents(agent, id, lease, {
      events: events.map((event, n) => ({ seq: from + n, at: new Date(0).toISOString(), event })),
    });
  const stored = async (text: string) => {
    const { sha256, bytes } = await storeBlob(new Blob([text]).stream(), null, 'checkpoint');
    return { path: 'model.safetensors', sha256, bytes };
  };
  const passLease = () => database.db.update(job).set({ leasedUntil: sql`now() - interval '1 second'` });
  const files = (
    purpose: 'checkpoint' | 'export' | 'predictions',
    step: number,
    ...all: Awaited<ReturnType<typeof stored>>[]
  ): AgentEvent => ({ type: 'files', purpose, step, files: all });

  test.skipIf(skip)('are taken in their order, each by one agent', async () => {
    const [first = ''] = await create(TRAIN);
    const [second = ''] = await create(TRAIN);
    const other = await createAgent('another box');
    const both = await Promise.all([taken(), taken(other)]);
    expect(both.map(({ job: { id } }) => id).sort()).toEqual([first, second].sort());
    expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();
    expect(await jobOf(first)).toMatchObject({ state: 'running', attempt: 1 });
  });

  test.skipIf(skip)('are heard of by an agent that waits', async () => {
    const waiting = takeJob(agent, now, { pollMs: 10_000 });
    const [id] = await create(TRAIN);
    expect((await waiting)?.job.id).toBe(id);
  });

  test.skipIf(skip)(
    'begin with the files of a checkpoint, or with what an earlier attempt sent',
    async () => {
      await create(TRAIN);
      const { job: found, lease } = await taken();
      const from = await startOf(found);
      if (from.kind !== 'files') return expect.unreachable();
      expect(from.files.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['config.json', 'model.int8.safetensors']),
      );
      expect(from.files[0]?.url).toMatch(/^\/models\/nano-base\//);
      expect(await resumeOf(found)).toBeNull();
      const [weights, moments] = [
        await stored('weights'),
        { ...(await stored('moments')), path: 'moments.pt' },
      ];
      await tell(
        found.id,
        lease,
        0,
        { type: 'begin', step: 0, steps: 5 },
        files('checkpoint', 3, weights, moments),
      );
      await passLease();
      const again = await taken();
      expect(again.job.attempt).toBe(2);
      expect(await resumeOf(again.job)).toMatchObject({
        step: 3,
        files: [
          { path: 'model.safetensors', bytes: 7, url: `/api/agent/blobs/${weights.sha256}` },
          { path: 'moments.pt', bytes: 7 },
        ],
      });
      // While a job refers to them they stay.
      await removeUnusedBlob(weights.sha256);
      expect(await findBlob(weights.sha256)).not.toBeNull();
    },
  );

  test.skipIf(skip)('tell each event once, in order, however often they are sent', async () => {
    await create(TRAIN);
    const {
      job: { id },
      lease,
    } = await taken();
    const metrics = (step: number): AgentEvent => ({
      type: 'metrics',
      step,
      values: { loss: step / 2, odd: 'NaN' },
    });
    const log: AgentEvent = { type: 'log', lines: ['a\0b'] };
    expect(await tell(id, lease, 0, { type: 'begin', step: 0, steps: 5 }, metrics(1), log)).toBe(3);
    expect(await tell(id, lease, 0, { type: 'begin', step: 0, steps: 5 }, metrics(1), log)).toBe(3);
    expect(await tell(id, lease, 1, metrics(1), log, metrics(2))).toBe(4);
    await expect(tell(id, lease, 6, metrics(3))).rejects.toMatchObject({ expected: 4 });
    // A step that is told twice in one request is what was told last.
    await expect(tell(id, lease, 4, { type: 'metrics', step: 3, values: {} }, metrics(3), log)).resolves.toBe(
      7,
    );
    expect(
      await database.db
        .select({ step: jobMetric.step, values: jobMetric.values })
        .from(jobMetric)
        .orderBy(jobMetric.step),
    ).toEqual([1, 2, 3].map((step) => ({ step, values: { loss: step / 2, odd: 'NaN' } })));
    expect(await database.db.select({ data: jobEvent.data }).from(jobEvent)).toEqual([
      { data: { type: 'log', lines: ['a\ufffdb'] } },
      { data: { type: 'log', lines: ['a\ufffdb'] } },
    ]);
    expect(await jobOf(id)).toMatchObject({ step: 3, steps: 5, nextSeq: 7 });
  });

  test.skipIf(skip)('stay with an agent that is heard of, by whatever it says', async () => {
    const [id = ''] = await create(TRAIN);
    const { lease } = await taken();
    const ways = [
      () => beat(agent, id, lease),
      () => tell(id, lease, 0, { type: 'begin', step: 0, steps: 1 }),
      () => tell(id, lease, 0, { type: 'begin', step: 0, steps: 1 }),
    ];
    for (const say of ways) {
      await passLease();
      await say();
      expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();
    }
  });

  test.skipIf(skip)('are leased by the clock of the database, whatever that of a box says', async () => {
    const [id = ''] = await create(TRAIN);
    const { lease } = await taken();
    const clock = new Date(Date.now() + 3_600_000);
    await takeEvents(agent, id, lease, {
      events: [1, 2, 3].map((step, seq) => ({
        seq,
        at: new Date(clock.getTime() + 1_000 * step).toISOString(),
        event: { type: 'metrics', step, values: { loss: 0 } },
      })),
    });
    const page = await jobPage(id, WRITER);
    expect(page).toMatchObject({ step: 3, stepSeconds: 1 });
    expect(page?.leasedUntil?.getTime()).toBeLessThan(Date.now() + 60_000);
    await passLease();
    expect((await taken()).job.attempt).toBe(2);
  });

  test.skipIf(skip)('go on behind a step: what was told of later ones is gone', async () => {
    await create(TRAIN);
    const {
      job: { id },
      lease,
    } = await taken();
    const metrics = (step: number): AgentEvent => ({ type: 'metrics', step, values: { loss: step } });
    await tell(id, lease, 0, metrics(0), metrics(1), metrics(2), {
      type: 'rollouts',
      step: 2,
      first: 0,
      groups: [group(1)],
    });
    await passLease();
    const again = await taken();
    await expect(tell(id, lease, 4, metrics(3))).rejects.toThrow(LeaseLost);
    await tell(id, again.lease, 0, files('checkpoint', 2, await stored('too far')));
    await tell(id, again.lease, 1, { type: 'begin', step: 1, steps: 3 });
    expect(await resumeOf(again.job)).toBeNull();
    expect((await jobOf(id)).step).toBe(1);
    expect((await database.db.select().from(jobMetric)).map(({ step }) => step).sort()).toEqual([0, 1]);
    expect(await database.db.$count(rollout)).toBe(0);
  });

  test.skipIf(skip)('tell rollouts with what lists of them are sorted and filtered by', async () => {
    await create(TRAIN);
    const {
      job: { id },
      lease,
    } = await taken();
    const picture = createHash('sha256').update('missing').digest('hex');
    const told = (images: string[], first = 0): AgentEvent => ({
      type: 'rollouts',
      step: 1,
      first,
      groups: [group(1), group(0, { images })],
    });
    await expect(tell(id, lease, 0, told([picture]))).rejects.toThrow('a picture of step 1');
    await storeBlob(new Blob(['missing']).stream(), null, 'picture');
    await tell(id, lease, 0, told([picture]));
    await tell(id, lease, 1, told([picture], 2));
    expect(
      (await database.db.select().from(rollout).orderBy(rollout.ordinal)).map(({ data: _, ...each }) => each),
    ).toMatchObject([
      { step: 1, ordinal: 0, highest: 1, lowest: 0, mean: 0.5, longest: 11, truncated: 1, failed: 0 },
      { ordinal: 1, highest: 0, lowest: 0 },
      { ordinal: 2 },
      { ordinal: 3 },
    ]);
  });

  test.skipIf(skip)('are told to stop, and end when they say so', async () => {
    const [id = ''] = await create(TRAIN, EXPORT, EVAL);
    const { lease } = await taken();
    expect(await beat(agent, id, lease)).toEqual({ cancel: false, nextSeq: 0 });
    await cancelJob(id);
    expect(await beat(agent, id, lease)).toEqual({ cancel: true, nextSeq: 0 });
    await finish(agent, id, lease, { events: 0, outcome: { kind: 'cancelled' } });
    await finish(agent, id, lease, { events: 0, outcome: { kind: 'cancelled' } });
    expect((await jobOf(id)).state).toBe('cancelled');
    await expect(beat(agent, id, lease)).rejects.toThrow(LeaseLost);
    await expect(cancelJob(id)).rejects.toThrow('is cancelled already');
    // Those that were to follow are not done either.
    const states = (await database.db.select().from(job)).map(({ state }) => state);
    expect(states).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();
  });

  test.skipIf(skip)('of a cancelled one whose agent is gone end by themselves', async () => {
    const [id = ''] = await create(TRAIN);
    await taken();
    await cancelJob(id);
    await passLease();
    expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();
    expect((await jobOf(id)).state).toBe('cancelled');
  });

  test.skipIf(skip)(
    'are tried again after the loss of a box, later each time, and not after a fault of theirs',
    async () => {
      const [id = ''] = await create(TRAIN);
      const { lease } = await taken();
      const lost = { kind: 'lost' as const, error: 'the disk is full' };
      await finish(agent, id, lease, { events: 0, outcome: lost });
      expect(await jobOf(id)).toMatchObject({ state: 'waiting', error: 'the disk is full' });
      expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();
      await database.db.update(job).set({ notBefore: sql`now()` });
      const again = await taken();
      expect(again.job.attempt).toBe(2);
      await finish(agent, id, again.lease, {
        events: 0,
        outcome: { kind: 'failed', error: 'steps: a typo' },
      });
      expect(await jobOf(id)).toMatchObject({ state: 'failed', error: 'steps: a typo' });
      expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();

      const [hopeless = ''] = await create(TRAIN);
      await database.db.update(job).set({ losses: 10 }).where(eq(job.id, hopeless));
      expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();
      expect(await jobOf(hopeless)).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('10 attempts were lost one after the other'),
      });
    },
  );

  test.skipIf(skip)('are given up after ten losses in a row; a checkpoint begins the row anew', async () => {
    const [id = ''] = await create(TRAIN);
    for (let attempt = 1; attempt <= 12; attempt++) {
      const { lease } = await taken();
      await tell(id, lease, 0, files('checkpoint', attempt, await stored(`weights ${attempt}`)));
      await passLease();
    }
    expect(await jobOf(id)).toMatchObject({ state: 'running', attempt: 12, losses: 0 });
    for (let loss = 1; loss <= 10; loss++) {
      const { lease } = await taken();
      // The one that it goes on from is told again, and takes it no further.
      await tell(id, lease, 0, files('checkpoint', 12, await stored('weights 12')));
      await passLease();
    }
    expect(await takeJob(agent, now, { pollMs: 0 })).toBeNull();
    expect(await jobOf(id)).toMatchObject({ state: 'failed', attempt: 22 });
  });

  test.skipIf(skip)('that an agent held when it was killed are given back, and are its first', async () => {
    await create(TRAIN);
    const [id = ''] = await create(TRAIN);
    const other = await createAgent('another box');
    const first = await taken(other);
    const second = await taken();
    expect(second.job.id).toBe(id);
    const take = (by: Agent, job: string, lease: string) =>
      takeJob(by, now, { held: { job, lease }, pollMs: 0 });
    // Of others, or by a lease that is over, nothing is given back.
    expect(await take(agent, first.job.id, first.lease)).toBeNull();
    expect(await take(agent, id, 'another lease')).toBeNull();
    const again = await take(agent, id, second.lease);
    expect(again?.job).toMatchObject({ id, attempt: 2 });
    await expect(beat(agent, id, second.lease)).rejects.toThrow(LeaseLost);
    expect(await take(agent, id, second.lease)).toBeNull();

    await create(TRAIN);
    expect((await take(agent, id, again?.lease ?? ''))?.job.id).toBe(id);
    await cancelJob(first.job.id);
    await take(other, first.job.id, first.lease);
    expect((await jobOf(first.job.id)).state).toBe('cancelled');
  });

  test.skipIf(skip)('have succeeded once all that they told and made is here', async () => {
    const [train = '', exported = '', evaluated = ''] = await create(TRAIN, EXPORT, EVAL);
    const first = await taken();
    await expect(
      finish(agent, train, first.lease, { events: 2, outcome: { kind: 'succeeded' } }),
    ).rejects.toThrow(EventGap);
    await expect(
      finish(agent, train, first.lease, { events: 0, outcome: { kind: 'succeeded' } }),
    ).rejects.toThrow('has not sent its checkpoint');
    const weights = await stored('weights');
    await expect(
      tell(train, first.lease, 0, files('checkpoint', 5, { ...weights, bytes: 3 })),
    ).rejects.toThrow('has 7 bytes here, and 3 are told of');
    // What was sent of an earlier step is not what it came to.
    await tell(train, first.lease, 0, files('checkpoint', 4, weights), {
      type: 'metrics',
      step: 5,
      values: { loss: 0 },
    });
    const end = () => finish(agent, train, first.lease, { events: 3, outcome: { kind: 'succeeded' } });
    await tell(train, first.lease, 2, { type: 'log', lines: ['one'] });
    await expect(end()).rejects.toThrow('has not sent its checkpoint');
    await tell(train, first.lease, 3, files('checkpoint', 5, weights));
    await expect(end()).rejects.toThrow(EventGap);
    await finish(agent, train, first.lease, { events: 4, outcome: { kind: 'succeeded' } });
    await finish(agent, train, first.lease, { events: 4, outcome: { kind: 'succeeded' } });
    expect((await jobOf(train)).state).toBe('succeeded');

    const second = await taken();
    expect(second.job.id).toBe(exported);
    expect(await startOf(second.job)).toMatchObject({ files: [{ sha256: weights.sha256 }] });
    const model = await stored('for browsers');
    await tell(exported, second.lease, 0, files('export', 0, model));
    await finish(agent, exported, second.lease, { events: 1, outcome: { kind: 'succeeded' } });

    const third = await taken();
    expect(third.job.id).toBe(evaluated);
    expect(await startOf(third.job)).toMatchObject({ files: [{ sha256: model.sha256 }] });
    expect(await database.db.$count(jobFile)).toBe(2);
  });

  test.skipIf(skip)('become a checkpoint that browsers run, and are taken out again', async () => {
    const [train = '', exported = ''] = await create(TRAIN, EXPORT);
    const first = await taken();
    await tell(train, first.lease, 0, files('checkpoint', 5, await stored('weights')));
    await finish(agent, train, first.lease, { events: 1, outcome: { kind: 'succeeded' } });
    await expect(publishTraining(train, 'team')).rejects.toThrow('is not exported yet');
    const second = await taken();
    const named = async (path: string) => ({ ...(await stored(path === 'config.json' ? '{}' : path)), path });
    const settings = [
      'config.json',
      'generation_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'preprocessor_config.json',
    ];
    const graphs = ['vision_encoder', 'embed_tokens'].map((graph) => `onnx/${graph}_quantized.onnx`);
    const half = await Promise.all([...settings, ...graphs, 'model.safetensors'].map(named));
    await tell(exported, second.lease, 0, files('export', 0, ...half));
    await finish(agent, exported, second.lease, { events: 1, outcome: { kind: 'succeeded' } });
    await expect(publishTraining(train, 'team')).rejects.toThrow(
      'no onnx/decoder_model_merged_quantized.onnx',
    );
    const decoder = await named('onnx/decoder_model_merged_quantized.onnx');
    await database.db
      .insert(jobFile)
      .values({ jobId: exported, purpose: 'export', step: 0, path: decoder.path, sha256: decoder.sha256 });

    const before = (await browserModels()).models.length;
    const id = await publishTraining(train, 'team');
    expect(await publishTraining(train, 'team')).toBe(id);
    expect(id).toBe('toy-stage1');
    const name = `job-${exported.slice(0, 8)}`;
    const { models } = await browserModels();
    expect(models).toHaveLength(before + 1);
    expect(models.at(-1)).toMatchObject({ id: name, label: 'Toy', stage: 'stage1' });
    expect(models.at(-1)?.files.map(({ path }) => path)).not.toContain('model.safetensors');
    expect(await publishedFile(name, 'config.json')).toMatchObject({ bytes: 2 });
    expect(await publishedFile(name, 'none')).toBeNull();
    expect(await jobPage(train, VISITOR)).toMatchObject({ published: true });
    const [made] = await database.db.select().from(checkpoint).where(eq(checkpoint.id, id));
    expect(made).toMatchObject({ parentId: 'ocean-r1-nano-stage-0', stage: 'stage1', jobId: train });

    await unpublishTraining(train, 'team');
    expect((await browserModels()).models).toHaveLength(before);
    expect(await publishedFile(name, 'config.json')).toBeNull();
    // Its checkpoint keeps its place, for its figures, and is in no browser.
    expect(await database.db.$count(checkpoint, eq(checkpoint.jobId, train))).toBe(1);
    expect(await jobPage(train, WRITER)).toMatchObject({ published: false });
    await expect(unpublishTraining(train, 'team')).rejects.toThrow('is not published');
  });

  test.skipIf(skip)('are read by whoever may see them: a list, a page, curves, rollouts, a log', async () => {
    const [id = '', exported = ''] = await create(TRAIN, EXPORT);
    const { job: found, lease } = await taken();
    const metrics = (step: number): AgentEvent => ({
      type: 'metrics',
      step,
      values: { loss: step % 10, 'critic/score/mean': step / 100, odd: step === 7 ? 'NaN' : 1 },
    });
    await tell(
      found.id,
      lease,
      0,
      { type: 'begin', step: 0, steps: 100 },
      ...Array.from({ length: 100 }, (_, n) => metrics(n + 1)),
    );
    await tell(
      found.id,
      lease,
      101,
      { type: 'log', lines: ['step 1', 'a 50% loss'] },
      { type: 'notice', level: 'warning', text: 'I say "hot" \\o/' },
    );
    await tell(found.id, lease, 103, {
      type: 'rollouts',
      step: 10,
      first: 0,
      groups: [group(1), group(0), { ...group(1), responses: group(2).responses.slice(1) }],
    });

    expect(await listJobs(VISITOR, {}, null, 10)).toEqual([]);
    expect(await jobPage(id, VISITOR)).toBeNull();
    await expect(curves(id, VISITOR, ['loss'], EVERYWHERE, 10)).rejects.toMatchObject({ kind: 'not-found' });
    await describeJob(id, { public: true, note: 'seen' });
    expect(await listJobs(VISITOR, {}, null, 10)).toMatchObject([
      { id, score: 1, step: 100, agentName: 'a box' },
    ]);
    expect((await listJobs(WRITER, {}, null, 10)).map((row) => row.id)).toEqual([exported, id]);
    expect(await listJobs(WRITER, { kinds: ['export'], text: 'TOY' }, null, 10)).toHaveLength(1);
    expect(await listJobs(WRITER, {}, exported, 10)).toMatchObject([{ id }]);
    expect(await jobPage(id, VISITOR)).toMatchObject({
      note: 'seen',
      mayDecide: false,
      chain: [{ id }],
      metrics: ['critic/score/mean', 'loss', 'odd'],
      rolloutSteps: [10],
    });
    expect((await jobPage(exported, WRITER))?.chain.map((row) => row.id)).toEqual([id, exported]);

    const { loss, odd } = await curves(id, VISITOR, ['loss', 'odd'], EVERYWHERE, 10);
    expect(loss).toMatchObject({
      steps: [1, 11, 21, 31, 41, 51, 61, 71, 81, 91],
      low: Array(10).fill(0),
      high: Array(10).fill(9),
    });
    expect(odd?.high).toEqual(Array(10).fill(1));
    expect((await curves(id, VISITOR, ['loss'], { from: 5, to: 9 }, 10)).loss).toMatchObject({
      steps: [5, 6, 7, 8, 9],
      low: [5, 6, 7, 8, 9],
    });

    const ordinals = async (
      ...[filter, order]: [Parameters<typeof rollouts>[3], Parameters<typeof rollouts>[4]]
    ) => (await rollouts(id, VISITOR, 10, filter, order, 0, 10)).groups.map(({ ordinal }) => ordinal);
    expect(await ordinals(null, 'place')).toEqual([0, 1, 2]);
    expect(await ordinals(null, 'highest')).toEqual([2, 0, 1]);
    expect(await ordinals('equal', 'place')).toEqual([1, 2]);
    expect(await ordinals('mixed', 'place')).toEqual([0]);
    expect(await rolloutPoints(id, VISITOR, 10)).toHaveLength(5);
    expect(await logOf(id, VISITOR, { text: '50%', limit: 10 })).toMatchObject([{ data: { type: 'log' } }]);
    // What is looked for is what is read, and no word of how it is kept.
    expect(await logOf(id, VISITOR, { text: 'warning', limit: 10 })).toEqual([]);
    expect(await logOf(id, VISITOR, { text: 'say "hot" \\o/', limit: 10 })).toHaveLength(1);
    expect((await logOf(id, VISITOR, { limit: 1 })).map(({ data }) => data.type)).toEqual(['notice']);
  });

  test.skipIf(skip)('are followed live, over the loss of a box, to their end', async () => {
    const [id = ''] = await create(TRAIN);
    const ticks = followJob(id, WRITER, -1, undefined);
    const next = async () => (await ticks.next()).value;
    expect(await next()).toMatchObject({ state: 'waiting', metrics: [], reset: false });
    const first = await taken();
    expect(await next()).toMatchObject({ state: 'running', attempt: 1 });
    const metrics = (step: number): AgentEvent => ({ type: 'metrics', step, values: { loss: step } });
    await tell(id, first.lease, 0, metrics(1), metrics(2));
    expect(await next()).toMatchObject({ step: 2, metrics: [{ step: 1 }, { step: 2 }] });
    await passLease();
    // Heard of last when the lease was renewed, and not when that had ended.
    const other = followJob(id, WRITER, 2, undefined);
    expect((await other.next()).value?.lostFor).toBeGreaterThanOrEqual(45);
    await other.return(undefined);
    const again = await taken();
    await tell(id, again.lease, 0, { type: 'begin', step: 1, steps: 2 });
    let tick = await next();
    // Being taken up and going on from a step are told at once or one after the other.
    if (tick?.metrics.length !== 1) tick = await next();
    expect(tick).toMatchObject({ attempt: 2, metrics: [{ step: 1 }] });
    await finish(agent, id, again.lease, { events: 1, outcome: { kind: 'failed', error: 'why' } });
    let last = tick;
    for await (const told of ticks) last = told;
    expect(last).toMatchObject({ state: 'failed', error: 'why' });
    await expect(followJob(id, VISITOR, -1, undefined).next()).rejects.toMatchObject({ kind: 'not-found' });
  });

  test.skipIf(skip)(
    'that evaluated have made a run before they have succeeded, one however often they say so',
    async () => {
      const evaluation = { ...EVAL, start, benchmark: 'superclevr-200', publish: true } as const;
      const [id = ''] = await create(evaluation);
      const { lease } = await taken();
      const outputs = {
        ...(await stored('{"sample_id":"0","output":"<answer>3</answer>"}')),
        path: 'predictions.jsonl',
      };
      await tell(id, lease, 0, files('predictions', 0, outputs));
      const end = () => finish(agent, id, lease, { events: 1, outcome: { kind: 'succeeded' } });
      // As a server that was killed between the two leaves it: the agent says it again.
      await handInPredictions(await jobOf(id));
      expect((await jobOf(id)).state).toBe('running');
      await end();
      await end();
      expect((await jobOf(id)).state).toBe('succeeded');
      expect(await database.db.select().from(run)).toMatchObject([
        {
          jobId: id,
          source: 'job',
          owner: 'team',
          checkpointId: start.id,
          state: 'scoring',
          publishWhenScored: true,
        },
      ]);
      expect(await jobPage(id, WRITER)).toMatchObject({ runId: expect.any(String) });
      await database.db.delete(run);

      // What is refused as a run is said by the job, which nobody tries again.
      const [lost = ''] = await create({ ...evaluation, benchmark: 'geoqa' });
      const second = await taken();
      await tell(lost, second.lease, 0, files('predictions', 0, outputs));
      await finish(agent, lost, second.lease, { events: 1, outcome: { kind: 'succeeded' } });
      expect(await jobOf(lost)).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('not installed'),
      });
      expect(await database.db.$count(run)).toBe(0);
    },
  );

  test.skipIf(skip)(
    'wait behind those that are ready, and not behind those that wait themselves',
    async () => {
      await create(TRAIN, EXPORT, EVAL);
      const [id = ''] = await create(TRAIN);
      expect((await jobPage(id, WRITER))?.queue?.before).toBe(1);
      await taken();
      expect((await jobPage(id, WRITER))?.queue?.before).toBe(0);
    },
  );

  test.skipIf(skip)('are refused with a sentence where they cannot be done as asked', async () => {
    const bad = (chain: NewJobs['chain']) => create(...chain);
    await expect(bad([EXPORT])).rejects.toThrow('has none before it');
    await expect(bad([{ ...TRAIN, start: { kind: 'checkpoint', id: 'none' } }])).rejects.toThrow(
      'no checkpoint "none"',
    );
    const recipe = (toml: string) => ({ toml, overrides: {} });
    await expect(bad([{ ...TRAIN, recipe: recipe('kind = ') }])).rejects.toThrow('at line 1');
    await expect(bad([{ ...TRAIN, recipe: recipe('kind = "other"') }])).rejects.toThrow(
      "recipe: kind is 'other'; it may be 'tower' or 'sft' or 'grpo'",
    );
    await expect(bad([{ ...TRAIN, recipe: recipe(TOML.replace('lr', 'learning_rate')) }])).rejects.toThrow(
      'recipe: optimizer.lr: it is missing; optimizer.learning_rate: there is no such key',
    );
    await expect(
      bad([{ ...TRAIN, recipe: { toml: TOML, overrides: { 'rollout.group': 1 } } }]),
    ).rejects.toThrow('recipe: rollout.group: Input should be greater than or equal to 2 (is 1)');
    await expect(bad([{ ...TRAIN, kind: 'sft' }])).rejects.toThrow('is for a job of kind train, not sft');
    expect(await database.db.$count(job)).toBe(0);
  });

  test.skipIf(skip)('open to an agent by its own token, until it is revoked', async () => {
    const made = await createAgent('short-lived');
    const headers = new Headers({ authorization: `Bearer ${made.token}` });
    expect(await authoriseAgent(headers)).toEqual({ id: made.id, name: 'short-lived' });
    await revokeAgent(made.id);
    await expect(authoriseAgent(headers)).rejects.toMatchObject({ kind: 'not-signed-in' });
    await expect(authoriseAgent(new Headers())).rejects.toMatchObject({ kind: 'not-signed-in' });
    await create(TRAIN);
    const {
      job: { id },
      lease,
    } = await taken();
    const other = await createAgent('another');
    await expect(beat(other, id, lease)).rejects.toThrow(LeaseLost);
    await expect(beat(agent, id, 'another lease')).rejects.toThrow(LeaseLost);
  });
});
