'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Board } from '@/server/evals/types';
import { type BoardView, parseView, viewParams } from './board-view';

/** Some browsers refuse more than a hundred changes of the address in half a minute, and typing makes many. */
const WRITE_AFTER_MS = 120;

/** The view, kept in the address: a change is drawn at once and needs no server. */
export function useView(board: Board): readonly [BoardView, (view: BoardView) => void] {
  const params = useSearchParams();
  const [view, setView] = useState(() => parseView(new URLSearchParams(params), board));
  const written = useRef(params.toString());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const change = useCallback(
    (next: BoardView) => {
      setView(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        written.current = viewParams(next, board).toString();
        const query = written.current === '' ? '' : `?${written.current}`;
        window.history.replaceState(null, '', `${window.location.pathname}${query}`);
      }, WRITE_AFTER_MS);
    },
    [board],
  );

  // The address can change without us: a link to another view, or the way back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: params is the signal; the address itself is never late.
  useEffect(() => {
    const address = new URLSearchParams(window.location.search);
    if (address.toString() === written.current) return;
    written.current = address.toString();
    setView(parseView(address, board));
  }, [params, board]);

  useEffect(() => () => clearTimeout(timer.current), []);

  return [view, change];
}
