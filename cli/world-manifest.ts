import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { TASKS } from '@/lib/world/question';
import { SPLITS } from '@/lib/world/scene';
import { UsageError } from './command';
import { sha256 } from './world-shard';

/** `manifest.json` beside the shards: what they hold, and which of them are whole. */

const parameters = z.strictObject({
  world_version: z.int(),
  split: z.enum(SPLITS),
  tasks: z.array(z.enum(TASKS)),
  count: z.int(),
  seed: z.int(),
  size: z.int(),
  frame: z.int(),
  image: z.enum(['png', 'jpeg', 'none']),
  quality: z.int().nullable(),
  further: z.boolean(),
  paraphrase: z.boolean(),
  /** Folders of before have no such keys. */
  talk: z.boolean().default(false),
  places: z.boolean().default(false),
  rows_per_shard: z.int(),
});
export type Parameters = z.infer<typeof parameters>;

const shard = z.strictObject({ file: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() });
export type Shard = z.infer<typeof shard>;

const manifest = z.strictObject({
  parameters,
  rows_by_task: z.partialRecord(z.enum(TASKS), z.int()),
  shards: z.array(shard),
});
export type Manifest = z.infer<typeof manifest>;

const NAME = 'manifest.json';

/** Null where the folder has none. */
export function readManifest(folder: string): Manifest | null {
  let content: string;
  try {
    content = readFileSync(join(folder, NAME), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return manifest.parse(JSON.parse(content));
  } catch {
    throw new UsageError(
      `${join(folder, NAME)} is no manifest of this command: name another folder with --out`,
    );
  }
}

export function writeManifest(folder: string, content: Manifest): void {
  const temporary = join(folder, `${NAME}.part`);
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, join(folder, NAME));
}

const OPTION: Readonly<Record<keyof Parameters, string>> = {
  world_version: 'version of the world',
  split: '--split',
  tasks: '--task',
  count: '--count',
  seed: '--seed',
  size: '--size',
  frame: '--frame',
  image: '--image',
  quality: '--quality',
  further: '--further',
  paraphrase: '--paraphrase',
  talk: '--talk',
  places: '--places',
  rows_per_shard: 'rows a shard',
};

/** @throws UsageError that names the first difference. */
export function requireSameParameters(folder: string, theirs: Parameters, ours: Parameters): void {
  for (const key of Object.keys(OPTION) as (keyof Parameters)[])
    if (String(theirs[key]) !== String(ours[key]))
      throw new UsageError(
        `${folder} holds rows of ${OPTION[key]} ${theirs[key]}, and these would be of ${OPTION[key]} ${ours[key]}: name another folder with --out`,
      );
}

/** Those of the manifest's shards that lie in the folder, byte for byte. */
export const wholeShards = (folder: string, { shards }: Manifest): Shard[] =>
  shards.filter(({ file, sha256: expected }) => {
    try {
      return sha256(readFileSync(join(folder, file))) === expected;
    } catch {
      return false;
    }
  });
