import { existsSync } from 'node:fs';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TASKS } from '@/lib/world/question';
import { COLOURS, splitOf } from '@/lib/world/scene';
import { type BundledCommand, bundleCommand, type Ended } from './bundled-command';
import { type Manifest, readManifest } from './world-manifest';

let command: BundledCommand;
beforeAll(async () => {
  command = await bundleCommand();
});
afterAll(() => command.remove());

const world = (...args: readonly string[]): Promise<Ended> => command.start(['world', ...args]).ended;
const inFolder = (...path: readonly string[]) => join(command.folder, ...path);

function manifestOf(folder: string): Manifest {
  const manifest = readManifest(inFolder(folder));
  if (manifest === null) throw new Error(`${folder} has no manifest`);
  return manifest;
}

/** The columns as they stand in the file. */
interface Row {
  data_source: string;
  prompt: { role: string; content: string }[];
  images: { bytes: Uint8Array; path: string }[];
  ability: string;
  reward_model: { style: string; ground_truth: string };
  extra_info: {
    index: bigint;
    answer: string;
    question: string;
    reward_func: string;
    image_paths: string[];
    solution: string;
    accepted: string[];
    objects: {
      shape: string;
      colour: string;
      material: string;
      size: string;
      x1: bigint;
      y1: bigint;
      x2: bigint;
      y2: bigint;
    }[];
    task: string;
    kind: string;
    difficulty: bigint;
    split: string;
    seed: bigint;
    size: bigint;
    world_version: bigint;
  };
}

async function rowsOf(folder: string): Promise<Row[]> {
  const rows: unknown[] = [];
  for (const { file } of manifestOf(folder).shards) {
    const content = await readFile(inFolder(folder, file));
    const bytes = Uint8Array.from(content).buffer;
    rows.push(...(await parquetReadObjects({ file: bytes, compressors, utf8: false })));
  }
  return rows as Row[];
}

