import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { ToldEvent } from '@/lib/training/protocol';
import { storeBlob } from '../blobs';
import { DRIVERS, useTestDatabase } from '../db/test-databases';
import { describeJob } from './decide';
import { type ImportedRun, importRun, missingBlobs } from './import-run';
import { jobPage, listJobs } from './read-jobs';
import { curves, logOf, rollouts } from './read-told';

vi.hoisted(() => {
  process.env.OCEAN_DATA_DIR = `${process.env.TMPDIR ?? '/tmp'}/ocean-import-${process.pid}-${Date.now()}`;
  process.env.LOG_LEVEL = 'silent';
});
afterAll(() => rmSync(process.env.OCEAN_DATA_DIR ?? '', { recursive: true, force: true }));

const WRITER = { role: 'writer' } as const;
const ALL = { from: 0, to: 1e9 };
const response = {
  output: '3',
  cut: false,
  tokens: 1,
  finished: true,
  reward: 1,
  terms: {},
  failed: {},
  advantage: 0,
  trace: null,
};

describe.each(DRIVERS)('a run that was made without an agent, on $name', ({ skip, make }) => {
  useTestDatabase({ skip, make });

  const store = async (text: string) => storeBlob(new Blob([text]).stream(), null, 'checkpoint');
  const tell = async (...events: ToldEvent['event'][]) => {
    const at = new Date(0).toISOString();
    return (await store(events.map((event, seq) => `${JSON.stringify({ seq, at, event })}\n`).join('')))
      .sha256;
  };
  const metrics = (step: number) => ({ type: 'metrics' as const, step, values: { loss: step } });
  const runOf = (told: string, more: Partial<ImportedRun> = {}): ImportedRun => ({
    key: 'a'.repeat(64),
    name: 'By hand',
    note: '',
    public: true,
    spec: {
      kind: 'train',
      recipe: { toml: 'kind = "grpo"\nname = "x"\nstage = 1\n', overrides: {} },
      start: { kind: 'path', path: 'models/x' },
      rows: [],
    },
    state: 'cancelled',
    startedAt: new Date(0),
    endedAt: new Date(9_000),
    told,
    ...more,
  });

  test.skipIf(skip)('is here whole; imported again it is one, with what came since', async () => {
    const picture = await store('a picture');
    const weights = await store('weights');
    expect(await missingBlobs([picture.sha256, '0'.repeat(64)])).toEqual(['0'.repeat(64)]);
    const group = {
      row: 'r',
      dataSource: 's',
      prompt: [],
      images: [picture.sha256],
      groundTruth: '3',
      responses: [response],
    };
    const first = [
      { type: 'begin' as const, step: 0, steps: 200 },
      { type: 'log' as const, lines: ['one'] },
      ...Array.from({ length: 130 }, (_, n) => metrics(n + 1)),
      { type: 'rollouts' as const, step: 2, first: 0, groups: [group] },
      {
        type: 'files' as const,
        purpose: 'checkpoint' as const,
        step: 130,
        files: [{ path: 'state.json', ...weights }],
      },
    ];
    const id = await importRun(runOf(await tell(...first)), 'team');
    expect(await jobPage(id, WRITER)).toMatchObject({
      name: 'By hand',
      state: 'cancelled',
      step: 130,
      steps: 200,
      public: true,
      rolloutSteps: [2],
      metrics: ['loss'],
      files: [{ step: 130, path: 'state.json' }],
    });
    expect((await curves(id, WRITER, ['loss'], ALL, 1_000)).loss?.steps.length).toBe(130);
    expect((await rollouts(id, WRITER, 2, null, 'place', 0, 10)).total).toBe(1);
    expect(await logOf(id, WRITER, { limit: 10 })).toMatchObject([{ data: { lines: ['one'] } }]);

    await describeJob(id, { name: 'Renamed' });
    const told = await tell(...first, ...[131, 132].map(metrics));
    expect(await importRun(runOf(told, { state: 'succeeded' }), 'team')).toBe(id);
    expect(await jobPage(id, WRITER)).toMatchObject({ name: 'Renamed', state: 'succeeded', step: 132 });
    expect(await listJobs(WRITER, {}, null, 10)).toHaveLength(1);
    expect(await logOf(id, WRITER, { limit: 10 })).toHaveLength(1);
  });

  test.skipIf(skip)('is refused as a whole where a part of it is not here, or is none', async () => {
    const key = 'b'.repeat(64);
    const missing = { path: 'x', sha256: '0'.repeat(64), bytes: 1 };
    await expect(
      importRun(
        runOf(await tell(metrics(1), { type: 'files', purpose: 'checkpoint', step: 1, files: [missing] }), {
          key,
        }),
        'team',
      ),
    ).rejects.toThrow('is not here: send the file before it is told of');
    await expect(importRun(runOf((await store('{"seq":0}\n')).sha256, { key }), 'team')).rejects.toThrow(
      'Line 1 of what the run told is no event',
    );
    await expect(importRun(runOf('1'.repeat(64), { key }), 'team')).rejects.toThrow('is not here');
    expect(await jobPage(`run-${key.slice(0, 24)}`, WRITER)).toBeNull();
  });
});
