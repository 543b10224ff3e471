import { z } from 'zod';
import { modelPage, modelRows } from '../models';
import { publicProcedure, router } from './init';

export const modelsRouter = router({
  list: publicProcedure.query(({ ctx }) => modelRows(ctx.principal)),
  /** Null where there is none that this visitor may see. */
  page: publicProcedure
    .input(z.object({ slug: z.string().max(200) }))
    .query(({ ctx, input }) => modelPage(input.slug, ctx.principal)),
});
