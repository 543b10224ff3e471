'use client';

import './runs.css';
import { useMutation } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useRouter } from 'next/navigation';
import { useTRPC } from '../trpc/client';

/**
 * A scoring as it goes, with the way to stop it. It follows the server, not the page that started it, so a reload takes
 * it up where it is. When the scoring ends, in whatever state, the page is read anew, or `onDone` is called instead.
 * Stands inside a TrpcProvider.
 */
export function ScoringProgress({
  runId,
  scorer = null,
  progress,
  onDone,
}: {
  runId: string;
  /** Another scorer than that of the run's headline. */
  scorer?: string | null;
  /** What is known at first paint. */
  progress: { scored: number; total: number } | null;
  onDone?: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const live = useSubscription(
    trpc.submissions.progress.subscriptionOptions(
      { runId, scorer },
      {
        onData: ({ data: event }) => {
          if (event.type === 'done') (onDone ?? router.refresh)();
        },
      },
    ),
  );
  const cancelFirst = useMutation(trpc.submissions.cancel.mutationOptions());
  const cancelNext = useMutation(trpc.runs.cancelRescoring.mutationOptions());
  const cancel = scorer === null ? cancelFirst : cancelNext;

  const event = live.data?.data;
  const done = event?.type === 'done';
  const { scored, total } = event?.type === 'progress' ? event : (progress ?? { scored: 0, total: 0 });
  const percent = total === 0 ? 0 : Math.floor((scored / total) * 100);

  return (
    <section className="panel run-scoring" aria-label="Scoring">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2>{done ? 'Scoring has ended' : 'Scoring'}</h2>
        <p className="text-muted">
          {total === 0
            ? 'Waiting for a free worker'
            : `${scored.toLocaleString('en')} of ${total.toLocaleString('en')} samples, ${percent} %`}
        </p>
      </div>
      <progress
        className="progress"
        aria-label="Samples scored"
        {...(total === 0 ? {} : { value: done ? total : scored, max: total })}
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-60 flex-1 text-muted" role="status">
          {done
            ? 'Reading the result.'
            : live.status === 'error'
              ? 'The connection broke; the scoring itself goes on. Reload the page to follow it.'
              : 'You may leave this page: the scoring goes on, and this address shows how far it is.'}
        </p>
        <button
          type="button"
          className="button"
          disabled={done || cancel.isPending || cancel.isSuccess}
          onClick={() =>
            scorer === null ? cancelFirst.mutate({ runId }) : cancelNext.mutate({ runId, scorer })
          }
        >
          {cancel.isPending || cancel.isSuccess ? 'Cancelling' : 'Cancel scoring'}
        </button>
      </div>
      {cancel.error && (
        <p className="text-wrong" role="alert">
          It could not be cancelled: {cancel.error.message}
        </p>
      )}
    </section>
  );
}
