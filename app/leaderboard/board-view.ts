import { baseOf } from '@/lib/models/line';
import { readStage, STAGES, type Stage, stageNumber } from '@/lib/models/stage';
import { compareUnpaired } from '@/lib/stats/unpaired';
import type { Board, BoardCell, BoardColumn, BoardRow } from '@/server/evals/types';

/**
 * What a visitor has chosen to see of the leaderboard, and what that makes of its data. Pure, and the same on the
 * server (the first paint), in the browser (every change after it) and in the export.
 */

export const SIZE_BUCKETS = [
  { id: 'under-4', label: 'under 4B', from: 0, below: 4 },
  { id: '4-to-10', label: '4B to 10B', from: 4, below: 10 },
  { id: '10-to-40', label: '10B to 40B', from: 10, below: 40 },
  { id: 'over-40', label: '40B and more', from: 40, below: Number.POSITIVE_INFINITY },
  { id: 'undisclosed', label: 'undisclosed', from: null, below: null },
] as const;
export type SizeBucket = (typeof SIZE_BUCKETS)[number]['id'];

export const WEIGHTS = [
  { id: 'open', label: 'open weights' },
  { id: 'closed', label: 'closed weights' },
] as const;
export type Weights = (typeof WEIGHTS)[number]['id'];

/** `best`: recomputed where there is one, else reported. */
export const EVIDENCE_CHOICES = [
  { id: 'best', label: 'Both' },
  { id: 'recomputed', label: 'Recomputed' },
  { id: 'reported', label: 'Reported' },
] as const;
export type EvidenceChoice = (typeof EVIDENCE_CHOICES)[number]['id'];

/** Columns that are not benchmarks. */
export const FACT_COLUMNS = [
  { id: 'size', label: 'Size' },
  { id: 'stage', label: 'Stage' },
  { id: 'average', label: 'Average' },
  { id: 'average-rank', label: 'Average rank' },
] as const;
export type FactColumn = (typeof FACT_COLUMNS)[number]['id'];

export interface Sort {
  /** `model`, a fact column or a benchmark. */
  key: string;
  descending: boolean;
}

export interface BoardView {
  search: string;
  sizes: readonly SizeBucket[];
  stages: readonly Stage[];
  families: readonly string[];
  weights: readonly Weights[];
  evidence: EvidenceChoice;
  /** Fact columns and benchmarks that are shown; always in the board's order. */
  columns: readonly string[];
  /** The benchmarks of the average and the average rank, in the board's order. */
  averaged: readonly string[];
  sort: Sort;
}

const LONGEST_SEARCH = 100;

export function defaultView(board: Board): BoardView {
  const shown = board.columns.filter(({ atFirst }) => atFirst !== 'hidden');
  const averaged = shown.filter(({ atFirst }) => atFirst === 'averaged');
  return {
    search: '',
    sizes: [],
    stages: [],
    families: [],
    weights: [],
    evidence: 'best',
    // Size and stage stand beside the model's name already.
    columns: ['average', 'average-rank', ...shown.map(({ benchmark }) => benchmark)],
    averaged: averaged.map(({ benchmark }) => benchmark),
    sort: { key: 'average', descending: true },
  };
}

/** The values that the board's rows offer to filter by. */
export function facets(board: Board): { stages: readonly Stage[]; families: readonly string[] } {
  return {
    stages: STAGES.filter((stage) => board.rows.some((row) => row.stage === stage)),
    families: [...new Set(board.rows.map((row) => row.family))].sort((a, b) => a.localeCompare(b, 'en')),
  };
}

const columnIds = (board: Board): readonly string[] => [
  ...FACT_COLUMNS.map((column) => column.id),
  ...board.columns.map((column) => column.benchmark),
];

/** Those of `allowed` that are asked for, in the order of `allowed`: whatever else is asked for is ignored. */
const among = <T extends string>(allowed: readonly T[], asked: readonly string[]): readonly T[] =>
  allowed.filter((each) => asked.includes(each));

