import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnnotationError, type Benchmark, type Split } from '@/lib/benchmarks/benchmark';
import { countScorer } from '@/lib/scoring/count';
import {
  BenchmarkDataError,
  ensureInstalled,
  imagePath,
  install,
  installed,
  installedSplit,
  readInstalled,
} from './index';

const small: Split = {
  id: 'small',
  label: 'small',
  sampleCount: 2,
  source: { kind: 'published', url: '' },
  knownSha256: [],
};
const smallFile = '{"q":"one?","a":1}\n{"q":"two?","a":2}\n';
const large: Split = {
  id: 'large',
  label: 'large',
  sampleCount: 3,
  source: { kind: 'published', url: '' },
  knownSha256: [createHash('sha256').update(`${smallFile}{"q":"three?","a":3}\n`).digest('hex')],
};
const largeFile = `${smallFile}{"q":"three?","a":3}\n`;

/** A benchmark of JSON lines, so that these tests are about the data folder and not about a format. */
const counting: Benchmark = {
  id: 'superclevr',
  name: 'Counting',
  shortName: 'Counting',
  ability: '',
  description: '',
  splits: [small, large],
  prompts: [],
  maxNewTokens: null,
  licence: '',
  sources: [],
  breakdowns: [],
  headline: { kind: 'accuracy', label: 'accuracy' },
  secondary: [],
  scorers: [countScorer],
  caveats: [],
  readAnnotations: async (file) =>
    new TextDecoder()
      .decode(file.bytes)
      .trimEnd()
      .split('\n')
      .map((line, i) => {
        if (!line.startsWith('{')) throw new AnnotationError(`${file.name}, row ${i + 1}: not JSON`);
        const { q, a } = JSON.parse(line);
        return {
          sampleId: String(i + 1),
          question: q,
          options: null,
          gold: a,
          tags: {},
          image: null,
          cluster: q,
        };
      }),
};

/** A split that writes itself, and counts how often it does. */
function generatedSplit(version: string): { split: Split; written: () => number } {
  let written = 0;
  const source: Split['source'] = {
    kind: 'generated',
    version,
    async *lines() {
      written++;
      yield* smallFile.trimEnd().split('\n');
    },
    picture: async () => null,
    prompt: ({ question }) => question,
  };
  return { split: { ...small, source }, written: () => written };
}

