'use client';

import { useCallback, useMemo, useState } from 'react';
import { EmptyState } from '../ui/state';
import { BoardControls, BoardStatus } from './board-controls';
import { BoardTable } from './board-table';
import { arrange, defaultView, judgeRows } from './board-view';
import { CompareTicked } from './compare-ticked';
import { type PackedBoard, unpackBoard } from './packed-board';
import { useView } from './use-view';

export function BoardScreen({ packed }: { packed: PackedBoard }) {
  const board = useMemo(() => unpackBoard(packed), [packed]);
  const [view, change] = useView(board);
  const { evidence, averaged } = view;
  const rows = useMemo(() => judgeRows(board, { evidence, averaged }), [board, evidence, averaged]);
  const shown = useMemo(() => arrange(board, rows, view), [board, rows, view]);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const tick = useCallback((id: string, on: boolean) => {
    setTicked((before) => (on ? [...before, id] : before.filter((each) => each !== id)));
  }, []);
  return (
    <>
      <BoardControls board={board} view={view} onChange={change} />
      <BoardStatus board={board} view={view} count={shown.rows.length} onReset={change} />
      <CompareTicked ticked={ticked} />
      {shown.rows.length === 0 ? (
        <EmptyState title="No checkpoint matches">
          <p>Nothing published passes all of these filters at once. </p>
          <button type="button" className="button" onClick={() => change(defaultView(board))}>
            Show everything
          </button>
        </EmptyState>
      ) : (
        <BoardTable
          shown={shown}
          sort={view.sort}
          onSort={(sort) => change({ ...view, sort })}
          ticked={ticked}
          onTick={tick}
        />
      )}
    </>
  );
}