/** Reads a view from an address. Anything unknown, repeated or malformed counts as not said; it never throws. */
export function parseView(params: URLSearchParams, board: Board): BoardView {
  const fallback = defaultView(board);
  const { stages, families } = facets(board);
  const benchmarks = board.columns.map((column) => column.benchmark);
  const shown = among(columnIds(board), params.getAll('show'));
  // A link to a figure shows its column, which may be hidden at first, beside what stands there anyway.
  const columns =
    shown.length > 0 ? shown : among(columnIds(board), [...fallback.columns, ...params.getAll('with')]);
  const averaged = among(benchmarks, params.getAll('average'));
  // A header's button adds its own `sort` after the form's, so the last one counts.
  const asked = params.getAll('sort').at(-1) ?? '';
  const sortKey = asked.replace(/^-/, '');
  return {
    search: (params.get('q') ?? '').slice(0, LONGEST_SEARCH),
    sizes: among(
      SIZE_BUCKETS.map((bucket) => bucket.id),
      params.getAll('size'),
    ),
    stages: among(
      stages,
      params.getAll('stage').map((asked) => readStage(asked) ?? ''),
    ),
    families: among(families, params.getAll('family')),
    weights: among(
      WEIGHTS.map((each) => each.id),
      params.getAll('weights'),
    ),
    evidence: EVIDENCE_CHOICES.find((each) => each.id === params.get('evidence'))?.id ?? fallback.evidence,
    columns,
    averaged: averaged.length === 0 ? fallback.averaged : averaged,
    sort: ['model', ...columnIds(board)].includes(sortKey)
      ? { key: sortKey, descending: asked.startsWith('-') }
      : fallback.sort,
  };
}

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((each, index) => each === b[index]);

export const sortParam = ({ key, descending }: Sort): string => `${descending ? '-' : ''}${key}`;

/** The shortest address of a view: what is as by default is left out. `parseView` reads it back. */
export function viewParams(view: BoardView, board: Board): URLSearchParams {
  const fallback = defaultView(board);
  const params = new URLSearchParams();
  const addAll = (name: string, values: readonly (string | number)[]) => {
    for (const value of values) params.append(name, String(value));
  };
  if (view.search !== '') params.set('q', view.search);
  addAll('size', view.sizes);
  addAll('stage', view.stages);
  addAll('family', view.families);
  addAll('weights', view.weights);
  if (view.evidence !== fallback.evidence) params.set('evidence', view.evidence);
  if (!same(view.columns, fallback.columns)) addAll('show', view.columns);
  if (!same(view.averaged, fallback.averaged)) addAll('average', view.averaged);
  if (sortParam(view.sort) !== sortParam(fallback.sort)) params.set('sort', sortParam(view.sort));
  return params;
}

/** What a click on a header does: figures start with the best, names and what counts down with the least. */
export function nextSort(current: Sort, key: string): Sort {
  if (current.key === key) return { key, descending: !current.descending };
  return { key, descending: !['model', 'size', 'stage', 'average-rank'].includes(key) };
}

/* ---------------------------------------------------------------- the table */

/** Whether a figure is comparable with the others of its column: whole, and by the column's rule. */
export const isComparable = (
  cell: Pick<BoardCell, 'unjudged' | 'scorer'>,
  { scorer }: Pick<BoardColumn, 'scorer'>,
): boolean => cell.unjudged === 0 && cell.scorer === scorer;

/** A difference in points to the base of the model's line, where that has a figure of the same kind by the same rule. */
export interface ShownDelta {
  value: number;
  /** The base's. */
  toName: string;
  toId: string;
  /** By the two figures alone, as if their samples were not the same; null where one has no interval. */
  interval: { low: number; high: number } | null;
  /** Sample by sample where both have samples; else by that interval. */
  beyondChance: boolean;
}

