'use client';

import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunPage, SampleDetail, SampleFilter, SampleRow } from '@/server/evals/types';
import { TrpcProvider, useTRPC } from '../trpc/client';
import { formatCount } from '../ui/format';
import { EmptyState, ErrorState, LoadingState } from '../ui/state';
import { sharedOpening } from './answer-text';
import { CopyButton } from './copy-button';
import { SampleFilterForm } from './sample-filter';
import { SampleList } from './sample-list';
import { SampleView } from './sample-view';
import { PAGE, readView, viewQuery } from './samples-url';

/** What the server has read already, for the view of the page's address. */
export interface FirstSamples {
  /** The filter's query, which tells whether this is about the filter now. */
  filterQuery: string;
  sampleId: string | null;
  position: number | null;
  page: number;
  range: { total: number; rows: readonly SampleRow[] };
  detail: SampleDetail | null;
  /** False where a long output was cut, and the browser reads the whole. */
  detailIsWhole: boolean;
}

interface Props {
  run: { id: string; outcomes: NonNullable<RunPage['outcomes']>; tags: RunPage['tags'] };
  first: FirstSamples;
}

/** All samples of a run: the filter, the list, and beside it the sample that is open. */
export function Samples(props: Props) {
  return (
    <TrpcProvider>
      <SamplesRoom {...props} />
    </TrpcProvider>
  );
}

/** Below this width a sample takes the whole screen; `samples.css` has the same. */
const NARROW = '(width < 60rem)';

