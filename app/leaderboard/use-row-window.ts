'use client';

import { type RefObject, useEffect, useState } from 'react';

/** Must equal the row's height in board.css. */
export const ROW_REM = 3.5;
/** Up to here all rows are in the document, so that find-in-page finds them. */
const ALL_ROWS = 150;
const STEP = 4;
const ABOVE = 16;
/** Enough for a screen 2,000 pixels high. */
const BELOW = 48;

/**
 * Which rows to draw: all of a short table, else those in sight and a few around them. Rows have one fixed height, so
 * nothing is measured and nothing moves; the first rows are there on the server already.
 */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
): readonly [from: number, to: number] {
  const [first, setFirst] = useState(0);
  const windowed = count > ALL_ROWS;

  useEffect(() => {
    const element = scroller.current;
    if (element === null || !windowed) return;
    const rowHeight = ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const follow = () => setFirst(Math.floor(element.scrollTop / rowHeight / STEP) * STEP);
    follow();
    element.addEventListener('scroll', follow, { passive: true });
    return () => element.removeEventListener('scroll', follow);
  }, [scroller, windowed]);

  if (!windowed) return [0, count];
  const start = Math.min(first, count);
  return [Math.max(0, start - ABOVE), Math.min(count, start + BELOW)];
}
