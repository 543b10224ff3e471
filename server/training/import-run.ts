import { open } from 'node:fs/promises';
import { eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { type JobSpec, jobSpec, type ToldEvent, toldEvent } from '@/lib/training/protocol';
import { blobPath, findBlob, sha256 } from '../blobs';
import {
  blob,
  type Db,
  getDb,
  job,
  jobEvent,
  jobFile,
  jobMetric,
  jobMetricSpan,
  rollout,
  rolloutImage,
} from '../db';
import { Problem } from '../problem';
import { wellFormed } from '../well-formed';
import { writeTold } from './events';
import { readRecipe } from './recipe';
import { JOBS } from './topics';

const [sft, train] = jobSpec.options;

/** A run that was made without an agent, as whoever has its folder tells of it. */
export const importedRun = z.object({
  /** By which it is known again: imported twice, it is one. */
  key: sha256,
  name: z.string().trim().min(1).max(100),
  note: z.string().max(10_000).default(''),
  public: z.boolean().default(false),
  spec: z.discriminatedUnion('kind', [sft, train]),
  state: z.enum(['succeeded', 'cancelled']),
  startedAt: z.date(),
  endedAt: z.date(),
  /** A blob of JSON lines `{seq, at, event}`: all that an agent would have told. */
  told: sha256,
});
export type ImportedRun = z.infer<typeof importedRun>;

/** Of the lines that are written at once. */
const BATCH_CHARACTERS = 4_000_000;

/** Those that are not here, and have to be sent before a run that refers to them is told of. */
export async function missingBlobs(all: readonly string[]): Promise<string[]> {
  const db = await getDb();
  const found = await db
    .select({ sha256: blob.sha256 })
    .from(blob)
    .where(inArray(blob.sha256, [...all]));
  const here = new Set(found.map((each) => each.sha256));
  return all.filter((each) => !here.has(each));
}

/** Makes a run of a folder, whole or not at all; one that was imported before is written anew, and keeps its name. @returns its id. @throws Problem */
export async function importRun(run: ImportedRun, owner: string): Promise<string> {
  readRecipe(run.spec.recipe);
  if ((await findBlob(run.told)) === null)
    throw new Problem('refused', 'What the run told is not here: send it before it is told of.');
  const id = `run-${run.key.slice(0, 24)}`;
  const db = await getDb();
  await db.transaction(async (tx) => {
    await begin(tx, id, run, owner);
    await writeAll(tx, id, run.told);
    await JOBS.wake(tx, id);
  });
  return id;
}

async function begin(tx: Db, id: string, run: ImportedRun, owner: string): Promise<void> {
  const { name, note, state, startedAt, endedAt } = run;
  const spec: JobSpec = run.spec;
  const again = { spec, state, startedAt, endedAt, attempt: 1, step: 0, steps: null, error: null };
  await tx
    .insert(job)
    .values({ id, name, note, public: run.public, owner, createdAt: startedAt, ...again })
    .onConflictDoUpdate({ target: job.id, set: again });
  for (const table of [jobEvent, jobMetric, jobMetricSpan, rollout, rolloutImage, jobFile])
    await tx.delete(table).where(eq(table.jobId, id));
}

/** @throws Problem which names the line that is none. */
async function writeAll(tx: Db, id: string, told: string): Promise<void> {
  const file = await open(blobPath(told));
  let events: ToldEvent[] = [];
  let size = 0;
  let number = 0;
  const flush = async () => {
    const [found] = await tx.select().from(job).where(eq(job.id, id));
    if (found === undefined || events.length === 0) return;
    await tx
      .update(job)
      .set({ nextSeq: number, ...(await writeTold(tx, found, wellFormed(events))) })
      .where(eq(job.id, id));
    events = [];
    size = 0;
  };
  for await (const line of file.readLines()) {
    number += 1;
    events.push(readLine(line, number));
    size += line.length;
    if (size > BATCH_CHARACTERS || events.length >= 1_000) await flush();
  }
  await flush();
}

function readLine(line: string, number: number): ToldEvent {
  try {
    const read = toldEvent.safeParse(JSON.parse(line));
    if (read.success) return read.data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Problem('refused', `Line ${number} of what the run told is no event of the protocol.`);
}
