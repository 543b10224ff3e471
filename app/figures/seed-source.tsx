import { SEED_REPOSITORY } from '@/lib/scoring/upstream';

/** Below every figure of the seed's curves. */
export const SEED_SOURCE = (
  <>
    Digitised: read off <a href={SEED_REPOSITORY}>the seed’s</a> figures, to about 1 % of their height
  </>
);
