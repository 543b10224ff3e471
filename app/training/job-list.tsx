'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import { TrpcProvider, useTRPCClient } from '../trpc/client';
import { formatDate } from '../ui/format';
import { ScrollRegion } from '../ui/scrolls';
import { EmptyState, ErrorState, LoadingState } from '../ui/state';
import { visible } from '../ui/visible';
import { formatValue } from './curve-data';
import { durationWords, inChains, KIND_WORDS, STATE_WORDS, secondsLeft, stepWords } from './job-words';
import {
  JOB_KINDS,
  LIST_PAGE,
  LIST_STATES,
  type ListView,
  listFilter,
  listQuery,
  readListView,
} from './list-url';
import { StateMark } from './state-mark';
import type { JobRow } from './types';

interface First {
  view: ListView;
  jobs: readonly JobRow[];
}

/** Jobs that are not over change by themselves. */
const LOOK_EVERY_MS = 3_000;

export const JobList = (props: { first: First; isTeam: boolean }) => (
  <TrpcProvider>
    <Jobs {...props} />
  </TrpcProvider>
);

/** Jobs, the newest first, those of a chain together; filters in the address. */
function Jobs({ first, isTeam }: { first: First; isTeam: boolean }) {
  const client = useTRPCClient();
  const pathname = usePathname();
  const params = useSearchParams();
  const view = useMemo(() => readListView(new URLSearchParams(params.toString())), [params]);
  const query = listQuery(view);
  const list = useInfiniteQuery({
    queryKey: ['training', 'list', query],
    queryFn: ({ pageParam }) =>
      client.training.list.query({ ...listFilter(view), before: pageParam, limit: LIST_PAGE }),
    initialPageParam: null as string | null,
    placeholderData: keepPreviousData,
    getNextPageParam: (page) => (page.length < LIST_PAGE ? undefined : (page.at(-1)?.id ?? undefined)),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.some(({ state }) => state === 'waiting' || state === 'running'))
        ? LOOK_EVERY_MS
        : false,
    ...(listQuery(first.view) === query
      ? { initialData: { pages: [[...first.jobs]], pageParams: [null] } }
      : {}),
  });
  const go = (next: Partial<ListView>, how: 'push' | 'replace') => {
    const address = `${pathname}${listQuery({ ...view, ...next })}`;
    if (how === 'push') window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
  };
  const jobs = list.data?.pages.flat() ?? [];
  return (
    <section aria-label="Jobs" className="stack">
      <Filter view={view} onChange={go} />
      {list.isError ? (
        <ErrorState title="The jobs could not be read">
          <p>{list.error.message}</p>
        </ErrorState>
      ) : list.data === undefined ? (
        <LoadingState label="Searching" height="12rem" />
      ) : jobs.length === 0 ? (
        query === '' ? (
          <Begin isTeam={isTeam} />
        ) : (
          <EmptyState title="No job is like that">
            <button
              type="button"
              className="button"
              onClick={() => go({ state: null, kind: null, text: '' }, 'push')}
            >
              Show all
            </button>
          </EmptyState>
        )
      ) : (
        <JobTable jobs={jobs} />
      )}
      {list.hasNextPage ? (
        <button
          type="button"
          className="button self-center"
          aria-disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {list.isFetchingNextPage ? 'Reading' : 'Show older ones'}
        </button>
      ) : null}
    </section>
  );
}

/** How to begin, for who may and who may not. */
const Begin = ({ isTeam }: { isTeam: boolean }) => (
  <EmptyState title="Nothing is trained yet">
    {isTeam ? (
      <p>
        Make an agent below and start it on the box that trains; then queue a{' '}
        <Link href="/training/new">new run</Link>, or one by <code>./ocean jobs start RECIPE</code>.
      </p>
    ) : (
      <p>
        Whoever holds the write token can <Link href="/submit">sign in</Link> and start a training.
      </p>
    )}
  </EmptyState>
);

