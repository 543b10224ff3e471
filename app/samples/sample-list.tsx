'use client';

import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

/** Height of a row in pixels, the same on every screen: the list's length is known before its rows are. */
const ROW = 60;

/** Rows beyond the edges that are made before they are seen; and how many are read. */
const OVERSCAN = 4;
const READ_AHEAD = 20;

/** How often, in milliseconds, a moving list says what it shows: each time is a query. */
const PACE = 100;

/**
 * The list, of which only what is seen exists. Every row is a link to its sample; arrows walk it. `cursor` is the row
 * of the sample that is open.
 */
export function SampleList<Row extends { sampleId: string }>({
  of,
  count,
  cursor,
  rowAt,
  renderRow,
  renderUnread,
  hrefOf,
  onVisible,
  onOpen,
  onMove,
  focusCursor,
}: {
  /** Names what is listed: another list begins at its top, or at the open sample. */
  of: string;
  count: number;
  cursor: number | null;
  rowAt: (index: number) => Row | undefined;
  /** What stands in a row; `place` is its number, from 1. */
  renderRow: (row: Row, place: number) => ReactNode;
  /** What stands in a row that is not read yet. */
  renderUnread?: ((index: number) => ReactNode) | undefined;
  hrefOf: (sampleId: string) => string;
  onVisible: (first: number, last: number) => void;
  onOpen: (row: Row, index: number, byKeyboard: boolean) => void;
  onMove: (index: number) => void;
  /** Set to true to have the cursor's row take the focus once it is there. */
  focusCursor: RefObject<boolean>;
}) {
  const list = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => list.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    // For the server's page: it lists what stands around the open sample.
    initialRect: { width: 0, height: 9 * ROW },
    initialOffset: Math.max(0, (cursor ?? 0) - 4) * ROW,
    // The cursor's row stays, wherever the list is scrolled: it may hold the focus.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (cursor === null || cursor >= count || indexes.includes(cursor)) return indexes;
      return [...indexes, cursor].sort((a, b) => a - b);
    },
  });

  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? 0;
  const saidAt = useRef(0);
  useEffect(() => {
    const say = () => {
      saidAt.current = performance.now();
      onVisible(Math.max(0, first - READ_AHEAD), Math.min(count - 1, last + READ_AHEAD));
    };
    const timer = setTimeout(say, Math.max(0, saidAt.current + PACE - performance.now()));
    return () => clearTimeout(timer);
  }, [first, last, count, onVisible]);

  const before = useRef(cursor);
  const listed = useRef(of);
  useLayoutEffect(() => {
    if (listed.current === of) return;
    listed.current = of;
    before.current = cursor;
    const top = Math.max(0, (cursor ?? 0) - 4) * ROW;
    if (virtualizer.scrollOffset !== top) virtualizer.scrollToOffset(top);
  });

  // The list goes to the cursor where the cursor goes, and nowhere else by itself.
  useEffect(() => {
    if (before.current === cursor) return;
    before.current = cursor;
    if (cursor !== null) virtualizer.scrollToIndex(cursor, { align: 'auto' });
  }, [cursor, virtualizer]);

  useLayoutEffect(() => {
    if (!focusCursor.current) return;
    const row = list.current?.querySelector<HTMLElement>(`a[data-index="${cursor}"]`);
    // Until the row has been read, the list holds the focus, and with it the keys.
    const place = row ?? list.current;
    place?.focus({ preventScroll: true });
    if (row && row === document.activeElement) focusCursor.current = false;
  });

  return (
    <div
      ref={list}
      className="sample-list"
      role="listbox"
      aria-label="Samples"
      aria-keyshortcuts="ArrowUp ArrowDown j k"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const jump = Math.max(1, Math.floor((list.current?.clientHeight ?? 0) / ROW) - 1);
        const at = cursor ?? first;
        const to = {
          ArrowDown: cursor === null ? at : at + 1,
          ArrowUp: cursor === null ? at : at - 1,
          PageDown: at + jump,
          PageUp: at - jump,
          Home: 0,
          End: count - 1,
        }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        focusCursor.current = true;
        onMove(to);
      }}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => (
          <ListRow
            key={index}
            index={index}
            start={start}
            count={count}
            row={rowAt(index)}
            renderRow={renderRow}
            renderUnread={renderUnread}
            selected={index === cursor}
            tabStop={index === (cursor ?? first)}
            hrefOf={hrefOf}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  );
}

function ListRow<Row extends { sampleId: string }>({
  index,
  start,
  count,
  row,
  renderRow,
  renderUnread,
  selected,
  tabStop,
  hrefOf,
  onOpen,
}: {
  index: number;
  start: number;
  count: number;
  row: Row | undefined;
  renderRow: (row: Row, place: number) => ReactNode;
  renderUnread: ((index: number) => ReactNode) | undefined;
  selected: boolean;
  tabStop: boolean;
  hrefOf: (sampleId: string) => string;
  onOpen: (row: Row, index: number, byKeyboard: boolean) => void;
}) {
  const place = {
    role: 'option',
    'data-index': index,
    'aria-posinset': index + 1,
    'aria-setsize': count,
    'aria-selected': selected,
    tabIndex: tabStop ? 0 : -1,
    style: { height: ROW, transform: `translateY(${start}px)` },
  } as const;
  if (row === undefined)
    return (
      <div {...place} className="sample-row sample-row-empty" aria-disabled="true">
        {renderUnread?.(index)}
        <span className="sr-only">Sample {index + 1} is being loaded</span>
      </div>
    );
  return (
    <a
      {...place}
      href={hrefOf(row.sampleId)}
      className="sample-row"
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onOpen(row, index, event.detail === 0);
      }}
    >
      {renderRow(row, index + 1)}
    </a>
  );
}