/** Width and height as a PNG's header says them, its signature checked. */
function pngSides(bytes: Uint8Array): number[] {
  expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('ocean world', () => {
  it('writes rows of all tasks that keep every rule of the form', async () => {
    const { code, out } = await world('--count', '200', '--size', '96', '--seed', '3', '--out', 'all');
    expect(code).toBe(0);
    expect(out).toMatch(/^200 rows in 1 shards, \d+\.\d MB, in all\n$/);
    expect(manifestOf('all').rows_by_task).toEqual(Object.fromEntries(TASKS.map((task) => [task, 20])));

    const rows = await rowsOf('all');
    expect(rows).toHaveLength(200);
    for (const [i, { data_source, prompt, images, ability, reward_model, extra_info }] of rows.entries()) {
      expect(data_source).toBe(`ocean-world/${extra_info.task}`);
      expect(ability).not.toBe('');
      expect(prompt.map(({ role }) => role)).toEqual(['user']);
      expect(prompt[0]?.content.split('<image>')).toHaveLength(images.length + 1);
      expect(images.map(({ path }) => path)).toEqual(extra_info.image_paths);
      for (const { bytes } of images) expect(pngSides(bytes)).toEqual([96, 96]);
      expect(reward_model).toEqual({ style: 'rule', ground_truth: extra_info.answer });
      expect(extra_info).toMatchObject({ index: BigInt(i), split: 'train', size: 96n });
      expect(splitOf(Number(extra_info.seed))).toBe('train');
      const isOfSolids = ['counting', 'existence', 'relation', 'depth', 'distance', 'referring'].includes(
        extra_info.task,
      );
      expect(extra_info.objects.length > 0).toBe(isOfSolids);
      for (const { colour, x1, y1, x2, y2 } of extra_info.objects) {
        expect(COLOURS).toContain(colour);
        expect(0n <= x1 && x1 < x2 && x2 <= 96n && 0n <= y1 && y1 < y2 && y2 <= 96n).toBe(true);
      }
      expect(Number(extra_info.difficulty)).toBeGreaterThanOrEqual(1);
      expect(extra_info.solution).toMatch(/^<think>.+<\/think>\n<answer>.+<\/answer>$/s);
      expect(extra_info.accepted[0]).toBe(extra_info.answer);
      expect(extra_info.reward_func).toBe(extra_info.task === 'referring' ? 'iou' : 'acc');
      if (extra_info.reward_func === 'acc') continue;
      const [left = -1, top = -1, right = 0, bottom = 0]: number[] = JSON.parse(reward_model.ground_truth);
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(right).toBeGreaterThan(left);
      expect(bottom).toBeGreaterThan(top);
      expect(Math.max(right, bottom)).toBeLessThanOrEqual(96);
    }
    expect(new Set(rows.map(({ extra_info }) => extra_info.seed)).size).toBe(200);
  });

  it('writes the same bytes with any number of threads', async () => {
    const rows = ['--task', 'text', '--count', '250', '--size', '96', '--image', 'jpeg'];
    await world(...rows, '--threads', '1', '--out', 'one-thread');
    await world(...rows, '--threads', '3', '--out', 'three-threads');
    expect(manifestOf('three-threads')).toEqual(manifestOf('one-thread'));
    expect(manifestOf('one-thread').shards).toHaveLength(1);
  });

  it('goes on with the shards that are missing or not whole, and with nothing but the same rows', async () => {
    const rows = ['--task', 'text', '--count', '2001', '--size', '96', '--out', 'resumed'];
    await world(...rows);
    const before = manifestOf('resumed');
    expect(before.shards.map(({ rows }) => rows)).toEqual([2000, 1]);
    const [first, second] = before.shards.map(({ file }) => inFolder('resumed', file));
    const written = (await stat(first ?? '')).mtimeMs;
    await truncate(second ?? '', 1000);
    await writeFile(`${second}.part`, 'of a command that was killed');
    const again = await world(...rows);
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^2,001 rows in 2 shards/) });
    expect(manifestOf('resumed')).toEqual(before);
    expect((await stat(first ?? '')).mtimeMs).toBe(written);
    expect(await readdir(inFolder('resumed'))).toEqual([
      'manifest.json',
      'train-00000-of-00002.parquet',
      'train-00001-of-00002.parquet',
    ]);
    expect(await world(...rows)).toMatchObject({ out: expect.stringMatching(/^already there: 2,001 rows/) });

    const other = await world(...rows.with(5, '128'));
    expect(other).toMatchObject({ code: 2, out: '' });
    expect(other.error).toBe(
      'ocean: resumed holds rows of --size 96, and these would be of --size 128: name another folder with --out\n',
    );
  });

  it('stops when it is told to and leaves no shard that is not whole', async () => {
    const { child, ended } = command.start(['world', '--count', '5000', '--out', 'stopped']);
    const files = async () => (existsSync(inFolder('stopped')) ? await readdir(inFolder('stopped')) : []);
    await vi.waitUntil(async () => (await files()).some((name) => /^train-.*\.part$/.test(name)), {
      timeout: 30_000,
      interval: 20,
    });
    child.kill('SIGINT');
    const { code, error } = await ended;
    expect(code).toBe(130);
    expect(error).toMatch(/stopped; the same command goes on/);
    expect(await files()).toEqual(['manifest.json']);
    expect(manifestOf('stopped').shards).toEqual([]);
  });

  it.each([
    [[], /say how many rows: --count N/],
    [['--count', '10'], /say where to: --out DIR/],
    [['--count', '0', '--out', 'x'], /--count is a whole number from 1 to .*, not "0"/],
    [['--count=-5', '--out', 'x'], /--count is .*, not "-5"/],
    [['--count', '10', '--out', 'x', '--task', 'counting,chess'], /--task is one of counting, .*not "chess"/],
    [['--count', '10', '--out', 'x', '--split', 'dev'], /--split is one of train, .*not "dev"/],
    [['--count', '10', '--out', 'x', '--size', '64'], /--size is a whole number from 96 to 512, not "64"/],
    [['--count', '10', '--out', 'x', '--size', '1024'], /--size is .*, not "1024"/],
    [['--count', '10', '--out', 'x', '--seed', '2251799'], /--seed is .* to 2,251,798, not "2251799"/],
    [['--count', '10', '--out', 'x', '--image', 'gif'], /--image is one of png, jpeg, none, not "gif"/],
    [['--count', '10', '--out', 'x', '--quality', '90'], /--quality is for --image jpeg/],
    [
      ['--count', '10', '--out', 'x', '--image', 'none'],
      /--image none is for --task geometry,chart,table,text/,
    ],
    [['--count', '10', '--out', 'x', '--image', 'none', '--task', 'table'], /give --places/],
  ])('refuses %j in one line', async (args, line) => {
    const { code, out, error } = await world(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(line);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(inFolder('x'))).toBe(false);
  });

  it('puts nothing beside rows or a manifest of another origin', async () => {
    const refused = async () => (await world('--count', '10', '--out', 'dist')).error;
    await writeFile(inFolder('dist', 'other.parquet'), '');
    expect(await refused()).toMatch(/dist holds other\.parquet but no manifest of this command/);
    await writeFile(inFolder('dist', 'manifest.json'), '{}');
    expect(await refused()).toMatch(/manifest\.json is no manifest of this command/);
  });

  it('says in one line what the system refuses', async () => {
    await writeFile(inFolder('a-file'), '');
    const { code, error } = await world('--count', '10', '--out', 'a-file');
    expect(code).toBe(1);
    expect(error).toMatch(/^ocean: cannot write to a-file: EEXIST: .*\n$/);
  });
});
