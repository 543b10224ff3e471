import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import type { Benchmark, GeneratedSource, Split } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import type { Sample } from '@/lib/samples/sample';
import { makeFolder } from '../make-folder';
import { processWide } from '../process-wide';
import { readSource } from './annotation-source';
import type { DownloadProgress } from './download';
import { type Identified, identify, readSplit } from './identify';
import { BenchmarkDataError, isSystemError } from './source-error';

/**
 * Installed annotations: `<dataDir>/benchmarks/<benchmark>/<split>/` holds the annotation file, as it was published or
 * generated, and `manifest.json`, which names it. The manifest is renamed into place last, so a reader sees the old or the new install.
 */
const manifest = z.object({
  benchmark: z.string(),
  split: z.string(),
  /** Name within the folder. */
  file: z.string().regex(/^[\w.-]+$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Whether the sha256 is that of a published file that the benchmark knows. */
  known: z.boolean(),
  /** Where it came from: an address, the name of a local file, or the version that generates it. */
  source: z.string(),
  bytes: z.number().int().positive(),
  sampleCount: z.number().int().positive(),
  installedAt: z.iso.datetime(),
  /** The folder of the benchmark's images, where there is one. */
  imagesDir: z.string().nullable(),
});
export type InstalledData = Readonly<z.infer<typeof manifest>>;

const ID = /^[\w-]+$/;

/** Ids come from addresses and arguments too: whatever is no plain name has no folder. */
export function splitDir(dataDir: string, benchmark: string, split: string): string | null {
  return ID.test(benchmark) && ID.test(split) ? join(dataDir, 'benchmarks', benchmark, split) : null;
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/**
 * Installs the annotations of one split, or where none is asked for of all that the file holds (a zip may hold several).
 * What is installed stays as it was unless all of it is right.
 *
 * @param from - path or http(s) address of the published file, or a zip of it; null for where it is published, from where
 *   it is taken only with a sha256 that is known, if any is
 * @throws BenchmarkDataError, AnnotationError
 */
export async function install(
  dataDir: string,
  benchmark: Benchmark,
  split: Split | null,
  from: string | null,
  imagesDir: string | null = null,
  onProgress?: (progress: DownloadProgress) => void,
): Promise<readonly InstalledData[]> {
  const images = imagesDir === null ? null : await folder(imagesDir);
  const source = await readSource(
    from ?? publishedAddress(benchmark, split),
    downloadsDir(dataDir),
    onProgress,
  );
  const found = await identify(benchmark, source, split);
  if (from === null) for (const each of found) requireKnown(each, source.label);
  const installs: InstalledData[] = [];
  for (const each of found) installs.push(await keep(dataDir, benchmark, each, source.label, images));
  return installs;
}

/** Where downloads wait that were cut. */
export const downloadsDir = (dataDir: string): string => join(dataDir, 'downloads');

/** Where a split is published, or the first where none is named. @throws BenchmarkDataError where it is generated */
function publishedAddress(benchmark: Benchmark, split: Split | null): string {
  const { id, source } = split ?? benchmark.splits[0];
  if (source.kind === 'generated')
    throw new BenchmarkDataError(`${id} of ${benchmark.id} is generated here: it is published nowhere`);
  return source.url;
}

function requireKnown({ split, file }: Identified, label: string): void {
  const sha256 = hash(file.bytes);
  if (split.knownSha256.length === 0 || split.knownSha256.includes(sha256)) return;
  throw new BenchmarkDataError(
    `${label} is not the file that is known here: its sha256 is ${sha256}, not ${split.knownSha256.join(' or ')}. Its authors may have changed it; to install it all the same, name it: --from`,
  );
}

async function keep(
  dataDir: string,
  benchmark: Benchmark,
  { split, file, samples }: Identified,
  source: string,
  images: string | null,
): Promise<InstalledData> {
  const dir = splitDir(dataDir, benchmark.id, split.id);
  if (dir === null) throw new BenchmarkDataError(`${benchmark.id}/${split.id} cannot name a folder`);
  const sha256 = hash(file.bytes);
  const before = await readManifest(dir);
  const data: InstalledData = {
    benchmark: benchmark.id,
    split: split.id,
    file: `${sha256.slice(0, 12)}-${file.name.replace(/[^\w.-]/g, '_').slice(-100)}`,
    sha256,
    known: split.source.kind === 'generated' || split.knownSha256.includes(sha256),
    source,
    bytes: file.bytes.length,
    sampleCount: samples.length,
    installedAt: new Date().toISOString(),
    imagesDir: images ?? before?.imagesDir ?? null,
  };
  makeFolder(dir);
  await writeWhole(join(dir, data.file), file.bytes);
  await writeWhole(join(dir, 'manifest.json'), `${JSON.stringify(data, null, 2)}\n`);
  if (before !== null && before.file !== data.file) await rm(join(dir, before.file), { force: true });
  return data;
}

/**
 * The manifest of a split, null where it is not installed. A generated split is written first where this version of it
 * is not there.
 */
export async function ensureInstalled(
  dataDir: string,
  benchmark: Benchmark,
  split: Split,
): Promise<InstalledData | null> {
  const data = await installedSplit(dataDir, benchmark.id, split.id);
  const { source } = split;
  if (source.kind === 'published' || data?.source === source.version) return data;
  const key = `${dataDir} ${benchmark.id} ${split.id}`;
  const begun = generating().get(key) ?? generate(dataDir, benchmark, split, source);
  generating().set(key, begun);
  return begun.finally(() => generating().delete(key));
}

/** Writes every generated split that is not there in this version. */
export async function generateAll(dataDir: string): Promise<void> {
  for (const benchmark of Object.values(BENCHMARKS))
    for (const split of benchmark.splits)
      if (split.source.kind === 'generated') await ensureInstalled(dataDir, benchmark, split);
}

/** By folder, benchmark and split: who asks for what is being written waits for it. */
const generating = processWide('generating benchmarks', () => new Map<string, Promise<InstalledData>>());

async function generate(
  dataDir: string,
  benchmark: Benchmark,
  split: Split,
  source: GeneratedSource,
): Promise<InstalledData> {
  let text = '';
  for await (const line of source.lines()) {
    text += `${line}\n`;
    // It takes seconds, in which a server goes on answering.
    await setImmediate();
  }
  const file = { name: `${split.id}.jsonl`, bytes: new TextEncoder().encode(text) };
  const samples = await readSplit(benchmark, split, file);
  return keep(dataDir, benchmark, { split, file, samples }, source.version, null);
}

async function folder(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
  throw new BenchmarkDataError(`${path} is not a folder: give the folder of the benchmark's images`);
}

/** A reader never sees half of it. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readManifest(dir: string): Promise<InstalledData | null> {
  const path = join(dir, 'manifest.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
  try {
    return manifest.parse(JSON.parse(text));
  } catch {
    throw new BenchmarkDataError(`${path} is damaged: remove its folder and install the benchmark again`);
  }
}

/** All that is installed, by benchmark and split. @throws BenchmarkDataError where a manifest is damaged. */
export async function installed(dataDir: string): Promise<readonly InstalledData[]> {
  const root = join(dataDir, 'benchmarks');
  const found: InstalledData[] = [];
  for (const benchmark of await folders(root)) {
    for (const split of await folders(join(root, benchmark))) {
      const data = await readManifest(join(root, benchmark, split));
      if (data !== null) found.push(data);
    }
  }
  return found;
}

async function folders(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && ID.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The manifest of one installed split, null where it is not installed. @throws BenchmarkDataError */
export async function installedSplit(
  dataDir: string,
  benchmark: string,
  split: string,
): Promise<InstalledData | null> {
  const dir = splitDir(dataDir, benchmark, split);
  return dir === null ? null : readManifest(dir);
}

/**
 * The samples of an installed split, null where it is not installed.
 *
 * @throws BenchmarkDataError where the file is not the one that was installed; AnnotationError where its reader refuses it
 */
export async function readInstalled(
  dataDir: string,
  benchmark: Benchmark,
  split: Split,
): Promise<{ data: InstalledData; samples: readonly Sample[] } | null> {
  const dir = splitDir(dataDir, benchmark.id, split.id);
  const data = dir === null ? null : await readManifest(dir);
  if (dir === null || data === null) return null;
  const path = join(dir, data.file);
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null || hash(bytes) !== data.sha256)
    throw new BenchmarkDataError(`${path} is not the file that was installed: install ${benchmark.id} again`);
  return { data, samples: await benchmark.readAnnotations({ name: data.file, bytes }, split) };
}
