import { processWide } from './process-wide';

/** How often something is done before it is put off for a while. Kept in memory: one process, one count. */
export interface RateLimit {
  /** Seconds until the next one from `address` is heard; 0 where it is heard now. */
  waitSeconds(address: string, now?: number): number;
  count(address: string, now?: number): void;
}

/**
 * What was counted under `name` in the last `windowMs` milliseconds is bounded by address and over all. An address may be a header's
 * word and so be forged: that only gets round its own share, never round the count over all, which also bounds the memory.
 */
export function rateLimit(name: string, perAddress: number, overall: number, windowMs: number): RateLimit {
  const kept = processWide(`limit ${name}`, (): { counted: { address: string; at: number }[] } => ({
    counted: [],
  }));

  const waitFor = (those: readonly { at: number }[], most: number, now: number): number => {
    const oldest = those.at(-most);
    return oldest === undefined ? 0 : Math.ceil((oldest.at + windowMs - now) / 1_000);
  };

  return {
    waitSeconds(address, now = Date.now()) {
      const counted = kept().counted.filter(({ at }) => at + windowMs > now);
      kept().counted = counted;
      const own = counted.filter((each) => each.address === address);
      return Math.max(waitFor(own, perAddress, now), waitFor(counted, overall, now));
    },
    count(address, now = Date.now()) {
      kept().counted.push({ address, at: now });
    },
  };
}

/** The hop nearest to us. Without a proxy in front it can be forged; see `rateLimit` for what that gains. */
export function addressOf(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown';
}
