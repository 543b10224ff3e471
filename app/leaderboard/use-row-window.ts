'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';

/** Must equal the row's height in board.css. */
export const ROW_REM = 3.5;
/** Up to here all rows are in the document, so that find-in-page finds them. */
const ALL_ROWS = 150;
/** Rows beyond the edges of what is seen. */
const OVERSCAN = 16;
/** For the server's page: with those beyond the edge enough for a screen 2,000 pixels high. */
const FIRST_ROWS = 32;

const rowHeight = () =>
  ROW_REM *
  (typeof document === 'undefined'
    ? 16
    : Number.parseFloat(getComputedStyle(document.documentElement).fontSize));

/**
 * Which rows to draw: all of a short table, else those in sight and a few around them. Rows have one fixed height, so
 * nothing is measured and nothing moves; the first rows are there on the server already.
 */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
): readonly [from: number, to: number] {
  const windowed = count > ALL_ROWS;
  const virtualizer = useVirtualizer({
    count,
    enabled: windowed,
    getScrollElement: () => scroller.current,
    estimateSize: rowHeight,
    overscan: OVERSCAN,
    initialRect: { width: 0, height: FIRST_ROWS * ROW_REM * 16 },
  });
  if (!windowed) return [0, count];
  const drawn = virtualizer.getVirtualItems();
  return [drawn[0]?.index ?? 0, (drawn.at(-1)?.index ?? -1) + 1];
}
