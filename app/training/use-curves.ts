'use client';

import { keepPreviousData, useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useTRPC } from '../trpc/client';
import { CURVE_POINTS, type Measured, withTail } from './curve-data';
import type { Zoom } from './job-url';
import type { Curves } from './types';

/** Steps behind what was read, after which it is read anew, in spans again. */
export const MOST_TAIL = 1_000;

export interface DrawnJob {
  id: string;
  curves: Curves;
}

/**
 * The curves of a job and of those that are laid over it; what it measured since stands at the end of its own. Another zoom shows
 * what is here until the closer look has come.
 */
export function useCurves(
  ids: readonly string[],
  names: readonly string[],
  zoom: Zoom | null,
  tail: readonly Measured[],
  first: { id: string; curves: Curves; names: readonly string[]; zoom: Zoom | null },
): { jobs: readonly DrawnJob[]; error: string | null; reread: () => void } {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const isFirst =
    names.length === first.names.length &&
    names.every((name, at) => name === first.names[at]) &&
    zoom?.from === first.zoom?.from &&
    zoom?.to === first.zoom?.to;
  const queries = useQueries({
    queries: ids.map((id) =>
      trpc.training.curves.queryOptions(
        { id, names: [...names], points: CURVE_POINTS, ...zoom },
        {
          staleTime: Number.POSITIVE_INFINITY,
          placeholderData: keepPreviousData,
          ...(isFirst && id === first.id ? { initialData: first.curves } : {}),
        },
      ),
    ),
  });
  const reread = useCallback(
    () => void queryClient.invalidateQueries({ queryKey: trpc.training.curves.queryKey() }),
    [queryClient, trpc],
  );
  const [own = ''] = ids;
  const read = queries.map(({ data }) => data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was read is the same until it is read anew
  const jobs = useMemo(
    () =>
      ids.flatMap((id, at): DrawnJob[] => {
        const curves = read[at];
        if (curves === undefined) return [];
        if (id !== own) return [{ id, curves }];
        const inside = zoom === null ? tail : tail.filter(({ step }) => step <= zoom.to && step >= zoom.from);
        return [
          {
            id,
            curves: Object.fromEntries(names.map((name) => [name, withTail(curves[name], name, inside)])),
          },
        ];
      }),
    [ids, own, zoom, tail, names, ...read],
  );
  const readTo = Math.max(-1, ...Object.values(read[0] ?? {}).map(({ steps }) => steps.at(-1) ?? -1));
  const behind = tail.length - tail.findLastIndex(({ step }) => step <= readTo) - 1;
  const tooLong = behind > MOST_TAIL && zoom === null && !queries[0]?.isFetching;
  useEffect(() => {
    if (tooLong) reread();
  }, [tooLong, reread]);
  return { jobs, error: queries.find(({ error }) => error !== null)?.error?.message ?? null, reread };
}
