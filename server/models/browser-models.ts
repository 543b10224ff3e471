import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, manifestSchema } from '@/lib/vlm/manifest';

/** The models that visitors' browsers can run: those of public/models. None where no export is there yet. */
export async function browserModels(): Promise<Manifest> {
  const path = join(process.cwd(), 'public', 'models', 'models.json');
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { models: [] };
    throw error;
  }
}
