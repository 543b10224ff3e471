import { z } from 'zod';
import { beginInstall, installing } from '../benchmarks';
import { router, writerProcedure } from './init';

const split = z.object({ benchmark: z.string(), split: z.string() });

export const benchmarksRouter = router({
  /** Fetches a split's annotations from where they are published; `installing` says how far. */
  install: writerProcedure.input(split).mutation(({ input }) => beginInstall(input.benchmark, input.split)),
  installing: writerProcedure.input(split).query(({ input }) => installing(input.benchmark, input.split)),
});
