'use client';

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { type ReactNode, useCallback, useEffect } from 'react';
import { useTRPC, useTRPCClient } from '../trpc/client';
import { Command } from '../ui/command';
import { InstallSplit } from '../ui/install-split';
import { LoadingState } from '../ui/state';
import { type Failure, failureOf } from './failure';
import { FileStep } from './file-step';
import { placeHref, readPlace, type Target } from './place';
import { Report } from './report';
import type { KnownModel } from './run-draft';
import { RunForm } from './run-form';
import { SignedIn, SignIn } from './sign-in';
import { Problem, Step } from './step';
import { TargetSelect } from './target-select';
import type { Session, SubmittableBenchmark } from './types';

/** The way of a submission, step by step. The address says where it stands; the run's own page takes over at the end. */
export function SubmitFlow({
  session: firstSession,
  benchmarks: firstBenchmarks,
  models: firstModels,
  maxBytes,
  formats,
  ocean,
}: {
  session: Session;
  benchmarks: readonly SubmittableBenchmark[];
  models: readonly KnownModel[];
  maxBytes: number;
  formats: ReactNode;
  /** The command as this site's visitors call it. */
  ocean: string;
}) {
  const trpc = useTRPC();
  const { file, target: chosen } = readPlace(useSearchParams());
  const { data: session, refetch: askSession } = useQuery(
    trpc.submissions.session.queryOptions(undefined, { initialData: firstSession }),
  );
  const { data: benchmarks, refetch: askBenchmarks } = useQuery(
    trpc.submissions.benchmarks.queryOptions(undefined, { initialData: firstBenchmarks }),
  );
  const { data: models } = useQuery(
    trpc.submissions.models.queryOptions(undefined, { initialData: firstModels }),
  );

  const check = usePreflight(file, chosen, session.mayWrite);
  const report = check.data;
  const failure = check.error === null ? null : failureOf(check.error);
  const target = report?.target ?? null;
  const benchmark = benchmarks.find(({ id }) => id === target?.benchmark);
  const ready =
    report !== undefined && target !== null && report.problems.length === 0 && report.existingRunId === null;

  // Whatever call finds the session ended: the first step asks for the token again.
  const isSignedOut = failure?.kind === 'signed-out';
  const onSignedOut = useCallback(() => {
    askSession().then(() => focusStep(1));
  }, [askSession]);
  useEffect(() => {
    if (isSignedOut) onSignedOut();
  }, [isSignedOut, onSignedOut]);

  const onUploaded = useCallback((uploaded: { sha256: string; name: string }) => {
    window.history.pushState(null, '', placeHref({ file: uploaded, target: null }));
    focusStep(3);
  }, []);
  const { refetch: askAgain } = check;
  const checkAgain = useCallback(() => Promise.all([askBenchmarks(), askAgain()]), [askBenchmarks, askAgain]);
  const split = benchmark?.splits.find(({ id }) => id === target?.split);
  const missing = split?.installed === false && split.kind === 'published' ? target : null;

  if (!session.writingEnabled) return <WritingOff formats={formats} OCEAN={ocean} />;
  return (
    <>
      <Step
        number={1}
        title={session.mayWrite ? 'Signed in' : 'Sign in'}
        state={session.mayWrite ? 'done' : 'current'}
      >
        {session.mayWrite ? (
          <SignedIn onSignedOut={() => askSession().then(() => focusStep(1))} />
        ) : (
          <SignIn
            ended={file !== null}
            onSignedIn={async () => {
              await askSession();
              if (file !== null && report === undefined) await check.refetch();
              focusStep(file === null ? 2 : 3);
            }}
          />
        )}
      </Step>

      <Step
        number={2}
        title="Predictions file"
        state={file !== null ? 'done' : session.mayWrite ? 'current' : 'later'}
      >
        {session.mayWrite ? (
          <FileStep
            current={file?.name ?? null}
            maxBytes={maxBytes}
            formats={formats}
            onSending={focusFileStep}
            onCancelled={focusFileStep}
            onUploaded={onUploaded}
            onReset={() => {
              window.history.pushState(null, '', placeHref({ file: null, target: null }));
              focusStep(2);
            }}
            onSignedOut={onSignedOut}
          />
        ) : (
          <>
            <p className="text-muted">
              {file === null
                ? 'Model outputs of one benchmark split, one row a sample.'
                : `${file.name} is uploaded.`}
            </p>
            {formats}
          </>
        )}
      </Step>

      <Step
        number={3}
        title="What the file holds"
        state={file === null ? 'later' : ready ? 'done' : 'current'}
      >
        {file === null ? (
          <p className="text-muted">
            Format, matched and missing samples, and the accuracy recomputed, in seconds.
          </p>
        ) : (
          <div className="stack" aria-busy={check.isFetching}>
            {failure === null || isSignedOut ? null : (
              <CheckProblem
                key={check.errorUpdatedAt}
                failure={failure}
                formats={formats}
                onRetry={checkAgain}
              />
            )}
            {report === undefined && chosen === null ? null : (
              <TargetSelect
                benchmarks={benchmarks}
                candidates={report?.candidates ?? []}
                chosen={chosen ?? target}
                onChoose={(next) => window.history.replaceState(null, '', placeHref({ file, target: next }))}
              />
            )}
            {report === undefined ? null : <Report report={report} />}
            {missing === null ? null : (
              <InstallSplit key={`${missing.benchmark} ${missing.split}`} {...missing} onDone={checkAgain} />
            )}
            {report === undefined || report.problems.length === 0 ? null : (
              <div>
                <button type="button" className="button" onClick={checkAgain}>
                  Check again
                </button>
              </div>
            )}
            {report === undefined && (failure === null || isSignedOut) ? (
              session.mayWrite ? (
                <LoadingState label="Reading the file and matching its rows" height="13rem" />
              ) : (
                <p className="text-muted">Sign in to see it.</p>
              )
            ) : null}
            <p className="sr-only" role="status">
              {check.isFetching ? 'Checking the file.' : report === undefined ? '' : 'The file is checked.'}
            </p>
          </div>
        )}
      </Step>

      <Step number={4} title="Model and settings" state={ready ? 'current' : 'later'}>
        {ready ? null : (
          <p className="text-muted">
            Which model made the outputs, with which prompt and settings. Then it is scored.
          </p>
        )}
        {file === null || report === undefined || target === null ? null : (
          // Hidden, not gone, while another benchmark is tried: what was typed stays.
          <div hidden={!ready}>
            <RunForm
              key={file.sha256}
              report={report}
              target={target}
              checking={check.isPlaceholderData}
              models={models}
              prompts={benchmark?.prompts ?? []}
              onSignedOut={onSignedOut}
            />
          </div>
        )}
      </Step>
    </>
  );
}

