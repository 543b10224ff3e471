import { realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { installedSplit } from './store';

/**
 * Where an image of a sample lies: its path as the annotations have it, or its name alone, within the folder that was
 * installed with the split. Null where there is no such file, or where it would lie outside of that folder, by `..` or by
 * a link.
 */
export async function imagePath(
  dataDir: string,
  benchmark: string,
  split: string,
  image: string,
): Promise<string | null> {
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
