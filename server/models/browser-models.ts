import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { neededFiles } from '@/lib/vlm/graph-files';
import { type Manifest, type ManifestFile, type ManifestModel, manifestSchema } from '@/lib/vlm/manifest';
import { blobPath } from '../blobs';
import { blob, checkpoint, checkpointFile, getDb, model } from '../db';

/** The models that visitors' browsers can run: those of public/models, and the checkpoints that were published here. */
export async function browserModels(): Promise<Manifest> {
  const [{ models }, published] = await Promise.all([committedModels(), publishedModels()]);
  return { models: [...models, ...published] };
}

/** None where no export is there yet. */
async function committedModels(): Promise<Manifest> {
  const path = join(process.cwd(), 'public', 'models', 'models.json');
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { models: [] };
    throw error;
  }
}

async function publishedModels(): Promise<ManifestModel[]> {
  const db = await getDb();
  const rows = await db
    .select({
      id: checkpoint.browserModel,
      label: model.name,
      stage: checkpoint.stage,
      file: { path: checkpointFile.path, bytes: blob.bytes, sha256: blob.sha256 },
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .innerJoin(checkpointFile, eq(checkpointFile.checkpointId, checkpoint.id))
    .innerJoin(blob, eq(blob.sha256, checkpointFile.sha256))
    .where(isNotNull(checkpoint.browserModel))
    .orderBy(asc(checkpoint.createdAt), asc(checkpointFile.path));
  const models = new Map<string, ManifestModel>();
  for (const { id, label, stage, file } of rows) {
    if (id === null || stage === null) continue;
    const found = models.get(id) ?? { id, label, stage, files: [] };
    models.set(id, { ...found, files: [...found.files, file] });
  }
  return Promise.all(
    [...models.values()].map(async (each) => ({ ...each, files: await fetched(each.files) })),
  );
}

/** Of a checkpoint's files those that a browser fetches. */
async function fetched(files: readonly ManifestFile[]): Promise<ManifestFile[]> {
  const config = files.find(({ path }) => path === 'config.json');
  if (config === undefined) return [];
  return neededFiles(files, JSON.parse(await readFile(blobPath(config.sha256), 'utf8')));
}

/** A file of a published checkpoint, by the name that browsers call the checkpoint by; null where there is none. */
export async function publishedFile(name: string, path: string): Promise<ManifestFile | null> {
  const db = await getDb();
  const [found] = await db
    .select({ path: checkpointFile.path, bytes: blob.bytes, sha256: blob.sha256 })
    .from(checkpointFile)
    .innerJoin(checkpoint, eq(checkpoint.id, checkpointFile.checkpointId))
    .innerJoin(blob, eq(blob.sha256, checkpointFile.sha256))
    .where(and(eq(checkpoint.browserModel, name), eq(checkpointFile.path, path)));
  return found ?? null;
}
