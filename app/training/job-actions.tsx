'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTRPC, useTRPCClient } from '../trpc/client';
import { Confirm, Dialog } from '../ui/dialog';
import { formatCount } from '../ui/format';
import type { JobPage } from './types';

type Open = 'cancel' | 'resume' | 'publish' | 'unpublish' | 'describe' | null;

/** What the team may do about a job. */
export function JobActions({ job }: { job: JobPage }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [open, setOpen] = useState<Open>(null);
  const act = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.training.page.queryKey({ id: job.id }) });
      setOpen(null);
    },
  });
  const show = (which: Open) => {
    act.reset();
    setOpen(which);
  };
  const going = job.state === 'waiting' || job.state === 'running';
  const trains = job.kind === 'sft' || job.kind === 'train';
  const checkpoint = job.files.find(({ purpose }) => purpose === 'checkpoint') ?? null;
  const resumable = trains && checkpoint !== null && (job.state === 'failed' || job.state === 'cancelled');
  const exported = job.chain.some(({ kind, state }) => kind === 'export' && state === 'succeeded');
  const common = {
    disabled: act.isPending,
    error: act.error?.message ?? null,
    onClose: () => setOpen(null),
  };
  const id = { id: job.id };
  return (
    <>
      {going && !job.cancelRequested ? <Action onClick={() => show('cancel')}>Cancel</Action> : null}
      {resumable ? <Action onClick={() => show('resume')}>Resume</Action> : null}
      {trains && exported && !job.published ? <Action onClick={() => show('publish')}>Publish</Action> : null}
      {trains && exported && job.published ? (
        <Action onClick={() => show('unpublish')}>Unpublish</Action>
      ) : null}
      <Action onClick={() => show('describe')}>Name and note</Action>
      <Action
        disabled={act.isPending}
        onClick={() => act.mutate(() => client.training.describe.mutate({ ...id, public: !job.public }))}
      >
        {job.public ? 'Make it a draft' : 'Make public'}
      </Action>
      {trains ? (
        <Link className="button" href={`/training/new?fork=${encodeURIComponent(job.id)}`}>
          Fork
        </Link>
      ) : null}
      {open === null && act.error !== null ? (
        <p role="alert" className="text-wrong">
          {act.error.message}
        </p>
      ) : null}
      {open === 'cancel' ? (
        <Confirm
          {...common}
          title="Cancel this job?"
          yes="Cancel the job"
          onYes={() => act.mutate(() => client.training.cancel.mutate(id))}
        >
          <p>
            {job.state === 'waiting'
              ? 'It has not begun, and is over at once.'
              : 'The step that it is at ends, a checkpoint is written and sent; then it is over.'}{' '}
            What waits for it is cancelled too.
          </p>
        </Confirm>
      ) : null}
      {open === 'resume' && checkpoint !== null ? (
        <Confirm
          {...common}
          primary
          title="Go on from its last checkpoint?"
          yes="Resume"
          onYes={() =>
            act.mutate(async () => {
              const fresh = await client.training.resume.mutate(id);
              router.push(`/training/${encodeURIComponent(fresh)}`);
            })
          }
        >
          <p>
            A new job by the same recipe begins behind step {formatCount(checkpoint.step)}, with all that was
            measured up to there; what was to follow follows it. This one stays as it is.
          </p>
        </Confirm>
      ) : null}
      {open === 'publish' ? (
        <Confirm
          {...common}
          primary
          title="Publish what it made?"
          yes="Publish"
          onYes={() => act.mutate(() => client.training.publish.mutate(id))}
        >
          <p>
            Its exported model is served to browsers and stands among the models of the chat; the runs that
            evaluated it are published; this page becomes public.
          </p>
        </Confirm>
      ) : null}
      {open === 'unpublish' ? (
        <Confirm
          {...common}
          title="Take it out again?"
          yes="Unpublish"
          onYes={() => act.mutate(() => client.training.unpublish.mutate(id))}
        >
          <p>Browsers are served it no more, and its runs are withdrawn. The job itself stays as it is.</p>
        </Confirm>
      ) : null}
      {open === 'describe' ? (
        <Describe
          job={job}
          {...common}
          onSave={(words) => act.mutate(() => client.training.describe.mutate({ ...id, ...words }))}
        />
      ) : null}
    </>
  );
}

const Action = ({
  onClick,
  disabled = false,
  children,
}: {
  onClick: () => void;
  disabled?: boolean;
  children: ReactNode;
}) => (
  <button type="button" className="button" aria-disabled={disabled} onClick={onClick}>
    {children}
  </button>
);

/** A field of a form by its name. */
function fieldOf(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : '';
}

function Describe({
  job,
  disabled,
  error,
  onSave,
  onClose,
}: {
  job: JobPage;
  disabled: boolean;
  error: string | null;
  onSave: (words: { name: string; note: string }) => void;
  onClose: () => void;
}) {
  return (
    <Dialog title="Name and note" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          const form = event.currentTarget;
          if (!disabled) onSave({ name: fieldOf(form, 'name'), note: fieldOf(form, 'note') });
        }}
      >
        <label className="stack">
          <span className="label">Name</span>
          <input name="name" className="field" defaultValue={job.name} required maxLength={100} />
        </label>
        <label className="stack">
          <span className="label">Note</span>
          <textarea name="note" className="field" rows={6} defaultValue={job.note} maxLength={10_000} />
        </label>
        <Failed error={error} />
        <button type="submit" className="button button-primary" aria-disabled={disabled}>
          Save
        </button>
      </form>
    </Dialog>
  );
}

const Failed = ({ error }: { error: string | null }) =>
  error === null ? null : (
    <p role="alert" className="text-wrong">
      It did not work: {error}
    </p>
  );
