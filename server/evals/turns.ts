import { availableParallelism } from 'node:os';

/** Files above it are large: they have places of their own, so that small ones never wait for them. */
const LARGE_BYTES = 10_000_000;

export const sizeOf = (bytes: number): 'small' | 'large' => (bytes > LARGE_BYTES ? 'large' : 'small');

const workers = Math.max(2, Math.min(availableParallelism(), 8));
const large = Math.floor(workers / 2);

/** How many are scored at a time. A worker takes a core; a judge is slow, and answers many at once. */
export const AT_ONCE = { small: workers - large, large, judged: 4 } as const;
export type Kind = keyof typeof AT_ONCE;
