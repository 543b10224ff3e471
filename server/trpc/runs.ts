import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { OUTCOMES } from '@/lib/scoring/scorer';
import { runPage, sampleDetail, samplePosition, sampleRows } from '../evals';
import { publicProcedure, router } from './init';

const filter = z.object({
  outcome: z.enum(OUTCOMES).optional(),
  tag: z.object({ tag: z.string(), value: z.string() }).optional(),
  text: z.string().max(200).optional(),
});

export const runsRouter = router({
  get: publicProcedure.input(z.object({ id: z.string() })).query(async ({ ctx, input }) => {
    const page = await runPage(input.id, ctx.principal);
    if (page === null) throw new TRPCError({ code: 'NOT_FOUND', message: `There is no run "${input.id}".` });
    return page;
  }),

  /** A range of the run's samples in the data's order, and how many the filter leaves. */
  samples: publicProcedure
    .input(
      z.object({
        id: z.string(),
        filter,
        offset: z.number().int().min(0),
        limit: z.number().int().min(1).max(200),
      }),
    )
    .query(({ ctx, input }) => sampleRows(input.id, ctx.principal, input.filter, input.offset, input.limit)),

  /** Where a sample stands in that list (from 0), so that a permalink opens the list at it; null where it is not in it. */
  position: publicProcedure
    .input(z.object({ id: z.string(), filter, sampleId: z.string() }))
    .query(({ ctx, input }) => samplePosition(input.id, ctx.principal, input.filter, input.sampleId)),

  sample: publicProcedure
    .input(z.object({ id: z.string(), sampleId: z.string() }))
    .query(async ({ ctx, input }) => {
      const detail = await sampleDetail(input.id, ctx.principal, input.sampleId);
      if (detail === null)
        throw new TRPCError({ code: 'NOT_FOUND', message: `The run has no sample "${input.sampleId}".` });
      return detail;
    }),
});