export interface ShownCell extends BoardCell {
  /** The figure of the other kind, where both exist and both are asked for. */
  other: BoardCell | null;
  /** Whether it is sorted among the others of its column, and counts in the averages. */
  comparable: boolean;
  /** Somebody else of the column has the same rank. */
  tied: boolean;
  /** Figures of the other kind stand in the column too, which are ranked apart. */
  apart: boolean;
  delta: ShownDelta | null;
}

export interface ShownAverage {
  /** Means over the `have` benchmarks that the model has of the `of` chosen. */
  value: number;
  /** Null where reported and recomputed figures enter: their ranks are among different figures. */
  rank: number | null;
  have: number;
  of: number;
  evidence: 'reported' | 'recomputed' | 'mixed';
  /** Only where the model and its base have all of the chosen benchmarks. */
  delta: ShownDelta | null;
}

export interface ShownRow {
  row: BoardRow;
  cells: ReadonlyMap<string, ShownCell>;
  average: ShownAverage | null;
  /** Where it has none of the averaged figures, the first of its others, so that it is seen beside the model's name. */
  lone: { column: BoardColumn; cell: ShownCell } | null;
}

export interface ShownBoard {
  /** The benchmarks among the shown columns. */
  benchmarks: readonly BoardColumn[];
  facts: readonly FactColumn[];
  rows: readonly ShownRow[];
}

/** "2=", "2= rep." among the reported where both kinds stand in the column; "–" for a figure that has no rank. */
export function rankText({ rank, tied, apart, evidence }: ShownCell): string {
  if (rank === null) return '–';
  return `${rank}${tied ? '=' : ''}${apart && evidence === 'reported' ? ' rep.' : ''}`;
}

/** "63 % unjudged", "by seed@1": why a figure does not stand among the others of its column; null where it does. */
export function apartWords({ comparable, unjudged, scorer }: ShownCell): string | null {
  if (comparable) return null;
  return unjudged > 0 ? unjudgedWords(unjudged) : `by ${scorer.slice(scorer.indexOf('/') + 1)}`;
}

/** Never "0 %" of what is not whole, nor "100 %" of what is judged in part. */
function unjudgedWords(percent: number): string {
  if (percent < 1) return 'under 1 % unjudged';
  return `${percent === 100 ? 100 : Math.min(99, Math.round(percent))} % unjudged`;
}

/** The cell that stands for a checkpoint under a choice of evidence. */
export function cellOf(row: BoardRow, benchmark: string, evidence: EvidenceChoice): BoardCell | null {
  const cell = Object.hasOwn(row.cells, benchmark) ? row.cells[benchmark] : undefined;
  if (cell === undefined) return null;
  return evidence === 'best' ? (cell.recomputed ?? cell.reported) : cell[evidence];
}

/** The difference to the base; never across kinds of evidence or rules, nor of what waits for a judge. */
export function deltaOf(cell: BoardCell, benchmark: string, base: BoardRow | null): ShownDelta | null {
  const other = base === null ? null : cellOf(base, benchmark, cell.evidence);
  if (base === null || other === null || other.scorer !== cell.scorer) return null;
  if (cell.unjudged > 0 || other.unjudged > 0) return null;
  const unpaired =
    cell.interval === null || other.interval === null
      ? null
      : compareUnpaired(
          { value: other.value, interval: other.interval },
          { value: cell.value, interval: cell.interval },
        );
  return {
    value: cell.value - other.value,
    toName: base.modelName,
    toId: base.checkpointId,
    interval: unpaired?.interval ?? null,
    beyondChance: cell.beyondChance ?? (unpaired !== null && leavesOutZero(unpaired.interval)),
  };
}

