'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type ReactNode, useId, useRef } from 'react';
import { TrpcProvider, useTRPC } from '../trpc/client';

/** The two ways out of a draft, each behind a question. */
export function RunDecision({ runId, what }: { runId: string; what: string }) {
  return (
    <TrpcProvider>
      <Decision runId={runId} what={what} />
    </TrpcProvider>
  );
}

function Decision({ runId, what }: { runId: string; what: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const publish = useMutation(
    trpc.submissions.publish.mutationOptions({ onSuccess: () => router.refresh() }),
  );
  const discard = useMutation(
    trpc.submissions.discard.mutationOptions({ onSuccess: () => router.push('/submit') }),
  );
  return (
    <div className="flex flex-wrap gap-2">
      <Asked
        label="Publish"
        primary
        title="Publish this run?"
        pending={publish.isPending || publish.isSuccess}
        error={publish.error?.message ?? null}
        onYes={() => publish.mutate({ runId })}
      >
        {what} appears in the leaderboard as recomputed here, with every sample for everyone to read.
      </Asked>
      <Asked
        label="Discard"
        title="Discard this run?"
        pending={discard.isPending || discard.isSuccess}
        error={discard.error?.message ?? null}
        onYes={() => discard.mutate({ runId })}
      >
        The verdicts and the handed-in file are removed. This cannot be undone; the file can be handed in
        again.
      </Asked>
    </div>
  );
}

function Asked({
  label,
  primary = false,
  title,
  children,
  pending,
  error,
  onYes,
}: {
  label: string;
  primary?: boolean;
  title: string;
  children: ReactNode;
  pending: boolean;
  error: string | null;
  onYes: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const look = `button ${primary ? 'button-primary' : ''}`;
  return (
    <>
      <button type="button" className={look} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby={id}>
        <h2 id={id}>{title}</h2>
        <p>{children}</p>
        {error === null ? null : (
          <p role="alert" className="text-wrong">
            It did not work: {error}
          </p>
        )}
        <form method="dialog" className="flex justify-end gap-2">
          <button type="submit" className="button">
            Not now
          </button>
          <button type="button" className={look} disabled={pending} onClick={onYes}>
            {pending ? 'One moment' : label}
          </button>
        </form>
      </dialog>
    </>
  );
}
