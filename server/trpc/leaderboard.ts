import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { benchmarkPage, board } from '../evals';
import { publicProcedure, router } from './init';

export const leaderboardRouter = router({
  board: publicProcedure.query(() => board()),

  benchmark: publicProcedure.input(z.object({ id: z.string() })).query(async ({ input }) => {
    const page = await benchmarkPage(input.id);
    if (page === null)
      throw new TRPCError({ code: 'NOT_FOUND', message: `There is no benchmark "${input.id}".` });
    return page;
  }),
});