const leavesOutZero = ({ low, high }: { low: number; high: number }): boolean => low > 0 || high < 0;

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** Over the chosen benchmarks of which a row has a comparable figure; null where it has none of them. */
function averageOf(
  cells: ReadonlyMap<string, ShownCell>,
  benchmarks: readonly string[],
): ShownAverage | null {
  const present = benchmarks
    .flatMap((benchmark) => cells.get(benchmark) ?? [])
    .filter(({ comparable }) => comparable);
  const first = present[0];
  if (first === undefined) return null;
  const isMixed = present.some((cell) => cell.evidence !== first.evidence);
  return {
    value: mean(present.map((cell) => cell.value)),
    rank: isMixed ? null : mean(present.flatMap((cell) => cell.rank ?? [])),
    have: present.length,
    of: benchmarks.length,
    evidence: isMixed ? 'mixed' : first.evidence,
    delta: averageDelta(present, benchmarks.length),
  };
}

/** The mean of the differences, where all chosen benchmarks have one. */
function averageDelta(cells: readonly ShownCell[], chosen: number): ShownDelta | null {
  const deltas = cells.flatMap((cell) => cell.delta ?? []);
  const first = deltas[0];
  if (first === undefined || deltas.length < chosen) return null;
  const value = mean(deltas.map((delta) => delta.value));
  // Errors of different benchmarks are independent: as those of the splits of one.
  const side = (of: (delta: ShownDelta) => number) => Math.hypot(...deltas.map(of)) / deltas.length;
  const interval = deltas.every((delta) => delta.interval !== null)
    ? {
        low: value - side((delta) => delta.value - (delta.interval?.low ?? 0)),
        high: value + side((delta) => (delta.interval?.high ?? 0) - delta.value),
      }
    : null;
  return { ...first, value, interval, beyondChance: interval !== null && leavesOutZero(interval) };
}

export const isComplete = (average: { have: number; of: number }): boolean => average.have === average.of;

function bucketHolds(id: SizeBucket, parametersB: number | null): boolean {
  const bucket = SIZE_BUCKETS.find((each) => each.id === id);
  if (bucket === undefined || bucket.from === null || parametersB === null)
    return bucket?.from === null && parametersB === null;
  return parametersB >= bucket.from && parametersB < bucket.below;
}

const anyOf = <T>(chosen: readonly T[], holds: (each: T) => boolean) =>
  chosen.length === 0 || chosen.some(holds);

/** Whether a row passes the filters. Of the words searched for it must have all in its name, slug or family. */
function passes(row: BoardRow, view: BoardView, words: readonly string[]): boolean {
  const text = `${row.modelName} ${row.modelSlug} ${row.family}`.toLowerCase();
  return (
    anyOf(view.sizes, (size) => bucketHolds(size, row.parametersB)) &&
    anyOf(view.stages, (stage) => row.stage === stage) &&
    anyOf(view.families, (family) => row.family === family) &&
    anyOf(view.weights, (weights) => row.openWeights === (weights === 'open')) &&
    words.every((word) => text.includes(word))
  );
}

/** The value that a column sorts by; null where there is none. A partial average is none: it is another quantity. */
function sortValue(shown: ShownRow, key: string): number | string | null {
  const complete = shown.average !== null && isComplete(shown.average) ? shown.average : null;
  switch (key) {
    case 'model':
      return shown.row.modelName;
    case 'size':
      return shown.row.parametersB;
    case 'stage':
      return shown.row.stage === null ? null : stageNumber(shown.row.stage);
    case 'average':
      return complete?.value ?? null;
    case 'average-rank':
      return complete?.rank ?? null;
    default: {
      const cell = shown.cells.get(key);
      return cell?.comparable ? cell.value : null;
    }
  }
}

/**
 * Sorts stably; rows without a value stay at the end in both directions, those with a figure that is not comparable or
 * a partial average before the rest.
 */
