'use client';

import { useMemo } from 'react';
import type { Board } from '@/server/evals/types';
import { EmptyState } from '../ui/state';
import { BoardControls, BoardStatus } from './board-controls';
import { BoardTable } from './board-table';
import { defaultView, showBoard } from './board-view';
import { useView } from './use-view';

export function BoardScreen({ board }: { board: Board }) {
  const [view, change] = useView(board);
  const shown = useMemo(() => showBoard(board, view), [board, view]);
  return (
    <>
      <BoardControls board={board} view={view} onChange={change} />
      <BoardStatus board={board} view={view} count={shown.rows.length} onReset={change} />
      {shown.rows.length === 0 ? (
        <EmptyState title="No checkpoint matches">
          <p>Nothing published passes all of these filters at once. </p>
          <button type="button" className="button" onClick={() => change(defaultView(board))}>
            Show everything
          </button>
        </EmptyState>
      ) : (
        <BoardTable shown={shown} sort={view.sort} onSort={(sort) => change({ ...view, sort })} />
      )}
    </>
  );
}
