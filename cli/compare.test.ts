import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PackedSamples } from '@/lib/compare/packed-samples';
import type { StoredRun } from '@/lib/compare/stored-run';
import { type BundledCommand, bundleCommand, type Ended } from './bundled-command';

/** `ocean compare` as people call it: bundled, in a process of its own. */

let command: BundledCommand;
beforeAll(async () => {
  command = await bundleCommand();
  await file('counting.jsonl', samples);
  await file(
    'base.jsonl',
    predictions((i) => i % 2 === 0),
  );
  await file(
    'stage1.jsonl',
    predictions((i) => i % 4 !== 3),
  );
  await file(
    'stage2.jsonl',
    predictions((i) => i % 4 !== 3 || i < 40),
  );
  await file(
    'worse.jsonl',
    predictions((i) => i % 2 === 0 && i > 30),
  );
});
afterAll(() => command.remove());

const ocean = (...args: readonly string[]): Promise<Ended> =>
  command.start(args, { OCEAN_DATA_DIR: join(command.folder, 'data') }).ended;
const file = (name: string, rows: readonly unknown[]) =>
  writeFile(join(command.folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const gold = (i: number) => 3 + (i % 8);
const samples = Array.from({ length: 200 }, (_, i) => ({
  image_path: `./images/made_up_${i}.png`,
  question: 'How many different items are there in the image?',
  ground_truth: gold(i),
}));
/** In the order of the samples, as their ids are places. */
const predictions = (isRight: (i: number) => boolean, count = 200) =>
  Array.from({ length: count }, (_, i) => ({
    sample_id: String(i),
    output: `<answer>${gold(i) + Number(!isRight(i))}</answer>`,
  }));

const TARGET = ['--benchmark', 'superclevr-200', '--data', 'counting.jsonl'];

describe('of files', () => {
  it('says what was gained, how sure that is, and what became of the samples', async () => {
    const { code, out } = await ocean('compare', 'base.jsonl', 'stage1.jsonl', 'stage2.jsonl', ...TARGET);
    expect(code).toBe(0);
    expect(out).toContain(
      'stage1 answers 25.0 points more than base (19.5 to 31.4; p < 0.001); 50 fixed, 0 broken.',
    );
    expect(out).toMatch(/stage2 answers 30\.0 points more than base \(.*60 fixed, 0 broken\./);
    expect(out).toMatch(/From run to run.*\n {2}Samples +base +stage1 +stage2\n {2}0 +right +right +wrong\n/);
    expect(out).toMatch(/\n {2}50 +wrong +right +right\n/);
    expect(out).toContain("Tango's score interval");
  });

  it('is the same in JSON, CSV and Markdown', async () => {
    const args = ['compare', 'base.jsonl', 'stage1.jsonl', ...TARGET];
    const json = JSON.parse((await ocean(...args, '--json')).out);
    expect(json.sets).toHaveLength(1);
    const [{ comparisons, sentences, runs }] = json.sets;
    expect(comparisons).toEqual([
      expect.objectContaining({
        ...{ benchmark: 'superclevr-200', split: 'test', tag: null, baseline: 'base', run: 'stage1' },
        ...{
          samples: 200,
          difference: 25,
          fixed: 50,
          broken: 0,
          both_right: 100,
          both_wrong: 50,
          method: 'tango',
        },
      }),
    ]);
    expect(comparisons[0].p_exact).toBeCloseTo(2 ** -49, 20);
    expect(runs.map((run: { percent: number }) => run.percent)).toEqual([50, 75]);
    const { out: csv } = await ocean(...args, '--csv');
    const [header = '', row = '', ...more] = csv.trimEnd().split('\n');
    expect(more).toEqual([]);
    expect(header.split(',')).toEqual(Object.keys(comparisons[0]));
    expect(row.split(',').map((cell) => (cell === '' ? 'null' : cell))).toEqual(
      Object.values(comparisons[0]).map(String),
    );
    const { out: markdown } = await ocean(...args, '--markdown');
    expect(markdown).toContain(sentences[0]);
    expect(markdown).toMatch(/\| stage1 \| 75\.0 \| .* \| \+25\.0 \| \+19\.5 to \+31\.4 \| < 0\.001 \|/);
  });

  it('takes another of them for the baseline', async () => {
    const { out } = await ocean(
      'compare',
      'base.jsonl',
      'stage1.jsonl',
      '--baseline',
      'stage1.jsonl',
      ...TARGET,
    );
    expect(out).toMatch(/base answers 25\.0 points fewer than stage1 \(19\.5 to 31\.4;/);
  });

  it('ends a build where a run is worse by so much and beyond chance, and where one could not be compared', async () => {
    const compare = (...args: string[]) => ocean('compare', ...args, ...TARGET);
    const worse = await compare('base.jsonl', 'worse.jsonl', '--fail-if-worse', '5');
    expect(worse.code).toBe(5);
    expect(worse.error).toMatch(/worse than the baseline by 5 points or more, beyond chance: worse on/);
    expect((await compare('base.jsonl', 'worse.jsonl', '--fail-if-worse', '9')).code).toBe(0);
    expect((await compare('base.jsonl', 'stage1.jsonl', '--fail-if-worse', '0')).code).toBe(0);
    // One sample of 200 is chance.
    await file(
      'chance.jsonl',
      predictions((i) => i % 2 === 0 && i > 0),
    );
    expect((await compare('base.jsonl', 'chance.jsonl', '--fail-if-worse', '0')).code).toBe(0);
    const twice = await compare('base.jsonl', 'stage1.jsonl', 'base.jsonl', '--fail-if-worse', '0');
    expect(twice.code).toBe(2);
    expect(twice.error).toMatch(/not everything was compared: base is the same run as base/);
  });

  it('counts missing samples as wrong and compares the rest beside', async () => {
    await file(
      'half.jsonl',
      predictions(() => true, 100),
    );
    const { out } = await ocean('compare', 'base.jsonl', 'half.jsonl', ...TARGET);
    expect(out).toMatch(/half answers as many samples as base \(.*; 50 fixed, 50 broken\./);
    expect(out).toContain('half: 100 of 200 samples have no prediction and count as wrong.');
    expect(out).toMatch(
      /Of the 100 samples that all have a prediction for: half answers 50\.0 points more than base/,
    );
  });

  it('of one sample, of the same and of nothing in common says so', async () => {
    await file('one.jsonl', samples.slice(0, 1));
    const one = await ocean(
      'compare',
      'base.jsonl',
      'stage1.jsonl',
      '--benchmark',
      'superclevr-200',
      '--data',
      'one.jsonl',
    );
    expect(one.out).toContain('One sample says nothing of others: stage1 answers it, base answers it.');
    await file(
      'copy.jsonl',
      predictions((i) => i % 2 === 0),
    );
    const same = await ocean('compare', 'base.jsonl', 'copy.jsonl', ...TARGET);
    expect(same).toMatchObject({ code: 2, out: '' });
    expect(same.error).toMatch(/copy is the same run as base/);
    const five = ['base', 'stage1', 'stage2', 'worse', 'half'].map((name) => `${name}.jsonl`);
    const { code, out } = await ocean('compare', ...five, ...TARGET);
    expect(code).toBe(0);
    expect(out).toContain('half is one too many: at most 4 runs are compared with each other.');
    expect(out).toContain('worse answers');
  });

  it.each([
    [['base.jsonl'], /name two runs at least/],
    [
      ['base.jsonl', 'stage1.jsonl', '--baseline', 'x'],
      /--baseline x is none of the runs: base\.jsonl, stage1\.jsonl/,
    ],
    [['base.jsonl', 'stage1.jsonl', '--json', '--csv'], /choose one of/],
    [['base.jsonl', 'stage1.jsonl', '--fail-if-worse', 'much'], /a number of percentage points/],
    [['base.jsonl', 'stage1.jsonl', '--server', 'here'], /say which server/],
  ])('refuses %j with one line', async (args, words) => {
    const { code, out, error } = await ocean('compare', ...args, ...TARGET);
    expect(error).toMatch(words);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect([code, out]).toEqual([2, '']);
  });
});

describe('of runs of a server', () => {
  const stored = (id: string, changes: Partial<StoredRun> = {}): StoredRun => ({
    id,
    model: { slug: id, name: `Model ${id}` },
    checkpoint: { id, stage: 'stage2', step: null },
    benchmark: 'math-vista',
    split: 'testmini',
    source: 'upload',
    state: 'published',
    scorer: 'math-vista/official@1',
    data: 'd1',
    figure: { value: 50, interval: { low: 45, high: 55, level: 0.95, method: 'wilson' } },
    generation: null,
    // All is right by b, half by a.
    outcomes: id === 'b' ? '00000000' : '01010101',
    ...changes,
  });
  const RUNS: Readonly<Record<string, StoredRun>> = {
    a: stored('a'),
    b: stored('b'),
    paper: stored('paper', {
      source: 'reported',
      split: null,
      data: null,
      outcomes: null,
      figure: { value: 60, interval: { low: 56, high: 64, level: 0.95, method: 'wilson-reported' } },
    }),
    old: stored('old', { data: 'd0' }),
    strict: stored('strict', { scorer: 'math-vista/vlmevalkit@1' }),
    blind: stored('blind', { generation: { images: 'none' }, state: 'withdrawn' }),
    failed: stored('failed', { state: 'failed', outcomes: null }),
  };
  /** Four pictures, each asked about twice. */
  const groups: PackedSamples = {
    count: 8,
    clusters: [0, 0, 1, 1, 2, 2, 3, 3],
    tags: { task: { values: ['even', 'odd'], of: [0, 1, 0, 1, 0, 1, 0, 1] } },
  };

  async function withServer(use: (address: string) => Promise<void>) {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const { id } = JSON.parse(url.searchParams.get('input') ?? '{}').json;
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.headers.authorization !== undefined) return answer(401, {});
      const data = url.pathname.endsWith('runs.outcomes') ? RUNS[id] : groups;
      if (data !== undefined) return answer(200, { result: { data: { json: data } } });
      const error = {
        message: `There is no run "${id}".`,
        code: -32004,
        data: { code: 'NOT_FOUND', httpStatus: 404 },
      };
      return answer(404, { error: { json: error } });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the test server has no port');
    try {
      await use(`http://127.0.0.1:${address.port}/`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('reads all their verdicts without a token, and knows which samples share a picture', async () => {
    await withServer(async (server) => {
      const { code, out } = await ocean('compare', 'a', 'b', '--server', server, '--json');
      expect(code).toBe(0);
      const [set] = JSON.parse(out).sets;
      expect(set).toMatchObject({
        benchmark: 'math-vista',
        split: 'testmini',
        scorer: 'math-vista/official@1',
        baseline: 'Model a stage 2',
      });
      expect(set.comparisons[0]).toMatchObject({
        ...{ samples: 8, images: 4, fixed: 4, broken: 0, p_exact: null, method: 'tango-clustered' },
      });
      expect(set.comparisons.map(({ value }: { value: string }) => value)).toEqual([null, 'even', 'odd']);
    });
  });

  it('compares a figure that is only reported as such', async () => {
    await withServer(async (server) => {
      const { out } = await ocean('compare', 'a', 'paper', 'b', '--server', server);
      expect(out).toMatch(
        /Model paper stage 2 has 10\.0 points more than Model a stage 2 \(.*not sample by sample/,
      );
      expect(out).toMatch(/Model b stage 2 .*4 fixed, 0 broken/);
    });
  });

  it('compares what can be compared, and says of each other why not', async () => {
    await withServer(async (server) => {
      const compare = (...runs: string[]) => ocean('compare', ...runs, '--server', server);
      const { code, out } = await compare('a', 'b', 'old', 'strict');
      expect(code).toBe(0);
      expect(out).toContain(
        'Model old stage 2 was scored on another version of math-vista testmini than Model a stage 2',
      );
      expect(out).toContain(
        'Model strict stage 2 was scored by math-vista/vlmevalkit@1 and Model a stage 2 by math-vista/official@1',
      );
      const lost = await compare('a', 'b', 'failed', 'nobody');
      expect(lost.code).toBe(0);
      expect(lost.out).toContain('(failed) has no verdicts: its scoring failed.');
      expect(lost.out).toContain('There is no run "nobody".');
      const none = await compare('a', 'nobody');
      expect(none).toMatchObject({ code: 2, out: '' });
      expect(none.error).toMatch(
        /There is no run "nobody"\. Model a stage 2 is the only run of math-vista testmini/,
      );
      const other = await compare('a', 'b', '--benchmark', 'refcoco');
      expect(other.error).toMatch(/a is of math-vista, not of refcoco/);
    });
  });

  it('says which was made without pictures, and which was withdrawn since', async () => {
    await withServer(async (server) => {
      const { out } = await ocean('compare', 'blind', 'b', '--server', server);
      expect(out).toContain('Model b stage 2 cannot be told from Model blind stage 2 without pictures:');
      expect(out).toContain('without pictures saw none of the pictures: what it answers is answered without');
      expect(out).toContain('without pictures was withdrawn since.');
    });
  });
});
