'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTRPC } from '../trpc/client';
import type { Measured } from './curve-data';
import type { JobPage } from './types';

/** Between two readings of what is not told step by step: files, rollouts, the log. */
const READ_EVERY_MS = 2_500;
/** Where nothing is heard: the queue moves without a word. */
const QUEUE_EVERY_MS = 5_000;
/** Kept of what was measured since the page was opened; older steps are read from the server. */
const MOST_KEPT = 4_000;

export interface LiveJob {
  job: JobPage;
  /** As it was read last: the same until it is read anew, while `job` changes with every step. */
  page: JobPage;
  /** What was measured since the page was read, in its order. */
  tail: readonly Measured[];
  /** Grows whenever there is more than steps to read: the log, files, rollouts. */
  grown: number;
  lostFor: number;
  /** Whether the page hears of what happens; else what it says is of `heardAt`. */
  connection: 'live' | 'connecting' | 'broken' | 'over';
}

const isOver = ({ state }: Pick<JobPage, 'state'>): boolean => state !== 'waiting' && state !== 'running';

/**
 * A job as it is now: read once, then followed. Steps come one by one; of all else it is heard that there is more, and it is read a
 * moment later.
 */
export function useJob(first: JobPage, onReset: () => void): LiveJob {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const page = useQuery(
    trpc.training.page.queryOptions(
      { id: first.id },
      {
        initialData: first,
        staleTime: Number.POSITIVE_INFINITY,
        refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? QUEUE_EVERY_MS : false),
      },
    ),
  );
  const read = page.data ?? first;
  const [tail, setTail] = useState<readonly Measured[]>([]);
  const [grown, setGrown] = useState(0);
  const [lost, setLost] = useState({ seconds: 0, at: 0 });
  const [standing, setStanding] = useState<Pick<
    JobPage,
    'state' | 'error' | 'cancelRequested' | 'attempt' | 'step' | 'steps'
  > | null>(null);
  const seen = useRef({ attempt: first.attempt, events: -1 });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const readSoon = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      setGrown((now) => now + 1);
      void queryClient.invalidateQueries({ queryKey: trpc.training.page.queryKey({ id: first.id }) });
    }, READ_EVERY_MS);
  }, [queryClient, trpc, first.id]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );

  const live = useSubscription(
    trpc.training.follow.subscriptionOptions(
      { id: first.id, after: first.step },
      {
        enabled: !isOver(first),
        onData: ({ data: { metrics, reset, events, lostFor, ...now } }) => {
          const again = reset || now.attempt !== seen.current.attempt;
          if (again) onReset();
          setTail((tail) => [...(again ? [] : tail), ...metrics].slice(-MOST_KEPT));
          setStanding(now);
          setLost({ seconds: lostFor, at: Date.now() });
          if (again || events !== seen.current.events) readSoon();
          seen.current = { attempt: now.attempt, events };
        },
      },
    ),
  );
  const job = standing === null ? read : { ...read, ...standing };
  const over = isOver(job);
  // What ended is read once more, with all that it left.
  const ended = over && !isOver(first);
  useEffect(() => {
    if (ended) readSoon();
  }, [ended, readSoon]);
  const now = useNow(lost.seconds > 0);
  return {
    job,
    page: read,
    tail,
    grown,
    lostFor: lost.seconds === 0 ? 0 : lost.seconds + Math.max(0, Math.round((now - lost.at) / 1_000)),
    connection: over
      ? 'over'
      : live.status === 'pending'
        ? 'live'
        : live.status === 'error'
          ? 'broken'
          : 'connecting',
  };
}

/** The clock, second by second while it is wanted. */
function useNow(wanted: boolean): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (!wanted) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [wanted]);
  return now;
}
