import { tracked } from '@trpc/server';
import { z } from 'zod';
import { mayChange, ownerOf, writingEnabled } from '../auth';
import { sha256 } from '../blobs';
import {
  cancelScoring,
  correctRun,
  createRun,
  discardRun,
  followRun,
  newRun,
  preflight,
  publishRun,
  submittableBenchmarks,
  withdrawRun,
} from '../evals';
import { listModels, modelCorrection } from '../models';
import { asTrpcError, publicProcedure, router, writerProcedure } from './init';

const runId = z.object({ runId: z.string() });

export const submissionsRouter = router({
  /** Whether this visitor may write, and whether anybody may. */
  session: publicProcedure.query(({ ctx }) => ({
    mayWrite: mayChange(ctx.principal),
    writingEnabled: writingEnabled(),
  })),
  models: publicProcedure.query(({ ctx }) => listModels(ctx.principal)),
  benchmarks: publicProcedure.query(() => submittableBenchmarks()),

  preflight: writerProcedure
    .input(
      z.object({
        fileSha256: sha256,
        fileName: z.string().max(200),
        benchmark: z.string().nullable(),
        split: z.string().nullable(),
      }),
    )
    .mutation(({ input }) => preflight(input)),
  create: writerProcedure
    .input(newRun)
    .mutation(({ ctx, input }) => createRun(input, { owner: ownerOf(ctx.principal) })),
  cancel: writerProcedure.input(runId).mutation(({ input }) => cancelScoring(input.runId)),
  publish: writerProcedure
    .input(runId)
    .mutation(({ ctx, input }) => publishRun(input.runId, ownerOf(ctx.principal))),
  withdraw: writerProcedure
    .input(z.object({ ...runId.shape, note: z.string().trim().min(1).max(500) }))
    .mutation(({ ctx, input }) => withdrawRun(input.runId, ownerOf(ctx.principal), input.note)),
  /** Of the run's model, and so of all of its runs. */
  correct: writerProcedure
    .input(
      z.object({ ...runId.shape, ...modelCorrection.shape, note: z.string().trim().max(500).nullable() }),
    )
    .mutation(({ ctx, input: { runId, ...correction } }) =>
      correctRun(runId, ownerOf(ctx.principal), correction),
    ),
  discard: writerProcedure.input(runId).mutation(({ input }) => discardRun(input.runId)),

  /** Progress of a scoring, the run's first or one by another scorer: the state at once, then each change, until it is done. */
  progress: writerProcedure
    .input(
      z.object({
        runId: z.string(),
        scorer: z.string().nullable().default(null),
        lastEventId: z.string().nullish(),
      }),
    )
    .subscription(async function* ({ input, signal }) {
      try {
        for await (const event of followRun(input.runId, signal, input.scorer, input.lastEventId))
          yield tracked(event.id, event.event);
      } catch (error) {
        throw asTrpcError(error);
      }
    }),
});
