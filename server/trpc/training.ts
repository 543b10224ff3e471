import { tracked } from '@trpc/server';
import { z } from 'zod';
import { ownerOf } from '../auth';
import { sha256 } from '../blobs';
import { JOB_STATES } from '../db';
import {
  cancelJob,
  configOf,
  createAgent,
  createJobs,
  curves,
  describeJob,
  followJob,
  forkOf,
  importedRun,
  importRun,
  jobPage,
  listAgents,
  listJobs,
  logOf,
  machineOf,
  missingBlobs,
  newJobs,
  newRunChoices,
  publishTraining,
  ROLLOUT_FILTERS,
  ROLLOUT_ORDERS,
  resumeJob,
  revokeAgent,
  rolloutAt,
  rolloutPoints,
  rollouts,
  unpublishTraining,
} from '../training';
import { asTrpcError, publicProcedure, router, writerProcedure } from './init';

const id = z.object({ id: z.string().max(100) });
const limit = (most: number) => z.number().int().min(1).max(most);
const step = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);

export const trainingRouter = router({
  list: publicProcedure
    .input(
      z.object({
        states: z.array(z.enum(JOB_STATES)).optional(),
        kinds: z.array(z.enum(['sft', 'train', 'export', 'eval'])).optional(),
        text: z.string().max(200).optional(),
        before: z.string().max(100).nullable().default(null),
        limit: limit(1_000).default(100),
      }),
    )
    .query(({ ctx, input: { before, limit, ...filter } }) => listJobs(ctx.principal, filter, before, limit)),
  page: publicProcedure.input(id).query(({ ctx, input }) => jobPage(input.id, ctx.principal)),

  curves: publicProcedure
    .input(
      z.object({
        ...id.shape,
        names: z.array(z.string().max(200)).max(40),
        from: step.default(0),
        to: step.default(2 ** 31 - 1),
        points: limit(5_000).default(1_000),
      }),
    )
    .query(({ ctx, input: { id, names, points, ...range } }) =>
      curves(id, ctx.principal, names, range, points),
    ),
  rollouts: publicProcedure
    .input(
      z.object({
        ...id.shape,
        step,
        filter: z.enum(ROLLOUT_FILTERS).nullable().default(null),
        order: z.enum(ROLLOUT_ORDERS).default('place'),
        offset: step.default(0),
        limit: limit(50).default(10),
      }),
    )
    .query(({ ctx, input: { id, step, filter, order, offset, limit } }) =>
      rollouts(id, ctx.principal, step, filter, order, offset, limit),
    ),
  rolloutAt: publicProcedure
    .input(z.object({ ...id.shape, step, ordinal: step }))
    .query(({ ctx, input }) => rolloutAt(input.id, ctx.principal, input.step, input.ordinal)),
  rolloutPoints: publicProcedure
    .input(z.object({ ...id.shape, step }))
    .query(({ ctx, input }) => rolloutPoints(input.id, ctx.principal, input.step)),
  config: publicProcedure.input(id).query(({ ctx, input }) => configOf(input.id, ctx.principal)),
  log: publicProcedure
    .input(
      z.object({
        ...id.shape,
        text: z.string().max(200).optional(),
        before: z.object({ attempt: step, seq: step }).optional(),
        limit: limit(1_000).default(200),
      }),
    )
    .query(({ ctx, input: { id, ...what } }) => logOf(id, ctx.principal, what)),
  machine: publicProcedure
    .input(z.object({ ...id.shape, limit: limit(1_000).default(200) }))
    .query(({ ctx, input }) => machineOf(input.id, ctx.principal, input.limit)),
  /** Where a job stands and what it measures, live; its id is the last step that was told. */
  follow: publicProcedure
    .input(z.object({ ...id.shape, after: z.number().int().min(-1), lastEventId: z.string().nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const after = input.lastEventId == null ? input.after : Number(input.lastEventId);
      try {
        for await (const tick of followJob(
          input.id,
          ctx.principal,
          Number.isInteger(after) ? after : -1,
          signal,
        ))
          yield tracked(String(tick.metrics.at(-1)?.step ?? after), tick);
      } catch (error) {
        throw asTrpcError(error);
      }
    }),

  /** What a new run is made of, and what it takes over from an earlier one. */
  choices: writerProcedure.query(() => newRunChoices()),
  forkOf: writerProcedure.input(id).query(({ ctx, input }) => forkOf(input.id, ctx.principal)),
  create: writerProcedure
    .input(newJobs)
    .mutation(({ ctx, input }) => createJobs(input, ownerOf(ctx.principal))),
  cancel: writerProcedure.input(id).mutation(({ input }) => cancelJob(input.id)),
  resume: writerProcedure.input(id).mutation(({ ctx, input }) => resumeJob(input.id, ownerOf(ctx.principal))),
  describe: writerProcedure
    .input(
      z.object({
        ...id.shape,
        name: z.string().trim().min(1).max(100).optional(),
        note: z.string().max(10_000).optional(),
        public: z.boolean().optional(),
      }),
    )
    .mutation(({ input: { id, ...words } }) => describeJob(id, words)),

  /** Of a run that was made without an agent: which of its files are to be sent, and then the whole of it. */
  missingBlobs: writerProcedure
    .input(z.object({ all: z.array(sha256).max(1_000) }))
    .mutation(({ input }) => missingBlobs(input.all)),
  import: writerProcedure
    .input(importedRun)
    .mutation(({ ctx, input }) => importRun(input, ownerOf(ctx.principal))),

  publish: writerProcedure
    .input(id)
    .mutation(({ ctx, input }) => publishTraining(input.id, ownerOf(ctx.principal))),
  unpublish: writerProcedure
    .input(id)
    .mutation(({ ctx, input }) => unpublishTraining(input.id, ownerOf(ctx.principal))),

  agents: writerProcedure.query(() => listAgents()),
  createAgent: writerProcedure
    .input(z.object({ name: z.string().trim().min(1).max(100) }))
    .mutation(({ input }) => createAgent(input.name)),
  revokeAgent: writerProcedure.input(id).mutation(({ input }) => revokeAgent(input.id)),
});