/** The preflight changes nothing on the server, so for the page it is a question: asked once a file and target. */
function usePreflight(
  file: { sha256: string; name: string } | null,
  target: Target | null,
  mayWrite: boolean,
) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: ['preflight', file, target],
    queryFn: ({ signal }) => {
      if (file === null) throw new Error('There is no file to check.');
      return client.submissions.preflight.mutate(
        {
          fileSha256: file.sha256,
          fileName: file.name,
          benchmark: target?.benchmark ?? null,
          split: target?.split ?? null,
        },
        { signal },
      );
    },
    enabled: file !== null && mayWrite,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    // While another target is tried the last report stays, so that nothing jumps; not while another file is.
    placeholderData: (previous) => (previous?.fileSha256 === file?.sha256 ? previous : undefined),
  });
}

function CheckProblem({
  failure,
  formats,
  onRetry,
}: {
  failure: Failure;
  formats: ReactNode;
  onRetry: () => Promise<unknown>;
}) {
  const titles = {
    refused: 'This file is refused',
    gone: 'The upload is no longer here',
    broken: 'The check did not finish',
    'signed-out': 'Your session has ended',
  };
  return (
    <>
      <Problem
        title={titles[failure.kind]}
        actions={
          failure.kind === 'broken' ? (
            <button type="button" className="button" onClick={onRetry}>
              Try again
            </button>
          ) : undefined
        }
      >
        <p>{failure.message}</p>
        {failure.kind === 'broken' ? null : <p>Take another file above.</p>}
      </Problem>
      {failure.kind === 'refused' ? formats : null}
    </>
  );
}

function WritingOff({ formats, OCEAN }: { formats: ReactNode; OCEAN: string }) {
  return (
    <div className="stack">
      <div className="submit-note">
        <p className="font-semibold">Writing is off on this server</p>
        <p>
          Set <code>OCEAN_TOKEN</code> (at least 16 characters) in its environment and start it again; whoever
          holds that token may then submit. Reading works as ever.
        </p>
      </div>
      <p>Without any server, a file is scored in a terminal:</p>
      <Command>{`${OCEAN} score predictions.jsonl`}</Command>
      {formats}
    </div>
  );
}

const focusFileStep = () => focusStep(2);

function focusStep(number: number): void {
  document.getElementById(`step-${number}`)?.focus();
}
