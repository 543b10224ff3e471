import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asc, eq } from 'drizzle-orm';
import { blob, checkpoint, checkpointFile, getDb } from '../db';
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

/** Of public/models, where our own small model lies. */
async function committedFolder(name: string): Promise<readonly FolderFile[]> {
  const folder = join(process.cwd(), 'public', 'models', name);
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
