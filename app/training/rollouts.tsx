'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { memo, type Ref, useEffect, useRef } from 'react';
import { useTRPC, useTRPCClient } from '../trpc/client';
import { CopyButton } from '../ui/copy-button';
import { formatCount } from '../ui/format';
import { EmptyState, ErrorState, LoadingState } from '../ui/state';
import { visible } from '../ui/visible';
import { formatValue } from './curve-data';
import { GroupView } from './group-view';
import { FILTERS, type JobView, jobAddress, ORDERS } from './job-url';
import { groupWords, isRight, questionOf, sortedResponses } from './rollout-words';
import { Scatter } from './scatter';
import type { JobPage, RolloutRow } from './types';

/** Groups that are read at once. */
const PAGE = 10;
const FILTER_WORDS = {
  right: 'all right',
  wrong: 'all wrong',
  mixed: 'some right',
  equal: 'all of one reward',
  truncated: 'with truncated ones',
  failed: 'with failed terms',
} as const;
const ORDER_WORDS = {
  place: 'their place',
  lowest: 'the lowest mean first',
  highest: 'the highest mean first',
  longest: 'the longest first',
} as const;

type Change = (next: Partial<JobView>, how?: 'push' | 'replace') => void;

/** What a step was rewarded for: its groups, and of the open one every response. */
function RolloutsSection({
  ref,
  job,
  settings,
  view,
  first,
  onChange,
}: {
  ref: Ref<HTMLElement>;
  job: JobPage;
  /** Of its recipe, by dotted names. */
  settings: Readonly<Record<string, string>>;
  view: JobView;
  /** What the server has read, and for which view. */
  first: { view: JobView; total: number; groups: readonly RolloutRow[] } | null;
  onChange: Change;
}) {
  const { rolloutSteps } = job;
  return (
    <section
      ref={ref}
      id="rollouts"
      tabIndex={-1}
      aria-labelledby="rollouts-heading"
      className="stack rollouts-section"
    >
      <h2 id="rollouts-heading">Rollouts</h2>
      {rolloutSteps.length === 0 ? (
        <p className="text-muted">
          {job.owner === 'site'
            ? 'What it was rewarded for was not kept at that time.'
            : 'None is here yet; its recipe says at which steps they are kept.'}
        </p>
      ) : (
        <StepPicker steps={rolloutSteps} step={view.step} onChange={onChange} />
      )}
      {rolloutSteps.length === 0 || view.step === null ? null : !rolloutSteps.includes(view.step) ? (
        <EmptyState title={`Step ${formatCount(view.step)} has no rollouts here`} />
      ) : (
        <Step
          key={view.step}
          job={job}
          step={view.step}
          settings={settings}
          view={view}
          first={first}
          onChange={onChange}
        />
      )}
    </section>
  );
}