export function sortRows(rows: readonly ShownRow[], sort: Sort): readonly ShownRow[] {
  const sign = sort.descending ? -1 : 1;
  const have = (shown: ShownRow) => shown.average?.have ?? 0;
  const lone = (shown: ShownRow) => shown.lone?.cell.value ?? 0;
  return rows
    .map((shown) => ({ shown, value: sortValue(shown, sort.key) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return (
          Number(a.value === null) - Number(b.value === null) ||
          Number(b.shown.cells.has(sort.key)) - Number(a.shown.cells.has(sort.key)) ||
          have(b.shown) - have(a.shown) ||
          lone(b.shown) - lone(a.shown) ||
          a.shown.row.modelName.localeCompare(b.shown.row.modelName, 'en')
        );
      const order =
        typeof a.value === 'string' && typeof b.value === 'string'
          ? a.value.localeCompare(b.value, 'en', { numeric: true })
          : Number(a.value) - Number(b.value);
      return sign * order || a.shown.row.modelName.localeCompare(b.shown.row.modelName, 'en');
    })
    .map(({ shown }) => shown);
}

/** The rows of a board under a choice of evidence and averaged benchmarks, before filters and order. */
export type JudgedRows = readonly ShownRow[];

/**
 * What stands in every row: figures, ties, deltas and averages, all taken among all published checkpoints. A row
 * without any figure of the chosen evidence is left out. Neither filters nor order change it, so it is made once.
 */
export function judgeRows(
  board: Board,
  { evidence, averaged }: Pick<BoardView, 'evidence' | 'averaged'>,
): JudgedRows {
  const byId = new Map(board.rows.map((row) => [row.checkpointId, row]));
  const columns = board.columns.map((column) => {
    const kinds = board.rows.map((row) => cellOf(row, column.benchmark, evidence)?.evidence);
    const apart = kinds.includes('reported') && kinds.includes('recomputed');
    return { column, counts: countRanks(board, column.benchmark), apart };
  });
  return board.rows.flatMap((row): readonly ShownRow[] => {
    const base = baseOf(row, byId);
    const cells = new Map<string, ShownCell>();
    for (const { column, counts, apart } of columns) {
      const { benchmark } = column;
      const cell = cellOf(row, benchmark, evidence);
      if (cell === null) continue;
      cells.set(benchmark, {
        ...cell,
        other:
          evidence === 'best' && cell.evidence === 'recomputed' ? cellOf(row, benchmark, 'reported') : null,
        comparable: isComparable(cell, column),
        tied: cell.rank !== null && (counts.get(rankKey(cell)) ?? 0) > 1,
        apart,
        delta: deltaOf(cell, benchmark, base),
      });
    }
    if (cells.size === 0) return [];
    const average = averageOf(cells, averaged);
    return [{ row, cells, average, lone: average === null ? loneOf(cells, board.columns) : null }];
  });
}

function loneOf(cells: ReadonlyMap<string, ShownCell>, columns: readonly BoardColumn[]): ShownRow['lone'] {
  for (const column of columns) {
    const cell = cells.get(column.benchmark);
    if (cell?.comparable) return { column, cell };
  }
  return null;
}

/** The rows that pass a view's filters, in its order, and the columns that it shows. */
export function arrange(board: Board, rows: JudgedRows, view: BoardView): ShownBoard {
  const words = view.search.toLowerCase().split(/\s+/);
  return {
    benchmarks: board.columns.filter((column) => view.columns.includes(column.benchmark)),
    facts: FACT_COLUMNS.map((column) => column.id).filter((id) => view.columns.includes(id)),
    rows: sortRows(
      rows.filter(({ row }) => passes(row, view, words)),
      view.sort,
    ),
  };
}

export const showBoard = (board: Board, view: BoardView): ShownBoard =>
  arrange(board, judgeRows(board, view), view);

/** What is ranked together has the same evidence and scorer. */
const rankKey = ({ evidence, scorer, rank }: BoardCell): string => `${evidence} ${scorer} ${rank}`;

/** How many cells of a column share each rank. */
function countRanks(board: Board, benchmark: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { cells } of board.rows)
    for (const cell of [cells[benchmark]?.reported, cells[benchmark]?.recomputed])
      if (cell) counts.set(rankKey(cell), (counts.get(rankKey(cell)) ?? 0) + 1);
  return counts;
}
