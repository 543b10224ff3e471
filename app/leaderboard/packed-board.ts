import type { IntervalMethod } from '@/lib/stats/score';
import type { Board, BoardCell, BoardColumn, BoardRow } from '@/server/evals/types';

/**
 * The board as it travels to the browser. A thousand checkpoints by eight benchmarks are 3 MB as objects and a sixth
 * of it like this: no names, and each text that repeats once.
 */
export interface PackedBoard {
  columns: readonly BoardColumn[];
  /** Scorers, interval methods and provenances, named by their place. */
  texts: readonly string[];
  rows: readonly PackedRow[];
}

type PackedRow = readonly [facts: Omit<BoardRow, 'cells'>, cells: readonly PackedCell[]];

/** `column` counts in `columns`; an interval is four figures more. */
type PackedCell = readonly [
  column: number,
  recomputed: 0 | 1,
  runId: string,
  value: number,
  rank: number | null,
  scorer: number,
  provenance: number,
  unjudged: number,
  beyondChance: boolean | null,
  interval?: readonly [low: number, high: number, level: number, method: IntervalMethod],
];

/** A ten-thousandth of a percent: a thousandth of what is shown. */
const rounded = (percent: number) => Math.round(percent * 10_000) / 10_000;

export function packBoard(board: Board): PackedBoard {
  const places = new Map<string, number>();
  const place = (text: string) => {
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  };
  const pack = (cell: BoardCell | null | undefined, column: number): readonly PackedCell[] => {
    if (!cell) return [];
    const { evidence, runId, value, rank, scorer, provenance, unjudged, beyondChance, interval } = cell;
    const packed = [
      column,
      evidence === 'recomputed' ? 1 : 0,
      runId,
      rounded(value),
      rank,
      place(scorer),
      place(provenance),
      rounded(unjudged),
      beyondChance,
    ] as const;
    if (interval === null) return [packed];
    const { low, high, level, method } = interval;
    return [[...packed, [rounded(low), rounded(high), level, method]]];
  };
  const rows = board.rows.map(
    ({ cells, ...facts }): PackedRow => [
      facts,
      board.columns.flatMap(({ benchmark }, column) => [
        ...pack(cells[benchmark]?.reported, column),
        ...pack(cells[benchmark]?.recomputed, column),
      ]),
    ],
  );
  return { columns: board.columns, texts: [...places.keys()], rows };
}

export function unpackBoard({ columns, texts, rows }: PackedBoard): Board {
  return {
    columns,
    rows: rows.map(([facts, packed]) => {
      const cells: Record<string, { reported: BoardCell | null; recomputed: BoardCell | null }> = {};
      for (const each of packed) {
        const [column, recomputed, runId, value, rank, scorer, provenance, unjudged, beyondChance, interval] =
          each;
        const benchmark = columns[column]?.benchmark;
        if (benchmark === undefined) continue;
        const cell = cells[benchmark] ?? { reported: null, recomputed: null };
        cells[benchmark] = cell;
        const evidence = recomputed === 1 ? 'recomputed' : 'reported';
        cell[evidence] = {
          runId,
          evidence,
          value,
          rank,
          scorer: texts[scorer] ?? '',
          provenance: texts[provenance] ?? '',
          unjudged,
          beyondChance,
          interval:
            interval === undefined
              ? null
              : { low: interval[0], high: interval[1], level: interval[2], method: interval[3] },
        };
      }
      return { ...facts, cells };
    }),
  };
}
