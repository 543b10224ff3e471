import { z } from 'zod';
import { guide, guides, searchGuides } from '../guides';
import { publicProcedure, router } from './init';

export const guidesRouter = router({
  list: publicProcedure.query(async () =>
    (await guides()).map(({ slug, document: { title, lead } }) => ({ slug, title, lead })),
  ),
  /** Null where there is none. */
  page: publicProcedure
    .input(z.object({ slug: z.string().max(100) }))
    .query(({ input }) => guide(input.slug)),
  search: publicProcedure
    .input(z.object({ text: z.string().max(200) }))
    .query(({ input }) => searchGuides(input.text)),
});
