'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { TrpcProvider, useTRPC } from '../trpc/client';
import { Confirm } from '../ui/dialog';
import { formatCount } from '../ui/format';

interface Props {
  runId: string;
  scorer: string;
  /** The same rule with the judge. */
  judged: string;
  needsJudge: number;
}

/** Has a judge decide what a rule leaves open, after what that would take has been shown. */
export function JudgeButton(props: Props) {
  return (
    <TrpcProvider>
      <Asking {...props} />
    </TrpcProvider>
  );
}

function Asking({ runId, scorer, judged, needsJudge }: Props) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const estimate = useQuery(
    trpc.runs.judgeEstimate.queryOptions({ runId, scorer }, { enabled: open, staleTime: 0, retry: false }),
  );
  const ask = useMutation(trpc.runs.rescore.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Ask a judge about {formatCount(needsJudge)}
      </button>
      {open ? (
        <Confirm
          title="Ask a judge model?"
          yes={ask.isPending || ask.isSuccess ? 'One moment' : 'Ask'}
          primary
          disabled={estimate.data === undefined || ask.isPending || ask.isSuccess}
          error={(ask.error ?? estimate.error)?.message ?? null}
          onYes={() => ask.mutate({ runId, scorer: judged })}
          onClose={() => setOpen(false)}
        >
          {estimate.data === undefined ? (
            <p role="status">{estimate.isError ? '' : 'Counting what there is to ask'}</p>
          ) : (
            <dl className="facts">
              <dt>Model</dt>
              <dd>{estimate.data.model}</dd>
              <dt>Samples</dt>
              <dd>{formatCount(estimate.data.samples)} that the rule cannot decide</dd>
              <dt>Calls</dt>
              <dd>{formatCount(estimate.data.calls)} at most; what was asked before is known</dd>
              <dt>Tokens</dt>
              <dd>
                about {formatCount(estimate.data.inputTokens)} in, {formatCount(estimate.data.outputTokens)}{' '}
                out at most
              </dd>
              <dt>Cost</dt>
              <dd>
                {estimate.data.cost === null
                  ? 'not known: OCEAN_JUDGE_PRICE is not set'
                  : `${estimate.data.cost.toFixed(estimate.data.cost < 1 ? 4 : 2)} at most, in the currency of OCEAN_JUDGE_PRICE`}
              </dd>
            </dl>
          )}
          <p className="text-muted">
            Questions and outputs are sent to that model. Its verdicts become a scorer of their own, beside
            the rule.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
