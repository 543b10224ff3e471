'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { TrpcProvider, useTRPC } from '../trpc/client';
import { Confirm } from '../ui/dialog';

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
      <Decided
        label="Publish"
        primary
        title="Publish this run?"
        pending={publish.isPending || publish.isSuccess}
        error={publish.error?.message ?? null}
        onYes={() => publish.mutate({ runId })}
      >
        {what} appears in the leaderboard as recomputed here, with every sample for everyone to read.
      </Decided>
      <Decided
        label="Discard"
        title="Discard this run?"
        pending={discard.isPending || discard.isSuccess}
        error={discard.error?.message ?? null}
        onYes={() => discard.mutate({ runId })}
      >
        The verdicts and the handed-in file are removed. This cannot be undone; the file can be handed in
        again.
      </Decided>
    </div>
  );
}

function Decided({
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
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        className={`button ${primary ? 'button-primary' : ''}`}
        onClick={() => setAsking(true)}
      >
        {label}
      </button>
      {asking ? (
        <Confirm
          title={title}
          yes={pending ? 'One moment' : label}
          primary={primary}
          disabled={pending}
          error={error}
          onYes={onYes}
          onClose={() => setAsking(false)}
        >
          <p>{children}</p>
        </Confirm>
      ) : null}
    </>
  );
}
