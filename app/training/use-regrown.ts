'use client';

import { useEffect } from 'react';

/** Reads again whenever there is more. */
export function useRegrown(grown: number, refetch: () => Promise<unknown>): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: of how much there is, this is the sign
  useEffect(() => {
    if (grown > 0) void refetch();
  }, [grown]);
}
