import { env } from '../env';
import { publicProcedure, router } from './init';

export const siteRouter = router({
  /** Its name in addresses, who runs it, and where its source is; null where the environment does not say. */
  about: publicProcedure.query(() => {
    const { OCEAN_HOSTS: hosts, OCEAN_OPERATOR: operator, OCEAN_SOURCE: source } = env();
    return { host: hosts[0] ?? null, operator: operator ?? null, source: source ?? null };
  }),
});
