import { z } from 'zod';
import { beginInstall, installing } from '../benchmarks';
import { env } from '../env';
import { log } from '../log';
import { router, writerProcedure } from './init';

const split = z.object({ benchmark: z.string(), split: z.string() });

export const benchmarksRouter = router({
  /** Fetches a split's annotations from where they are published; `installing` says how far. */
  install: writerProcedure
    .input(split)
    .mutation(({ input }) =>
      beginInstall(env().OCEAN_DATA_DIR, input.benchmark, input.split, (error) =>
        log.error({ err: error, ...input }, 'an install failed'),
      ),
    ),
  installing: writerProcedure.input(split).query(({ input }) => installing(input.benchmark, input.split)),
});
