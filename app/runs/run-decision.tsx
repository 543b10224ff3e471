'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type ReactNode, useId, useState } from 'react';
import type { RunPage } from '@/server/evals/types';
import { TrpcProvider, useTRPC } from '../trpc/client';
import { Confirm } from '../ui/dialog';

type Decided = Pick<RunPage, 'id' | 'state' | 'model' | 'mayCorrect'> & { benchmark: { name: string } };

/** What a writer can do with a scored run, each behind a question. */
export function RunDecision({ run }: { run: Decided }) {
  return (
    <TrpcProvider>
      <div className="flex flex-wrap gap-2">
        {run.state === 'published' ? <Withdraw run={run} /> : <Publish run={run} />}
        {run.mayCorrect ? <Correct run={run} /> : null}
        {run.state === 'scored' ? <Discard run={run} /> : null}
      </div>
    </TrpcProvider>
  );
}

function Publish({ run }: { run: Decided }) {
  const trpc = useTRPC();
  const router = useRouter();
  const publish = useMutation(
    trpc.submissions.publish.mutationOptions({ onSuccess: () => router.refresh() }),
  );
  return (
    <Asked
      label={run.state === 'withdrawn' ? 'Publish again' : 'Publish'}
      primary
      title={run.state === 'withdrawn' ? 'Publish this run again?' : 'Publish this run?'}
      call={publish}
      onYes={() => publish.mutate({ runId: run.id })}
    >
      <p>
        {run.model.name} on {run.benchmark.name} appears in the leaderboard as recomputed here, with every
        sample for everyone to read.
      </p>
    </Asked>
  );
}

function Withdraw({ run }: { run: Decided }) {
  const trpc = useTRPC();
  const router = useRouter();
  const withdraw = useMutation(
    trpc.submissions.withdraw.mutationOptions({ onSuccess: () => router.refresh() }),
  );
  return (
    <Asked
      label="Withdraw"
      title="Withdraw this run?"
      call={withdraw}
      onYes={(said) => withdraw.mutate({ runId: run.id, note: said('note') })}
    >
      <p>
        Its figure leaves the leaderboard. This page stays for whoever has its address, says that it was
        withdrawn and why, and can be published again.
      </p>
      <Field label="Why" name="note">
        {(id) => <textarea id={id} name="note" className="field" rows={3} maxLength={500} required />}
      </Field>
    </Asked>
  );
}

function Correct({ run }: { run: Decided }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { model } = run;
  const correct = useMutation(
    trpc.submissions.correct.mutationOptions({ onSuccess: () => router.refresh() }),
  );
  return (
    <Asked
      label="Correct"
      title="Correct what is said of the model"
      call={correct}
      onYes={(said) =>
        correct.mutate({
          runId: run.id,
          name: said('name'),
          link: said('link') === '' ? null : said('link'),
          openWeights: said('openWeights') === 'on',
          note: said('note') === '' ? null : said('note'),
        })
      }
    >
      <p>It belongs to the model, so it changes on all of its runs; their histories keep what it was.</p>
      <Field label="Name" name="name">
        {(id) => (
          <input id={id} name="name" className="field" defaultValue={model.name} maxLength={100} required />
        )}
      </Field>
      <Field label="Link" name="link">
        {(id) => (
          <input
            id={id}
            name="link"
            className="field"
            type="url"
            pattern="https?://.*"
            defaultValue={model.link ?? ''}
            maxLength={300}
          />
        )}
      </Field>
      <label className="flex items-center gap-2">
        <input type="checkbox" name="openWeights" defaultChecked={model.openWeights} /> Its weights are open
      </label>
      <Field label="Why (optional)" name="note">
        {(id) => <textarea id={id} name="note" className="field" rows={2} maxLength={500} />}
      </Field>
    </Asked>
  );
}

function Discard({ run }: { run: Decided }) {
  const trpc = useTRPC();
  const router = useRouter();
  const discard = useMutation(
    trpc.submissions.discard.mutationOptions({ onSuccess: () => router.push('/submit') }),
  );
  return (
    <Asked
      label="Discard"
      title="Discard this run?"
      call={discard}
      onYes={() => discard.mutate({ runId: run.id })}
    >
      <p>
        The verdicts and the handed-in file are removed. This cannot be undone; the file can be handed in
        again.
      </p>
    </Asked>
  );
}

function Field({
  label,
  name,
  children,
}: {
  label: string;
  name: string;
  children: (id: string) => ReactNode;
}) {
  const id = `${useId()}${name}`;
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children(id)}
    </div>
  );
}

/** A button, and the question that it asks before the call is made. */
function Asked({
  label,
  primary = false,
  title,
  children,
  call,
  onYes,
}: {
  label: string;
  primary?: boolean;
  title: string;
  children: ReactNode;
  call: { isPending: boolean; isSuccess: boolean; error: { message: string } | null; reset: () => void };
  onYes: (said: (field: string) => string) => void;
}) {
  const [asking, setAsking] = useState(false);
  const { isPending, isSuccess } = call;
  const open = () => {
    call.reset();
    setAsking(true);
  };
  return (
    <>
      <button type="button" className={`button ${primary ? 'button-primary' : ''}`} onClick={open}>
        {label}
      </button>
      {asking && !isSuccess ? (
        <Confirm
          title={title}
          yes={isPending ? 'One moment' : label}
          primary={primary}
          disabled={isPending}
          error={call.error?.message ?? null}
          onYes={onYes}
          onClose={() => setAsking(false)}
        >
          {children}
        </Confirm>
      ) : null}
    </>
  );
}
