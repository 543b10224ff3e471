import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { database } from './db';
import { env } from './env';
import { processWide } from './process-wide';

/** How often something is done before it is put off for a while; counted for all servers on one Postgres together. */
export interface RateLimit {
  /** Counts one and gives 0, or gives the seconds until the next one is heard. */
  take(address: string): Promise<number>;
  /** Takes back what was counted. */
  giveBack(address: string): Promise<void>;
}

/** An address is a header's word: no longer than a column, whatever was sent. */
const MAX_ADDRESS = 100;
const ALL = '*';

/**
 * From the first one on, for `windowMs` milliseconds, what is counted under `name` is bounded by address, and over all of those where
 * `overall` says so. Whoever is signed in is not to be counted: strangers use up nobody's share but strangers'.
 */
export function rateLimit(
  name: string,
  perAddress: number,
  overall: number | null,
  windowMs: number,
): RateLimit {
  const limiters = processWide(`limit ${name}`, () =>
    Promise.all([
      limiter(`${name} of one`, perAddress, windowMs / 1_000),
      overall === null ? null : limiter(`${name} of all`, overall, windowMs / 1_000),
    ]),
  );
  const keyOf = (address: string) => address.slice(0, MAX_ADDRESS);
  return {
    async take(address) {
      const [own, all] = await limiters();
      const ownWait = await taken(own, keyOf(address));
      if (ownWait > 0 || all === null) return ownWait;
      const wait = await taken(all, ALL);
      if (wait > 0) await own.reward(keyOf(address));
      return wait;
    },
    async giveBack(address) {
      const [own, all] = await limiters();
      await Promise.all([own.reward(keyOf(address)), all?.reward(ALL)]);
    },
  };
}

type Limiter = RateLimiterMemory | RateLimiterPostgres;

/** @param duration in seconds. */
async function limiter(keyPrefix: string, points: number, duration: number): Promise<Limiter> {
  const options = { keyPrefix, points, duration };
  if (env().DATABASE_URL === undefined) return new RateLimiterMemory(options);
  const { pool } = await database();
  return new RateLimiterPostgres({
    ...options,
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limit',
    tableCreated: true,
  });
}

/** Seconds to wait; 0 where it was counted. */
async function taken(from: Limiter, key: string): Promise<number> {
  try {
    await from.consume(key);
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.ceil(refused.msBeforeNext / 1_000);
    throw refused;
  }
}

/** Whom a request is from, as our door settled it (server/door): before that, and in development, it is the sender's own word. */
export function addressOf(headers: Headers): string {
  return headers.get('x-forwarded-for') ?? 'unknown';
}
