/** How many wrong tokens are taken before the door stays shut for a while. Kept in memory: one process, one count. */
export interface AttemptLimit {
  /** Seconds until the next attempt from `address` is heard; 0 where it is heard now. */
  waitSeconds(address: string, now?: number): number;
  /** Counts a wrong token. */
  failed(address: string, now?: number): void;
}

/**
 * Failures of the last `windowMs` milliseconds are counted by address and over all. An address may be a header's word
 * and so be forged: that only gets round its own share, never round the count over all, which also bounds the memory.
 */
export function attemptLimit(perAddress: number, overall: number, windowMs: number): AttemptLimit {
  let failures: { address: string; at: number }[] = [];

  const waitFor = (counted: readonly { at: number }[], most: number, now: number): number => {
    const oldest = counted.at(-most);
    return oldest === undefined ? 0 : Math.ceil((oldest.at + windowMs - now) / 1_000);
  };

  return {
    waitSeconds(address, now = Date.now()) {
      failures = failures.filter(({ at }) => at + windowMs > now);
      const own = failures.filter((failure) => failure.address === address);
      return Math.max(waitFor(own, perAddress, now), waitFor(failures, overall, now));
    },
    failed(address, now = Date.now()) {
      failures.push({ address, at: now });
    },
  };
}
