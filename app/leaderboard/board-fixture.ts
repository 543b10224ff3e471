import { STAGES } from '@/lib/models/stage';
import type { Interval } from '@/lib/stats/score';
import type { Board, BoardCell, BoardRow } from '@/server/evals/types';

/** Boards for tests. The small one has every kind of cell; `manyRows` has as many checkpoints as asked for. */

const COLUMNS = [
  ['superclevr', 'SuperCLEVR', 'averaged'],
  ['geoqa', 'GEOQA', 'averaged'],
  ['cv-bench', 'CV-Bench', 'averaged'],
  ['superclevr-200', 'SuperCLEVR-200', 'hidden'],
] as const;

export const interval = (low: number, high: number): Interval => ({
  low,
  high,
  level: 0.95,
  method: 'wilson',
});

export function cell(
  evidence: 'reported' | 'recomputed',
  value: number,
  rank: number | null,
  overrides: Partial<BoardCell> = {},
): BoardCell {
  return {
    runId: `run-${evidence}-${value}`,
    evidence,
    value,
    interval: evidence === 'recomputed' ? interval(value - 1, value + 1) : null,
    rank,
    scorer: 'x/seed@1',
    unjudged: 0,
    beyondChance: null,
    provenance: evidence === 'recomputed' ? 'recomputed here from 5,000 samples' : 'reported in a paper',
    ...overrides,
  };
}

export function row(checkpointId: string, overrides: Partial<BoardRow> = {}): BoardRow {
  return {
    checkpointId,
    modelSlug: checkpointId,
    modelName: checkpointId,
    family: 'Qwen2.5-VL',
    parametersB: 3,
    openWeights: true,
    link: null,
    stage: 'base',
    step: null,
    parentId: null,
    cells: {},
    ...overrides,
  };
}

const reported = (value: number, rank: number) => ({
  reported: cell('reported', value, rank),
  recomputed: null,
});

export const BOARD: Board = {
  columns: COLUMNS.map(([benchmark, shortName, atFirst]) => ({
    benchmark,
    shortName,
    name: shortName,
    ability: 'visual counting',
    headlineLabel: 'accuracy',
    scorer: 'x/seed@1',
    atFirst,
  })),
  rows: [
    row('base-3b', {
      modelName: 'Base 3B',
      cells: {
        superclevr: { reported: cell('reported', 64, 3), recomputed: cell('recomputed', 63, 2) },
        geoqa: reported(39, 3),
        'cv-bench': reported(66, 2),
      },
    }),
    row('wave-3b', {
      modelName: 'Wave 3B',
      family: 'Wave',
      stage: 'stage2',
      parentId: 'base-3b',
      cells: {
        superclevr: { reported: cell('reported', 87, 2), recomputed: cell('recomputed', 88, 1) },
        geoqa: reported(56, 2),
        'cv-bench': reported(76, 1),
      },
    }),
    row('wave-7b', {
      modelName: 'Wave 7B',
      family: 'Wave',
      parametersB: 7,
      stage: 'stage2',
      parentId: 'gone',
      cells: { superclevr: reported(95, 1), geoqa: reported(70, 1), 'cv-bench': reported(77, 1) },
    }),
    row('closed', {
      modelName: '=Closed, "API"',
      family: 'Closed',
      parametersB: null,
      openWeights: false,
      cells: { superclevr: { reported: null, recomputed: cell('recomputed', 99, 1) } },
    }),
  ],
};

/** A board of the seed's size in columns and any number of rows; the same numbers each time. */
export function manyRows(count: number): Board {
  const columns = [
    ['superclevr', 'SuperCLEVR', 'visual counting'],
    ['geoqa', 'GEOQA', 'geometric reasoning'],
    ['refcoco', 'RefCOCO/+/g', 'referring expressions'],
    ['cv-bench', 'CV-Bench', 'spatial reasoning'],
    ['ocr-bench', 'OCRBench', 'text in images'],
    ['math-vision', 'MathVision', 'mathematics'],
    ['math-vista', 'MathVista', 'mathematics'],
    ['math-verse', 'MathVerse', 'mathematics'],
  ] as const;
  const values = (index: number, column: number) => 20 + ((index * 37 + column * 101) % 780) / 10;
  return {
    columns: columns.map(([benchmark, shortName, ability]) => ({
      benchmark,
      shortName,
      name: shortName,
      ability,
      headlineLabel: 'accuracy',
      scorer: 'x/seed@1',
      atFirst: 'averaged',
    })),
    rows: Array.from({ length: count }, (_, index) =>
      row(`checkpoint-${index}`, {
        modelName: `Model ${Math.floor(index / 3)}`,
        family: `Family ${Math.floor(index / 3) % 12}`,
        parametersB: [3, 7, 14, 72][Math.floor(index / 3) % 4] ?? null,
        stage: STAGES[index % 3] ?? null,
        parentId: index % 3 === 0 ? null : `checkpoint-${index - 1}`,
        cells: Object.fromEntries(
          columns.map(([benchmark], column) => [
            benchmark,
            {
              reported: null,
              recomputed: cell('recomputed', values(index, column), 1 + (index % 40), {
                runId: `run-${index}-${benchmark}`,
              }),
            },
          ]),
        ),
      }),
    ),
  };
}
