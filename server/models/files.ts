import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, asc, eq, isNotNull, or } from 'drizzle-orm';
import type { Stage } from '@/lib/models/stage';
import { blobPath } from '../blobs';
import { blob, checkpoint, checkpointFile, getDb, model } from '../db';
import { processWide } from '../process-wide';

/** A file of a checkpoint's folder, and where on this server it is fetched from. */
export interface FolderFile {
  path: string;
  sha256: string;
  bytes: number;
  url: string;
}

const committed = processWide('committed models', () => new Map<string, Promise<readonly FolderFile[]>>());

/** All files of a checkpoint; null where none are here. */
export async function checkpointFolder(id: string): Promise<readonly FolderFile[] | null> {
  const db = await getDb();
  const [found] = await db.select().from(checkpoint).where(eq(checkpoint.id, id));
  if (found === undefined) return null;
  const stored = await db
    .select({ path: checkpointFile.path, sha256: blob.sha256, bytes: blob.bytes })
    .from(checkpointFile)
    .innerJoin(blob, eq(blob.sha256, checkpointFile.sha256))
    .where(eq(checkpointFile.checkpointId, id))
    .orderBy(asc(checkpointFile.path));
  if (stored.length > 0)
    return stored.map((file) => ({ ...file, url: `/models/${found.browserModel}/${file.path}` }));
  if (found.browserModel === null) return null;
  const kept = committed();
  const folder = kept.get(found.browserModel) ?? committedFolder(found.browserModel);
  kept.set(found.browserModel, folder);
  return folder;
}

const committedPath = (...parts: string[]): string => join(process.cwd(), 'public', 'models', ...parts);

/** Of public/models, where our own small model lies. */
async function committedFolder(name: string): Promise<readonly FolderFile[]> {
  const folder = committedPath(name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Promise.all(
    paths.sort().map(async (path) => {
      const content = await readFile(join(folder, path));
      return {
        path,
        sha256: createHash('sha256').update(content).digest('hex'),
        bytes: content.length,
        url: `/models/${name}/${path}`,
      };
    }),
  );
}

/** A checkpoint whose weights are here, and what its `config.json` says of it. */
export interface StartableCheckpoint {
  id: string;
  modelName: string;
  stage: Stage | null;
  config: unknown;
}

/** The checkpoints that a training can begin with, by their models' names. */
export async function startableCheckpoints(): Promise<readonly StartableCheckpoint[]> {
  const db = await getDb();
  const rows = await db
    .select({
      id: checkpoint.id,
      modelName: model.name,
      stage: checkpoint.stage,
      browserModel: checkpoint.browserModel,
      config: checkpointFile.sha256,
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .leftJoin(
      checkpointFile,
      and(eq(checkpointFile.checkpointId, checkpoint.id), eq(checkpointFile.path, 'config.json')),
    )
    .where(or(isNotNull(checkpoint.browserModel), isNotNull(checkpointFile.sha256)))
    .orderBy(asc(model.name), asc(checkpoint.stage));
  return Promise.all(
    rows.map(async ({ browserModel, config, ...named }) => {
      const path = config === null ? committedPath(`${browserModel}`, 'config.json') : blobPath(config);
      return { ...named, config: JSON.parse(await readFile(path, 'utf8')) };
    }),
  );
}
