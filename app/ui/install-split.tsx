'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTRPC } from '../trpc/client';
import { formatBytes } from './format';

const ASK_EVERY_MS = 500;

/** Fetches a split's annotations onto the server by a click. For who may write; stands inside a TrpcProvider. */
export function InstallSplit({
  benchmark,
  split,
  onDone,
}: {
  benchmark: string;
  split: string;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const which = { benchmark, split };
  const begin = useMutation(trpc.benchmarks.install.mutationOptions());
  const { data: installing, error: lost } = useQuery(
    trpc.benchmarks.installing.queryOptions(which, {
      enabled: begin.isSuccess,
      refetchInterval: ({ state }) => (state.data?.state === 'running' ? ASK_EVERY_MS : false),
      gcTime: 0,
    }),
  );
  const isDone = installing?.state === 'done';
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone, onDone]);

  const running =
    begin.isPending || (begin.isSuccess && (installing == null || installing.state === 'running'));
  const error =
    begin.error?.message ?? lost?.message ?? (installing?.state === 'failed' ? installing.error : null);
  return (
    <div className="stack">
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          className="button"
          disabled={running || isDone}
          onClick={() => begin.mutate(which)}
        >
          {isDone ? 'Installed' : running ? 'Installing' : error === null ? 'Install it here' : 'Try again'}
        </button>
        <span role="status" className="text-muted">
          {installing?.state === 'running' && running
            ? `${formatBytes(installing.received)}${installing.total === null ? '' : ` of ${formatBytes(installing.total)}`}`
            : null}
        </span>
      </div>
      {error === null || running ? null : (
        <p role="alert" className="text-wrong wrap-anywhere">
          It was not installed: {error}
        </p>
      )}
    </div>
  );
}