let folder: string;
let dataDir: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ocean-benchmarks-')));
  dataDir = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe('install', () => {
  it('fetches the file from where it is published, and takes it only with a sha256 that is known', async () => {
    let served = largeFile;
    const server = createServer((_, response) => response.end(served)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rows.jsonl`;
    const split: Split = { ...large, source: { kind: 'published', url } };
    const benchmark: Benchmark = { ...counting, splits: [split] };
    const [data] = await install(dataDir, benchmark, null, null);
    expect(data).toMatchObject({ source: url, known: true, sampleCount: 3 });

    served = largeFile.replace('three?', 'four?');
    await expect(install(dataDir, benchmark, split, null)).rejects.toThrow(
      /is not the file that is known here/,
    );
    expect(await installed(dataDir)).toEqual([data]);
    // Named by whoever wants it, it is taken.
    expect(await install(dataDir, benchmark, split, url)).toMatchObject([{ known: false }]);
    server.close();
  });

  it('keeps the file as published, with where it came from', async () => {
    const [data] = await install(dataDir, counting, small, await file('rows.jsonl', smallFile));
    expect(data).toMatchObject({
      benchmark: 'superclevr',
      split: 'small',
      source: 'rows.jsonl',
      sampleCount: 2,
      bytes: smallFile.length,
      known: false,
      imagesDir: null,
    });
    expect(await installed(dataDir)).toEqual([data]);
    const read = await readInstalled(dataDir, counting, small);
    expect(read?.samples.map((sample) => sample.gold)).toEqual([1, 2]);
    const kept = join(dataDir, 'benchmarks', 'superclevr', 'small', data?.file ?? '');
    expect(await readFile(kept, 'utf8')).toBe(smallFile);
  });

  it('says which splits a file is where none is asked for, and whether it is a published one', async () => {
    const [data, ...none] = await install(dataDir, counting, null, await file('rows.jsonl', largeFile));
    expect(none).toEqual([]);
    expect(data).toMatchObject({ split: 'large', known: true });
  });

  it('takes every split out of a zip', async () => {
    const zip = zipSync({
      'a/large.jsonl': strToU8(largeFile),
      'a/small.jsonl': strToU8(smallFile),
      'a/readme.txt': strToU8('no'),
    });
    const found = await install(dataDir, counting, null, await file('all.zip', zip));
    expect(found.map((data) => [data.split, data.source])).toEqual([
      ['small', 'all.zip'],
      ['large', 'all.zip'],
    ]);
  });

  it('replaces an older install, leaves nothing of it, and keeps the images', async () => {
    await mkdir(join(folder, 'images'));
    await install(dataDir, counting, small, await file('a.jsonl', smallFile), join(folder, 'images'));
    const other = smallFile.replace('one?', 'uno?');
    const [data] = await install(dataDir, counting, small, await file('b.jsonl', other));
    expect(data?.imagesDir).toBe(join(folder, 'images'));
    expect(await readdir(join(dataDir, 'benchmarks', 'superclevr', 'small'))).toEqual(
      [data?.file, 'manifest.json'].sort(),
    );
  });

  it('refuses another count, a bad row, an empty file, a web page, a damaged zip and a missing file', async () => {
    const refused = async (name: string, content: string | Uint8Array, split: Split | null = small) =>
      install(dataDir, counting, split, await file(name, content)).then(
        () => 'installed',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    expect(await refused('count.jsonl', largeFile)).toBe(
      'AnnotationError: count.jsonl has 3 samples, small of superclevr has 2',
    );
    expect(await refused('row.jsonl', '{"q":"one?","a":1}\nnope\n')).toBe(
      'AnnotationError: row.jsonl, row 2: not JSON',
    );
    expect(await refused('none.jsonl', '{"q":"one?","a":1}\n', null)).toMatch(
      /^BenchmarkDataError: none.jsonl has none of the splits of superclevr: small \(2 samples\), large \(3 samples\)/,
    );
    expect(await refused('empty.jsonl', '')).toMatch(/is empty/);
    expect(await refused('page.html', '<!DOCTYPE html><html></html>')).toMatch(/is a web page/);
    expect(await refused('bad.zip', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(40)]))).toMatch(
      /damaged zip/,
    );
    await expect(install(dataDir, counting, small, join(folder, 'nowhere'))).rejects.toThrow(
      /there is no such file/,
    );
    await expect(
      install(dataDir, counting, small, await file('c.jsonl', smallFile), join(folder, 'c.jsonl')),
    ).rejects.toThrow(/is not a folder/);
    expect(await installed(dataDir)).toEqual([]);
  });

  it('notices a file or a manifest that was changed after it was installed', async () => {
    const [data] = await install(dataDir, counting, small, await file('rows.jsonl', smallFile));
    const dir = join(dataDir, 'benchmarks', 'superclevr', 'small');
    await writeFile(join(dir, data?.file ?? ''), largeFile);
    await expect(readInstalled(dataDir, counting, small)).rejects.toThrow(/not the file that was installed/);
    await writeFile(join(dir, 'manifest.json'), '{"file":"../../etc/passwd"}');
    await expect(installed(dataDir)).rejects.toThrow(BenchmarkDataError);
  });

  it('reads nothing where nothing is installed', async () => {
    expect(await installed(dataDir)).toEqual([]);
    expect(await readInstalled(dataDir, counting, small)).toBeNull();
  });
});

describe('a generated split', () => {
  it('is written where it is first asked for, once however many ask', async () => {
    const { split, written } = generatedSplit('world 1');
    expect(await installedSplit(dataDir, counting.id, split.id)).toBeNull();
    const [data] = await Promise.all([
      ensureInstalled(dataDir, counting, split),
      ensureInstalled(dataDir, counting, split),
    ]);
    const read = await readInstalled(dataDir, counting, split);
    expect(read?.samples.map(({ question }) => question)).toEqual(['one?', 'two?']);
    expect(data).toMatchObject({ source: 'world 1', known: true, sampleCount: 2 });
    expect(await ensureInstalled(dataDir, counting, split)).toEqual(data);
    expect(written()).toBe(1);
  });

  it('is written anew in another version, and nothing of the old one stays', async () => {
    await ensureInstalled(dataDir, counting, generatedSplit('world 1').split);
    const next = await ensureInstalled(dataDir, counting, generatedSplit('world 2').split);
    expect(next?.source).toBe('world 2');
    expect(await readdir(join(dataDir, 'benchmarks', counting.id, small.id))).toEqual(
      [next?.file, 'manifest.json'].sort(),
    );
  });

  it('is refused where it has another number of samples than it says', async () => {
    const { split } = generatedSplit('world 1');
    await expect(ensureInstalled(dataDir, counting, { ...split, sampleCount: 3 })).rejects.toThrow(
      /has 2 samples, small of superclevr has 3/,
    );
    expect(await installed(dataDir)).toEqual([]);
  });

  it('has its pictures drawn as they are asked for, and kept', async () => {
    const path = (image: string) => imagePath(dataDir, 'ocean-world', 'test', image);
    const drawn = await path('text-000009.png');
    expect((await readFile(drawn ?? '')).subarray(1, 4).toString()).toBe('PNG');
    await writeFile(drawn ?? '', 'kept');
    expect(await readFile((await path('text-000009.png')) ?? '', 'utf8')).toBe('kept');
    for (const none of ['text-000008.png', 'text-002009.png', '../text-000009.png', 'text-000009', ''])
      expect(await path(none), none).toBeNull();
  });
});

describe('install from an address', () => {
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.startsWith('/rows.jsonl')) response.end(smallFile);
      else if (request.url === '/moved') response.writeHead(302, { location: '/rows.jsonl' }).end();
      else if (request.url === '/cut')
        response.writeHead(200, { 'content-length': '99' }).write('{"q"', () => response.destroy());
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as AddressInfo;
    origin = `http://127.0.0.1:${address.port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('downloads, follows redirects, and records no query', async () => {
    const [data] = await install(dataDir, counting, small, `${origin}/rows.jsonl?token=secret`);
    expect(data).toMatchObject({ source: `${origin}/rows.jsonl`, sampleCount: 2 });
    const [moved] = await install(dataDir, counting, small, `${origin}/moved`);
    expect(moved?.sha256).toBe(data?.sha256);
  });

  it('says what stands in the way', async () => {
    const refusal = (from: string) =>
      install(dataDir, counting, small, from).then(
        () => 'installed',
        (error: Error) => error.message,
      );
    expect(await refusal(`${origin}/nowhere`)).toMatch(/answered 404 Not Found: check the address/);
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    expect(await refusal(`http://127.0.0.1:${port}/rows.jsonl`)).toMatch(/cannot reach .*refused/);
    expect(await refusal('https://')).toMatch(/is not an address/);
    expect(await refusal(`${origin}/cut`)).toMatch(/cannot reach/);
    expect(await installed(dataDir)).toEqual([]);
  });
});

describe('imagePath', () => {
  it('finds an image by its path or its name, and nothing outside of the folder', async () => {
    const images = join(folder, 'images');
    await mkdir(join(images, 'deep'), { recursive: true });
    await file('images/a.png', 'a');
    await file('images/deep/b.png', 'b');
    const secret = await file('secret.txt', 's');
    await symlink(secret, join(images, 'link.png'));
    await symlink(join(images, 'a.png'), join(images, 'inside.png'));
    await install(dataDir, counting, small, await file('rows.jsonl', smallFile), images);
    const path = (image: string, split = 'small') => imagePath(dataDir, 'superclevr', split, image);

    expect(await path('a.png')).toBe(join(images, 'a.png'));
    expect(await path('./Geo170K/images/a.png')).toBe(join(images, 'a.png'));
    expect(await path('deep/b.png')).toBe(join(images, 'deep', 'b.png'));
    expect(await path('inside.png')).toBe(join(images, 'a.png'));
    for (const outside of [
      '../secret.txt',
      'deep/../../secret.txt',
      secret,
      'link.png',
      '',
      '.',
      '..',
      'deep',
      'a.png\0.txt',
    ])
      expect(await path(outside), outside).toBeNull();
    expect(await path('a.png', 'large')).toBeNull();
    expect(await path('a.png', '../small')).toBeNull();
  });
});