function SamplesRoom({ run, first }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const pathname = usePathname();
  const params = useSearchParams();
  const { filter, sampleId } = useMemo(() => readView(new URLSearchParams(params.toString())), [params]);
  const filterQuery = viewQuery({ filter, sampleId: null });
  const isFirst = filterQuery === first.filterQuery;

  /* ------------------------------------------------ where the list is: the open sample's row, or where keys have moved */
  const position = useQuery(
    trpc.runs.position.queryOptions(
      { id: run.id, filter, sampleId: sampleId ?? '' },
      {
        enabled: sampleId !== null,
        staleTime: Number.POSITIVE_INFINITY,
        ...(isFirst && sampleId !== null && sampleId === first.sampleId
          ? { initialData: first.position }
          : {}),
      },
    ),
  );
  // A sample that is closed leaves the list where it was.
  const [rest, setRest] = useState({ filterQuery, index: 0 });
  const at = sampleId === null ? null : (position.data ?? null);
  useEffect(() => {
    if (at !== null) setRest({ filterQuery, index: at });
  }, [filterQuery, at]);
  const settled = sampleId !== null ? at : rest.filterQuery === filterQuery ? rest.index : 0;
  const [moved, setMoved] = useState<number | null>(null);
  const cursor = moved ?? settled;

  /* ------------------------------------------------ the ranges that are seen */
  const [seen, setSeen] = useState({ first: first.page, last: first.page });
  const onVisible = useCallback((from: number, to: number) => {
    const next = { first: Math.floor(from / PAGE), last: Math.floor(to / PAGE) };
    setSeen((now) => (now.first === next.first && now.last === next.last ? now : next));
  }, []);
  const pages = useMemo(() => {
    const wanted = new Set<number>();
    // The first range is always read: it says how many samples there are.
    wanted.add(isFirst ? first.page : 0);
    if (cursor !== null) wanted.add(Math.floor(cursor / PAGE));
    for (let page = seen.first; page <= seen.last; page++) wanted.add(page);
    return [...wanted];
  }, [isFirst, first.page, cursor, seen]);
  const ranges = useQueries({
    queries: pages.map((page) =>
      trpc.runs.samples.queryOptions(
        { id: run.id, filter, offset: page * PAGE, limit: PAGE },
        {
          staleTime: Number.POSITIVE_INFINITY,
          ...(isFirst && page === first.page ? { initialData: first.range } : {}),
        },
      ),
    ),
  });
  const loaded = new Map(pages.map((page, index) => [page, ranges[index]?.data?.rows]));
  const rowAt = (index: number): SampleRow | undefined =>
    loaded.get(Math.floor(index / PAGE))?.[index % PAGE];
  const opening = sharedOpening((loaded.get(pages[0] ?? 0) ?? []).map((row) => row.question));
  const total = ranges.find((range) => range.data !== undefined)?.data?.total;
  const failed = ranges.filter((range) => range.isError);

  /* ------------------------------------------------ the address, which holds the filter and the open sample */
  const go = useCallback(
    (how: 'push' | 'replace', to: { filter: SampleFilter; sampleId: string | null }) => {
      const address = `${pathname}${viewQuery(to)}`;
      if (how === 'push') window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
    },
    [pathname],
  );
  const open = useCallback(
    (id: string, index: number) => {
      queryClient.setQueryData(trpc.runs.position.queryKey({ id: run.id, filter, sampleId: id }), index);
      // One entry of the history for reading samples, however many are read.
      go(sampleId === null ? 'push' : 'replace', { filter, sampleId: id });
    },
    [queryClient, trpc, run.id, filter, sampleId, go],
  );
  const hrefOf = useCallback(
    (id: string) => `${pathname}${viewQuery({ filter, sampleId: id })}`,
    [pathname, filter],
  );

  // A held key runs through rows; the sample is read, and the address written, where it rests.
  const movedId = moved === null ? undefined : rowAt(moved)?.sampleId;
  useEffect(() => {
    if (moved === null || movedId === undefined) return;
    if (movedId === sampleId) {
      // Unless a key has moved on since.
      setMoved((now) => (now === moved ? null : now));
      return;
    }
    const timer = setTimeout(() => open(movedId, moved), 120);
    return () => clearTimeout(timer);
  }, [moved, movedId, sampleId, open]);
  const move = (index: number) => {
    if (total !== undefined && total > 0) setMoved(Math.max(0, Math.min(total - 1, index)));
  };

  /* ------------------------------------------------ the sample that is open; on a wide screen the cursor's if none is */
  const shownId = sampleId ?? rowAt(cursor ?? 0)?.sampleId ?? null;
  const firstDetail = first.detail !== null && first.detail.sampleId === shownId ? first.detail : null;
  const detail = useQuery(
    trpc.runs.sample.queryOptions(
      { id: run.id, sampleId: shownId ?? '' },
      {
        enabled: shownId !== null,
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        placeholderData: firstDetail ?? keepPreviousData,
        ...(firstDetail !== null && first.detailIsWhole ? { initialData: firstDetail } : {}),
      },
    ),
  );

  /* ------------------------------------------------ focus */
  const focusCursor = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const focusHeading = useRef(false);
  useEffect(() => {
    if (!focusHeading.current || detail.data?.sampleId !== sampleId) return;
    focusHeading.current = false;
    heading.current?.focus();
  });
  const onOpen = useCallback(
    (row: SampleRow, index: number, byKeyboard: boolean) => {
      if (byKeyboard || window.matchMedia(NARROW).matches) {
        if (row.sampleId === sampleId) heading.current?.focus();
        else focusHeading.current = true;
      }
      setMoved(null);
      open(row.sampleId, index);
    },
    [open, sampleId],
  );
  const close = () => {
    focusCursor.current = true;
    if (window.matchMedia(NARROW).matches) {
      // The row that was read stays where the list is.
      setMoved(null);
      go('replace', { filter, sampleId: null });
    } else setMoved(cursor);
  };

  const tagLabels = useMemo(
    () => Object.fromEntries(run.tags.map(({ tag, label }) => [tag, label])),
    [run.tags],
  );
  const all = Object.values(run.outcomes).reduce((sum, count) => sum + count, 0);
  const changeFilter = (next: SampleFilter) => {
    setMoved(null);
    setSeen({ first: 0, last: 0 });
    go(next.text !== filter.text ? 'replace' : 'push', { filter: next, sampleId });
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys act wherever the focus is within the samples
    <div
      className="samples"
      data-open={sampleId !== null}
      onKeyDown={(event) => {
        const typing = event.target instanceof Element && event.target.closest('input, select, textarea');
        if (typing || event.altKey || event.ctrlKey || event.metaKey) return;
        if (event.key === 'j' || event.key === 'k') move((cursor ?? -1) + (event.key === 'j' ? 1 : -1));
        else if (event.key === 'Escape') close();
        else return;
        event.preventDefault();
      }}
    >
      <SampleFilterForm filter={filter} outcomes={run.outcomes} tags={run.tags} onChange={changeFilter} />
      <p className="samples-count">
        <span role="status">
          {total === undefined
            ? 'Searching'
            : total === all
              ? `${formatCount(all)} samples`
              : `${formatCount(total)} of ${formatCount(all)} samples`}
        </span>
        <span className="samples-keys" aria-hidden="true">
          <kbd>j</kbd> <kbd>k</kbd> or <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>Enter</kbd> reads, <kbd>Esc</kbd>{' '}
          goes back
        </span>
      </p>
      <div className="samples-list">
        {failed.length > 0 ? (
          <div className="samples-failed" role="alert">
            <p>Some samples could not be read: {failed[0]?.error?.message}</p>
            <button
              type="button"
              className="button"
              onClick={() => failed.forEach((range) => void range.refetch())}
            >
              Try again
            </button>
          </div>
        ) : null}
        {total === undefined ? (
          failed.length > 0 ? null : (
            <LoadingState label={`Searching ${formatCount(all)} samples`} height="100%" />
          )
        ) : total === 0 ? (
          <EmptyState title="No sample is like that">
            <p>
              Nothing among the {formatCount(all)} samples has{' '}
              {Object.values(filter).filter((each) => each !== undefined).length > 1 ? 'all of this' : 'this'}
              .
            </p>
            <button type="button" className="button mt-3" onClick={() => changeFilter({})}>
              Show all samples
            </button>
          </EmptyState>
        ) : (
          <SampleList
            // Another filter is another list, which begins at its top or at the open sample.
            key={filterQuery}
            count={total}
            cursor={cursor}
            rowAt={rowAt}
            opening={opening}
            hrefOf={hrefOf}
            onVisible={onVisible}
            onOpen={onOpen}
            onMove={move}
            focusCursor={focusCursor}
          />
        )}
      </div>
      <section className="sample-panel" aria-label="The open sample">
        <div className="sample-bar">
          <button type="button" className="button sample-back" onClick={close}>
            ← Samples
          </button>
          <p className="sample-place">
            {cursor === null || total === undefined || total === 0
              ? sampleId === null || position.isPending || detail.isError
                ? ''
                : 'not in this filter'
              : `${formatCount(cursor + 1)} of ${formatCount(total)}`}
          </p>
          <Step
            name="Previous sample"
            sign="↑"
            to={cursor === null ? null : cursor - 1}
            total={total}
            onMove={move}
          />
          <Step
            name="Next sample"
            sign="↓"
            to={cursor === null ? null : cursor + 1}
            total={total}
            onMove={move}
          />
          <CopyButton
            label="Copy link"
            read={() => `${window.location.origin}${pathname}${viewQuery({ filter: {}, sampleId: shownId })}`}
          />
        </div>
        <div className="sample-scroll" aria-busy={detail.isPlaceholderData}>
          {detail.data !== undefined ? (
            <SampleView sample={detail.data} tagLabels={tagLabels} headingRef={heading} />
          ) : detail.isError ? (
            <ErrorState title="The sample could not be read">
              <p>{detail.error.message}</p>
            </ErrorState>
          ) : shownId === null ? (
            <EmptyState title="No sample is open">
              <p>
                A sample of the list opens here, with its question, its output and the reason of its verdict.
              </p>
            </EmptyState>
          ) : (
            <LoadingState label="Reading the sample" height="100%" />
          )}
        </div>
      </section>
    </div>
  );
}

function Step({
  name,
  sign,
  to,
  total,
  onMove,
}: {
  name: string;
  sign: string;
  to: number | null;
  total: number | undefined;
  onMove: (index: number) => void;
}) {
  const possible = to !== null && total !== undefined && to >= 0 && to < total;
  return (
    // Not `disabled`, which would take the focus from who steps through to the end.
    <button
      type="button"
      className="button"
      aria-label={name}
      title={name}
      aria-disabled={!possible}
      onClick={() => {
        if (possible) onMove(to);
      }}
    >
      {sign}
    </button>
  );
}
