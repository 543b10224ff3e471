import { realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { GeneratedSource } from '@/lib/benchmarks/benchmark';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { makeFolder } from '../make-folder';
import { installedSplit, splitDir, writeWhole } from './store';

/**
 * Where an image of a sample lies: its path as the annotations have it, or its name alone, within the folder that was
 * installed with the split; a generated split's is drawn where nobody has asked for it before. Null where there is no such file, or where it would lie outside of that folder, by `..` or by
 * a link.
 */
export async function imagePath(
  dataDir: string,
  benchmark: string,
  split: string,
  image: string,
): Promise<string | null> {
  const source = benchmarkOf(benchmark)?.splits.find(({ id }) => id === split)?.source;
  if (source?.kind === 'generated') return drawnPath(dataDir, benchmark, split, source, image);
  const data = await installedSplit(dataDir, benchmark, split);
  if (data === null || data.imagesDir === null || image.includes('\0')) return null;
  const root = await realpath(data.imagesDir).catch(() => null);
  if (root === null) return null;
  for (const candidate of [join(root, image), join(root, basename(image))]) {
    const real = await realpath(candidate).catch(() => null);
    if (real?.startsWith(root + sep) && (await stat(real)).isFile()) return real;
  }
  return null;
}

/** Pictures are kept in a folder for the version that draws them. */
async function drawnPath(
  dataDir: string,
  benchmark: string,
  split: string,
  source: GeneratedSource,
  image: string,
): Promise<string | null> {
  const dir = splitDir(dataDir, benchmark, split);
  if (dir === null || !/^[\w-]+\.png$/.test(image)) return null;
  const drawn = join(dir, `images-${source.version.replace(/\W+/g, '-')}`);
  const path = join(drawn, image);
  if (await stat(path).catch(() => null)) return path;
  const png = await source.picture(image);
  if (png === null) return null;
  makeFolder(drawn);
  await writeWhole(path, png);
  return path;
}
