import { and, asc, desc, eq } from 'drizzle-orm';
import type { LeaseReply, RemoteFile } from '@/lib/training/protocol';
import { blob, type Db, getDb, jobFile } from '../db';
import { checkpointFolder } from '../models';
import { Problem } from '../problem';
import type { Job } from './lease';

type Work = NonNullable<LeaseReply['job']>;

const urlOf = (sha256: string) => `/api/agent/blobs/${sha256}`;

async function sentFiles(
  db: Db,
  jobId: string,
  purpose: 'checkpoint' | 'export',
): Promise<{ step: number; files: RemoteFile[] } | null> {
  const files = await db
    .select({ step: jobFile.step, path: jobFile.path, sha256: blob.sha256, bytes: blob.bytes })
    .from(jobFile)
    .innerJoin(blob, eq(blob.sha256, jobFile.sha256))
    .where(and(eq(jobFile.jobId, jobId), eq(jobFile.purpose, purpose)))
    .orderBy(desc(jobFile.step), asc(jobFile.path));
  const [first] = files;
  if (first === undefined) return null;
  return {
    step: first.step,
    files: files.map(({ step: _, ...file }) => ({ ...file, url: urlOf(file.sha256) })),
  };
}

/** Where the weights lie that a job begins with. @throws Problem where they are not here. */
export async function startOf({ spec }: Job): Promise<Work['start']> {
  const { start } = spec;
  if (start.kind === 'path') return start;
  if (start.kind === 'checkpoint') {
    const files = await checkpointFolder(start.id);
    if (files === null)
      throw new Problem('refused', `The weights of the checkpoint "${start.id}" are not here any more.`);
    return { kind: 'files', files: [...files] };
  }
  const db = await getDb();
  // An export has the weights of the model in Hugging Face's form as well as for browsers, but is not there to go on from.
  const sent =
    (spec.kind === 'eval' ? await sentFiles(db, start.id, 'export') : null) ??
    (await sentFiles(db, start.id, 'checkpoint'));
  if (sent === null) throw new Problem('refused', 'The job that it is to start from has sent no weights.');
  return { kind: 'files', files: sent.files };
}

/** What an earlier attempt of the job sent last; null where there is none to go on from. */
export const resumeOf = async ({ id, spec }: Job): Promise<Work['resume']> =>
  spec.kind === 'sft' || spec.kind === 'train' ? sentFiles(await getDb(), id, 'checkpoint') : null;
