import { endpoints } from '../chat';
import { browserModels } from '../models';
import { publicProcedure, router } from './init';

export const chatRouter = router({
  /** The models that run in the visitor's own browser. */
  browserModels: publicProcedure.query(() => browserModels()),
  /** The models behind servers that the page may offer; none where the environment names none. */
  endpoints: publicProcedure.query(() => endpoints()),
});