function Filter({
  view,
  onChange,
}: {
  view: ListView;
  onChange: (next: Partial<ListView>, how: 'push' | 'replace') => void;
}) {
  const [text, setText] = useState(view.text);
  useEffect(() => setText(view.text), [view.text]);
  return (
    // Works without JavaScript too, as a form that asks for the page anew.
    <search>
      <form
        className="training-filter"
        action="/training"
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ text: text.trim() }, 'push');
        }}
      >
        <label>
          <span className="label">State</span>
          <select
            name="state"
            className="field"
            value={view.state ?? ''}
            onChange={(event) =>
              onChange({ state: LIST_STATES.find((each) => each === event.target.value) ?? null }, 'push')
            }
          >
            <option value="">any</option>
            {LIST_STATES.map((state) => (
              <option key={state} value={state}>
                {state === 'open' ? 'not over yet' : STATE_WORDS[state]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="label">Kind</span>
          <select
            name="kind"
            className="field"
            value={view.kind ?? ''}
            onChange={(event) =>
              onChange({ kind: JOB_KINDS.find((each) => each === event.target.value) ?? null }, 'push')
            }
          >
            <option value="">any</option>
            {JOB_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {KIND_WORDS[kind]}
              </option>
            ))}
          </select>
        </label>
        <label className="training-search">
          <span className="label">Name</span>
          <input
            name="text"
            type="search"
            className="field"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              onChange({ text: event.target.value.trim() }, 'replace');
            }}
          />
        </label>
      </form>
    </search>
  );
}

function JobTable({ jobs }: { jobs: readonly JobRow[] }) {
  return (
    <ScrollRegion className="table-scroll panel" label="Table of jobs">
      <table className="data-table training-table">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col">Kind</th>
            <th scope="col">Progress</th>
            <th scope="col" className="num">
              Left
            </th>
            <th scope="col" className="num">
              Score
            </th>
            <th scope="col">Box</th>
            <th scope="col">Made</th>
          </tr>
        </thead>
        {inChains(jobs).map((chain) => (
          <tbody key={chain[0]?.id}>
            {chain.map((job, place) => (
              <Row key={job.id} job={job} place={chain.length > 1 ? place : null} />
            ))}
          </tbody>
        ))}
      </table>
    </ScrollRegion>
  );
}

/** @param props.place in its chain; null of one that is alone. */
function Row({ job, place }: { job: JobRow; place: number | null }) {
  const left = secondsLeft(job);
  return (
    <tr className={place === null || place === 0 ? undefined : 'training-follows'}>
      <th scope="row">
        {place === null ? null : (
          <span className="training-place">
            <span className="sr-only">Step {place + 1} of its chain: </span>
            <span aria-hidden="true">{place + 1}</span>
          </span>
        )}
        <Link href={`/training/${encodeURIComponent(job.id)}`} prefetch={false} dir="auto">
          {visible(job.name)}
        </Link>
        {job.public ? null : <span className="badge">draft</span>}
      </th>
      <td>
        <StateMark state={job.state} />
        {job.cancelRequested && job.state === 'running' ? (
          <span className="text-muted"> stopping</span>
        ) : null}
      </td>
      <td>{KIND_WORDS[job.kind]}</td>
      <td>
        {job.step === 0 && job.steps === null ? (
          <span className="text-muted">–</span>
        ) : (
          <span className="training-progress">
            {job.steps === null ? null : (
              <progress
                className="progress"
                aria-label={`Progress of ${job.name}`}
                value={job.step}
                max={Math.max(1, job.steps)}
              />
            )}
            {stepWords(job)}
          </span>
        )}
      </td>
      <td className="num">{left === null ? '' : `≈ ${durationWords(left)}`}</td>
      <td className="num">{job.score === null ? '' : formatValue(job.score)}</td>
      <td dir="auto">{job.agentName === null ? '' : visible(job.agentName)}</td>
      <td className="whitespace-nowrap">{formatDate(job.createdAt)}</td>
    </tr>
  );
}
