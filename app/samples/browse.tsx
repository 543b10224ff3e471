'use client';

import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { usePathname } from 'next/navigation';
import { type ReactNode, type Ref, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { CopyButton } from '../ui/copy-button';
import { formatCount } from '../ui/format';
import { EmptyState, ErrorState, LoadingState } from '../ui/state';
import { sharedOpening } from './answer-text';
import { SampleList } from './sample-list';
import { PAGE, type View } from './samples-url';
import { changeAddress, useAddressQuery } from './use-address';

/** Where lists of samples and the samples themselves are read from. */
export interface SampleSource<Filter, Row, Detail> {
  /** Tells this source from others in what is kept. */
  key: readonly unknown[];
  range(filter: Filter, offset: number, limit: number): Promise<{ total: number; rows: readonly Row[] }>;
  /** Place of a sample in the list, from 0; null where it is not in it. */
  position(filter: Filter, sampleId: string): Promise<number | null>;
  sample(sampleId: string): Promise<Detail>;
}

/** What the server has read already, for the view of the page's address. */
export interface FirstRead<Row, Detail> {
  /** The filter's query, which tells whether this is about the filter now. */
  filterQuery: string;
  sampleId: string | null;
  position: number | null;
  page: number;
  range: { total: number; rows: readonly Row[] };
  detail: Detail | null;
  /** False where a long output was cut, and the browser reads the whole. */
  detailIsWhole: boolean;
}

/**
 * `next` makes the new filter of that which stands in the address: after a quick change before it, what is drawn may be
 * of the filter before.
 */
export type ChangeFilter<Filter> = (next: (now: Filter) => Filter, how?: 'push' | 'replace') => void;

interface Props<Filter, Row, Detail> {
  source: SampleSource<Filter, Row, Detail>;
  first: FirstRead<Row, Detail> | null;
  readView: (params: URLSearchParams) => View<Filter>;
  /** The query of a view's address; the same for the same filter. */
  queryOf: (view: View<Filter>) => string;
  /** The filter of a link to a sample. */
  linkFilter: Filter;
  /** How many samples there are at all. */
  all: number;
  renderFilter: (filter: Filter, onChange: ChangeFilter<Filter>) => ReactNode;
  /** A list that the browser has already: how many samples it holds, and what is seen of one before its row is read. */
  known?: (filter: Filter) => { total: number; renderUnread: (index: number) => ReactNode } | null;
  /** A row's content; `place` is its number, from 1; `opening` is what all questions begin with, and hides what tells them apart. */
  renderRow: (row: Row, place: number, opening: string) => ReactNode;
  renderDetail: (detail: Detail, headingRef: Ref<HTMLHeadingElement>) => ReactNode;
  /** What is said of a list without samples. */
  renderEmpty: (filter: Filter, onChange: ChangeFilter<Filter>) => ReactNode;
}

/** Below this width a sample takes the whole screen; `samples.css` has the same. */
const NARROW = '(width < 60rem)';

/** Samples to be read: the filter, the list, and beside it the sample that is open. Stands inside a TrpcProvider. */
export function Browse<
  Filter,
  Row extends { sampleId: string; question: string },
  Detail extends { sampleId: string },
>({
  source,
  first,
  readView,
  queryOf,
  linkFilter,
  all,
  known,
  renderFilter,
  renderRow,
  renderDetail,
  renderEmpty,
}: Props<Filter, Row, Detail>) {
  const queryClient = useQueryClient();
  const pathname = usePathname();
  const query = useAddressQuery();
  const { filter, sampleId } = useMemo(() => readView(new URLSearchParams(query)), [query, readView]);
  const filterQuery = queryOf({ filter, sampleId: null });
  const asFirst = first !== null && filterQuery === first.filterQuery ? first : null;
  const keyOf = useCallback(
    (what: string, which: unknown) => [...source.key, what, filterQuery, which],
    [source, filterQuery],
  );

  /* ------------------------------------------------ where the list is: the open sample's row, or where keys have moved */
  const position = useQuery({
    queryKey: keyOf('position', sampleId),
    queryFn: () => source.position(filter, sampleId ?? ''),
    enabled: sampleId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    ...(asFirst !== null && sampleId !== null && sampleId === asFirst.sampleId
      ? { initialData: asFirst.position }
      : {}),
  });
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
  const [seen, setSeen] = useState({ first: first?.page ?? 0, last: first?.page ?? 0 });
  const onVisible = useCallback((from: number, to: number) => {
    const next = { first: Math.floor(from / PAGE), last: Math.floor(to / PAGE) };
    setSeen((now) => (now.first === next.first && now.last === next.last ? now : next));
  }, []);
  const pages = useMemo(() => {
    const wanted = new Set<number>();
    // The first range is always read: it says how many samples there are.
    wanted.add(asFirst?.page ?? 0);
    if (cursor !== null) wanted.add(Math.floor(cursor / PAGE));
    for (let page = seen.first; page <= seen.last; page++) wanted.add(page);
    return [...wanted];
  }, [asFirst, cursor, seen]);
  const ranges = useQueries({
    queries: pages.map((page) => ({
      queryKey: keyOf('range', page),
      queryFn: () => source.range(filter, page * PAGE, PAGE),
      staleTime: Number.POSITIVE_INFINITY,
      ...(page === asFirst?.page ? { initialData: asFirst.range } : {}),
    })),
  });
  const loaded = new Map(pages.map((page, index) => [page, ranges[index]?.data?.rows]));
  const rowAt = (index: number): Row | undefined => loaded.get(Math.floor(index / PAGE))?.[index % PAGE];
  const opening = sharedOpening((loaded.get(pages[0] ?? 0) ?? []).map((row) => row.question));
  const list = known?.(filter) ?? null;
  const total = list?.total ?? ranges.find((range) => range.data !== undefined)?.data?.total;
  const failed = ranges.filter((range) => range.isError);

  /* ------------------------------------------------ the address, which holds the filter and the open sample */
  const go = useCallback(
    (how: 'push' | 'replace', to: View<Filter>) => changeAddress(how, `${pathname}${queryOf(to)}`),
    [pathname, queryOf],
  );
  /** What stands in the address, of which what is drawn may be a change behind. */
  const inAddress = useCallback(() => readView(new URLSearchParams(window.location.search)), [readView]);
  const open = useCallback(
    (id: string, index: number) => {
      queryClient.setQueryData(keyOf('position', id), index);
      const now = inAddress();
      // One entry of the history for reading samples, however many are read.
      go(now.sampleId === null ? 'push' : 'replace', { filter: now.filter, sampleId: id });
    },
    [queryClient, keyOf, inAddress, go],
  );
  const hrefOf = useCallback(
    (id: string) => `${pathname}${queryOf({ filter, sampleId: id })}`,
    [pathname, queryOf, filter],
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
  const firstDetail = first?.detail?.sampleId === shownId ? first.detail : null;
  const detail = useQuery({
    queryKey: [...source.key, 'sample', shownId],
    // In an object, as a bare type parameter might be a function, which would be called.
    queryFn: async () => ({ detail: await source.sample(shownId ?? '') }),
    enabled: shownId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (before: { detail: Detail } | undefined) =>
      firstDetail === null ? before : { detail: firstDetail },
    ...(firstDetail !== null && first?.detailIsWhole ? { initialData: { detail: firstDetail } } : {}),
  });

  /* ------------------------------------------------ focus */
  const focusCursor = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const focusHeading = useRef(false);
  useEffect(() => {
    if (!focusHeading.current || detail.data?.detail.sampleId !== sampleId) return;
    focusHeading.current = false;
    heading.current?.focus();
  });
  const onOpen = useCallback(
    (row: Row, index: number, byKeyboard: boolean) => {
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
      go('replace', { filter: inAddress().filter, sampleId: null });
    } else setMoved(cursor);
  };

  const changeFilter: ChangeFilter<Filter> = (next, how = 'push') => {
    setMoved(null);
    setSeen({ first: 0, last: 0 });
    const now = inAddress();
    go(how, { filter: next(now.filter), sampleId: now.sampleId });
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
      {renderFilter(filter, changeFilter)}
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
          renderEmpty(filter, changeFilter)
        ) : (
          <SampleList
            of={filterQuery}
            count={total}
            cursor={cursor}
            rowAt={rowAt}
            renderRow={(row, place) => renderRow(row, place, opening)}
            renderUnread={list?.renderUnread}
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
            read={() =>
              `${window.location.origin}${pathname}${queryOf({ filter: linkFilter, sampleId: shownId })}`
            }
          />
        </div>
        <div className="sample-scroll" aria-busy={detail.isPlaceholderData}>
          {detail.data !== undefined ? (
            renderDetail(detail.data.detail, heading)
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