function StepPicker({
  steps,
  step,
  onChange,
}: {
  steps: readonly number[];
  step: number | null;
  onChange: Change;
}) {
  const go = (to: number | undefined) => {
    if (to !== undefined)
      onChange({ step: to, group: null, response: null }, step === null ? 'push' : 'replace');
  };
  const at = step === null ? -1 : steps.indexOf(step);
  return (
    <div className="training-filter">
      <label>
        <span className="label">Step</span>
        <select
          className="field"
          value={step ?? ''}
          onChange={(event) => go(event.target.value === '' ? undefined : Number(event.target.value))}
        >
          {at === -1 ? <option value="">choose, or click a curve</option> : null}
          {steps.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className="button" aria-disabled={at <= 0} onClick={() => go(steps[at - 1])}>
        Earlier
      </button>
      <button
        type="button"
        className="button"
        aria-disabled={at === steps.length - 1}
        onClick={() => go(steps[at + 1])}
      >
        {at === -1 ? 'The first' : 'Later'}
      </button>
      {at !== -1 && at < steps.length - 1 ? (
        <button type="button" className="button" onClick={() => go(steps.at(-1))}>
          The newest
        </button>
      ) : null}
    </div>
  );
}

function Step({
  job,
  step,
  settings,
  view,
  first,
  onChange,
}: {
  job: JobPage;
  step: number;
  settings: Readonly<Record<string, string>>;
  view: JobView;
  first: { view: JobView; total: number; groups: readonly RolloutRow[] } | null;
  onChange: Change;
}) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { filter, order } = view;
  const isFirst =
    first !== null && first.view.step === step && first.view.filter === filter && first.view.order === order;
  const list = useInfiniteQuery({
    queryKey: ['training', 'rollouts', job.id, job.attempt, step, filter, order],
    queryFn: ({ pageParam }) =>
      client.training.rollouts.query({ id: job.id, step, filter, order, offset: pageParam, limit: PAGE }),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) => {
      const read = pages.reduce((sum, { groups }) => sum + groups.length, 0);
      return read < total ? read : undefined;
    },
    staleTime: Number.POSITIVE_INFINITY,
    ...(isFirst
      ? { initialData: { pages: [{ total: first.total, groups: [...first.groups] }], pageParams: [0] } }
      : {}),
  });
  const groups = list.data?.pages.flatMap((page) => page.groups) ?? [];
  const total = list.data?.pages[0]?.total;
  const open = view.group ?? groups[0]?.ordinal ?? null;
  const listed = groups.find(({ ordinal }) => ordinal === open);
  const read = useQuery(
    trpc.training.rolloutAt.queryOptions(
      { id: job.id, step, ordinal: open ?? 0 },
      { enabled: open !== null && listed === undefined && list.data !== undefined, staleTime: 60_000 },
    ),
  );
  const group = listed ?? read.data ?? null;

  const choose = (ordinal: number, response: number | null = null) =>
    onChange({ group: ordinal, response }, view.group === null ? 'push' : 'replace');
  const at = groups.findIndex(({ ordinal }) => ordinal === open);
  const move = (by: number) => {
    const to = groups[Math.max(0, at + by)];
    if (to !== undefined && to.ordinal !== open) choose(to.ordinal);
    if (at + by >= groups.length - 2 && list.hasNextPage && !list.isFetchingNextPage)
      void list.fetchNextPage();
  };
  const turn = (by: number) => {
    if (group === null) return;
    const placed = sortedResponses(group.data.responses, view.sort);
    const now = placed.findIndex(({ place }) => place === view.response);
    const to = placed[now === -1 ? (by > 0 ? 0 : placed.length - 1) : now + by];
    if (to !== undefined) onChange({ group: group.ordinal, response: to.place });
  };

  const listBox = useRef<HTMLOListElement>(null);
  useEffect(() => {
    // Where keys have led is in sight within the list, whose page stays where it is.
    const row = listBox.current?.querySelector<HTMLElement>(`[data-ordinal="${open}"]`);
    const box = listBox.current;
    if (row == null || box === null) return;
    const above = row.offsetTop - box.scrollTop;
    if (above < 0) box.scrollTop = row.offsetTop;
    else if (above + row.offsetHeight > box.clientHeight)
      box.scrollTop = row.offsetTop + row.offsetHeight - box.clientHeight;
  }, [open]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys act wherever the focus is within the rollouts
    <div
      className="stack"
      onKeyDown={(event) => {
        const typing = event.target instanceof Element && event.target.closest('input, select, textarea');
        if (typing || event.altKey || event.ctrlKey || event.metaKey) return;
        const inList = event.target instanceof Node && listBox.current?.contains(event.target);
        if (event.key === 'j' || (inList && event.key === 'ArrowDown')) move(1);
        else if (event.key === 'k' || (inList && event.key === 'ArrowUp')) move(-1);
        else if (event.key === 'ArrowRight' || event.key === 'l') turn(1);
        else if (event.key === 'ArrowLeft' || event.key === 'h') turn(-1);
        else if (event.key === 'Escape' && view.response !== null) onChange({ response: null });
        else return;
        event.preventDefault();
      }}
    >
      <div className="training-filter">
        <label>
          <span className="label">Groups</span>
          <select
            className="field"
            value={filter ?? ''}
            onChange={(event) =>
              onChange({
                filter: FILTERS.find((each) => each === event.target.value) ?? null,
                group: null,
                response: null,
              })
            }
          >
            <option value="">all</option>
            {FILTERS.map((each) => (
              <option key={each} value={each}>
                {FILTER_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="label">In the order of</span>
          <select
            className="field"
            value={order}
            onChange={(event) =>
              onChange({
                order: ORDERS.find((each) => each === event.target.value) ?? 'place',
                group: null,
                response: null,
              })
            }
          >
            {ORDERS.map((each) => (
              <option key={each} value={each}>
                {ORDER_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
        <CopyButton
          label="Copy link"
          read={() =>
            `${window.location.origin}${window.location.pathname}${jobAddress({ ...view, group: open })}`
          }
        />
        <p className="samples-keys" aria-hidden="true">
          <kbd>j</kbd> <kbd>k</kbd> groups, <kbd>←</kbd> <kbd>→</kbd> responses
        </p>
      </div>
      <p role="status" className="text-muted">
        {total === undefined ? 'Reading' : `${formatCount(total)} ${total === 1 ? 'group' : 'groups'}`}
      </p>
      {list.isError ? (
        <ErrorState title="The rollouts could not be read">
          <p>{list.error.message}</p>
        </ErrorState>
      ) : total === undefined ? (
        <LoadingState label={`Reading step ${step}`} height="20rem" />
      ) : total === 0 ? (
        <EmptyState title="No group of this step is like that" />
      ) : (
        <div className="rollouts">
          <ol ref={listBox} className="panel rollout-groups" aria-label="Groups">
            {groups.map((each) => (
              <li key={each.ordinal} data-ordinal={each.ordinal}>
                <button
                  type="button"
                  aria-current={each.ordinal === open ? 'true' : undefined}
                  onClick={() => choose(each.ordinal)}
                >
                  <GroupRow row={each} />
                </button>
              </li>
            ))}
            {list.hasNextPage ? (
              <li>
                <button type="button" onClick={() => void list.fetchNextPage()}>
                  {list.isFetchingNextPage ? 'Reading' : `Show more of ${formatCount(total)}`}
                </button>
              </li>
            ) : null}
          </ol>
          <div className="stack rollout-open">
            <Scatter
              jobId={job.id}
              attempt={job.attempt}
              step={step}
              open={{ group: open, response: view.response }}
              onOpen={choose}
            />
            {group === null ? (
              read.isFetching ? (
                <LoadingState label="Reading the group" height="20rem" />
              ) : (
                <EmptyState title="There is no such group in this step" />
              )
            ) : (
              <GroupView
                key={`${step} ${group.ordinal}`}
                jobId={job.id}
                row={group}
                settings={settings}
                view={view}
                onChange={onChange}
              />
            )}
          </div>
        </div>
      )}
    </div>
  );
}

function GroupRow({ row }: { row: RolloutRow }) {
  return (
    <>
      <span className="rollout-group-question" dir="auto">
        <span className="text-muted">{row.ordinal + 1}</span> {visible(questionOf(row.data).slice(0, 160))}
      </span>
      <span className="rollout-group-facts">
        <span className="rollout-strip" aria-hidden="true">
          {row.data.responses.map((response, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a response is its place
            <i key={place} data-right={isRight(response)} />
          ))}
        </span>
        {groupWords(row, formatValue)}
        {row.truncated > 0 ? `, ${row.truncated} truncated` : ''}
        {row.failed > 0 ? `, ${row.failed} failed` : ''}
      </span>
    </>
  );
}

/** A step more changes nothing of it. */
export const Rollouts = memo(RolloutsSection);
