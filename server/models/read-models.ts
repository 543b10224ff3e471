import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, asc, eq, getTableColumns } from 'drizzle-orm';
import { ancestorsOf } from '@/lib/models/line';
import type { Stage } from '@/lib/models/stage';
import { mayChange, type Principal } from '../auth';
import { checkpoint, getDb, job, model } from '../db';
import { isShown } from './choose';
import type { Model } from './describe';
import { checkpointFolder, type FolderFile } from './files';
import { NANO } from './nano';

export interface ModelRow extends Model {
  /** By stage; null of a model that has no part in the recipe. */
  stages: readonly (Stage | null)[];
  /** Whether visitors' browsers run one of its checkpoints. */
  inBrowser: boolean;
}

/** A checkpoint in the line of a model's training. */
export interface LineCheckpoint {
  checkpointId: string;
  parentId: string | null;
  modelSlug: string;
  modelName: string;
  stage: Stage | null;
  step: number | null;
  browserModel: string | null;
  /** The training that made it, where that is here to be seen. */
  training: { id: string; name: string } | null;
}

export interface ModelPage extends Model {
  /** From what its training began with to its last checkpoint. */
  line: readonly LineCheckpoint[];
  /** The models that were trained from it. */
  trainedFrom: readonly { slug: string; name: string }[];
  /** Files of its checkpoints that are here. */
  folders: readonly { checkpointId: string; files: readonly FolderFile[] }[];
  /** Its card in Markdown, where this site has one. */
  card: string | null;
}

/** The models of which this visitor may know, by name, ours first. */
export async function modelRows(principal: Principal): Promise<readonly ModelRow[]> {
  const rows = new Map<string, ModelRow>();
  for (const { model: each, ...own } of await shownCheckpoints(principal)) {
    const { createdAt: _, ...facts } = each;
    const row = rows.get(each.slug) ?? { ...facts, stages: [], inBrowser: false };
    rows.set(each.slug, {
      ...row,
      stages: [...new Set([...row.stages, own.stage])],
      inBrowser: row.inBrowser || own.browserModel !== null,
    });
  }
  const isOcean = ({ family }: Model) => Number(family === NANO.family);
  return [...rows.values()].sort((one, other) => isOcean(other) - isOcean(one));
}

/** Null where there is none of which this visitor may know. */
export async function modelPage(slug: string, principal: Principal): Promise<ModelPage | null> {
  const rows = await shownCheckpoints(principal);
  const found = rows.find(({ model: { slug: each } }) => each === slug)?.model;
  if (found === undefined) return null;
  const all = rows.map(
    ({ model: { slug, name }, ...own }): LineCheckpoint => ({ ...own, modelSlug: slug, modelName: name }),
  );
  const byId = new Map(all.map((each) => [each.checkpointId, each]));
  const own = all.filter(({ modelSlug }) => modelSlug === slug);
  const line = [...new Set(own.flatMap((each) => [...ancestorsOf(each, byId).toReversed(), each]))];
  const children = all.filter(
    ({ modelSlug, parentId }) => modelSlug !== slug && own.some((each) => each.checkpointId === parentId),
  );
  const folders = await Promise.all(
    own.map(async ({ checkpointId }) => ({ checkpointId, files: await checkpointFolder(checkpointId) })),
  );
  const { createdAt: _, ...facts } = found;
  return {
    ...facts,
    line,
    trainedFrom: [...new Map(children.map((each) => [each.modelSlug, each.modelName]))].map(
      ([slug, name]) => ({ slug, name }),
    ),
    folders: folders.flatMap(({ files, ...rest }) => (files === null ? [] : [{ ...rest, files }])),
    card: slug === NANO.slug ? await readFile(join(process.cwd(), 'nano', 'MODEL_CARD.md'), 'utf8') : null,
  };
}

/** By their models' names and their stages. */
async function shownCheckpoints(principal: Principal) {
  const db = await getDb();
  return db
    .select({
      model: getTableColumns(model),
      checkpointId: checkpoint.id,
      parentId: checkpoint.parentId,
      stage: checkpoint.stage,
      step: checkpoint.step,
      browserModel: checkpoint.browserModel,
      training: { id: job.id, name: job.name },
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .leftJoin(job, and(eq(job.id, checkpoint.jobId), mayChange(principal) ? undefined : eq(job.public, true)))
    .where(mayChange(principal) ? undefined : isShown(db))
    .orderBy(asc(model.name), asc(checkpoint.stage), asc(checkpoint.step));
}
