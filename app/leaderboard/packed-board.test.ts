import { describe, expect, it } from 'vitest';
import { BOARD, cell, row } from './board-fixture';
import { packBoard, unpackBoard } from './packed-board';

describe('a packed board', () => {
  it('is the same board when it is unpacked', () => {
    expect(unpackBoard(packBoard(BOARD))).toEqual(BOARD);
  });

  it('survives the way as JSON', () => {
    expect(unpackBoard(JSON.parse(JSON.stringify(packBoard(BOARD))))).toEqual(BOARD);
  });

  it('keeps figures to a ten-thousandth', () => {
    const third = row('third', {
      cells: { geoqa: { reported: cell('reported', 100 / 3, 1), recomputed: null } },
    });
    const [unpacked] = unpackBoard(packBoard({ ...BOARD, rows: [third] })).rows;
    expect(unpacked?.cells.geoqa?.reported?.value).toBe(33.3333);
  });
});
