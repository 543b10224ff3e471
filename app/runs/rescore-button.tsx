'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { TrpcProvider, useTRPC } from '../trpc/client';

interface Props {
  runId: string;
  scorer: string;
  label: string;
}

/** Has the server score a run by one more scorer, whose figure then stands beside the others. */
export function RescoreButton(props: Props) {
  return (
    <TrpcProvider>
      <Rescore {...props} />
    </TrpcProvider>
  );
}

function Rescore({ runId, scorer, label }: Props) {
  const trpc = useTRPC();
  const router = useRouter();
  const rescore = useMutation(trpc.runs.rescore.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={rescore.isPending || rescore.isSuccess}
        onClick={() => rescore.mutate({ runId, scorer })}
      >
        {rescore.isPending || rescore.isSuccess ? 'One moment' : 'Score and keep'}
        <span className="sr-only"> by {label}</span>
      </button>
      {rescore.error === null ? null : (
        <span role="alert" className="text-wrong">
          It did not work: {rescore.error.message}
        </span>
      )}
    </>
  );
}
