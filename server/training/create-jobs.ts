import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type JobSpec, jobSpec, startingPoint } from '@/lib/training/protocol';
import { getDb, job } from '../db';
import { checkpointFolder } from '../models';
import { Problem } from '../problem';
import { requireRecipe } from './recipe';
import { ANY, WAITING } from './topics';

/** What an earlier job of the chain makes: the one before, or so many before. */
const previous = z.object({ kind: z.literal('previous'), back: z.number().int().min(1).max(20).default(1) });
const start = z.discriminatedUnion('kind', [...startingPoint.options, previous]);
const [sft, train, exported, evaluated] = jobSpec.options;

/** Jobs of which each waits for the one before; one alone is a chain of one. */
export const newJobs = z.object({
  name: z.string().trim().min(1).max(100),
  note: z.string().max(10_000).default(''),
  public: z.boolean().default(false),
  chain: z
    .array(
      z.discriminatedUnion('kind', [
        sft.extend({ start }),
        train.extend({ start }),
        exported.extend({ start }),
        evaluated.extend({ start }),
      ]),
    )
    .min(1)
    .max(20),
});
export type NewJobs = z.input<typeof newJobs>;

/** Queues a chain. @returns the ids, in its order. @throws Problem which says what cannot be done as asked. */
export async function createJobs(input: z.output<typeof newJobs>, owner: string): Promise<readonly string[]> {
  const ids = input.chain.map(() => randomUUID());
  const specs: JobSpec[] = [];
  for (const [at, link] of input.chain.entries()) {
    const spec = await withStart(link, ids.slice(0, at));
    if (spec.kind === 'sft' || spec.kind === 'train') requireRecipe(spec);
    specs.push(spec);
  }
  const db = await getDb();
  return db.transaction(async (tx) => {
    for (const [at, spec] of specs.entries()) {
      await tx.insert(job).values({
        id: ids[at] ?? '',
        name: nameOf(input.name, spec, at),
        note: at === 0 ? input.note : '',
        spec,
        afterId: ids[at - 1] ?? null,
        owner,
        public: input.public,
        // In its order, whatever the clock says within one transaction.
        createdAt: new Date(Date.now() + at),
      });
    }
    await WAITING.wake(tx, ANY);
    return ids;
  });
}

const nameOf = (name: string, spec: JobSpec, at: number): string => {
  if (at === 0) return name;
  return spec.kind === 'eval' ? `${name}: eval on ${spec.benchmark}` : `${name}: ${spec.kind}`;
};

async function withStart(
  link: z.output<typeof newJobs>['chain'][number],
  earlier: readonly string[],
): Promise<JobSpec> {
  if (link.start.kind === 'previous') {
    const id = earlier.at(-link.start.back);
    if (id === undefined)
      throw new Problem('refused', 'The first job of a chain has none before it to start from.');
    return jobSpec.parse({ ...link, start: { kind: 'job', id } });
  }
  if (link.start.kind === 'checkpoint' && (await checkpointFolder(link.start.id)) === null)
    throw new Problem(
      'refused',
      `There is no checkpoint "${link.start.id}" whose weights are here to start from.`,
    );
  return jobSpec.parse(link);
}
