import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import type { Benchmark, BenchmarkId } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { baseOf } from '@/lib/models/line';
import { meanOfSplits } from '@/lib/stats/intervals';
import { differPaired, type Panel, panelOf, panelRun, type Ranked, ranks } from '@/lib/stats/ranks';
import { checkpoint, type Db, getDb, model, run, sample, score } from '../db';
import { processWide } from '../process-wide';
import { published } from '../published';
import { ANY, BOARD } from './topics';
import type { Board, BoardCell, BoardColumn, BoardRow } from './types';

/** The board as it was made last, and as it is being made; `seq` is the place of the change that it is made for. */
const kept = processWide(
  'board',
  (): { shown: Promise<Board> | null; latest: { seq: number; made: Promise<Board> } | null } => ({
    shown: null,
    latest: null,
  }),
);

/**
 * The leaderboard: every checkpoint that has a published figure. Made anew when a figure was published or withdrawn, by
 * whichever server; the one before is shown until it is there, as ranks of a thousand models take a second or two.
 */
export async function board(): Promise<Board> {
  const boards = kept();
  const { made } = await latest();
  boards.shown ??= made;
  return boards.shown;
}

/** From here on each change of what visitors see is counted (see `published`), whichever process makes it. */
export async function followBoard(): Promise<void> {
  await BOARD.onWake(ANY, () => {
    published().version++;
  });
}

/** For whoever has just changed it: waits until it is shown. */
export async function refreshBoard(): Promise<void> {
  published().version++;
  await (await latest()).made;
}

async function latest(): Promise<{ seq: number; made: Promise<Board> }> {
  const seq = await BOARD.lastSeq(await getDb(), ANY);
  const boards = kept();
  if (boards.latest !== null && boards.latest.seq >= seq) return boards.latest;
  const made = makeBoard();
  const latest = { seq, made };
  boards.latest = latest;
  made.then(
    () => {
      // Of two that are made at the same time the one that began later has read the more.
      if (boards.latest === latest) boards.shown = made;
    },
    () => {
      if (boards.latest === latest) boards.latest = null;
      if (boards.shown === made) boards.shown = null;
    },
  );
  return latest;
}

type Row = Awaited<ReturnType<typeof publishedFigures>>[number];
/** A cell of the table before it is ranked. */
interface Figure {
  checkpointId: string;
  cell: Omit<BoardCell, 'rank' | 'beyondChance'>;
  ranked: Ranked;
}

async function makeBoard(): Promise<Board> {
  const db = await getDb();
  const published = await publishedFigures(db);
  const panels = panelsOf(db);
  const cells = new Map<
    string,
    Record<string, { reported: BoardCell | null; recomputed: BoardCell | null }>
  >();
  /** Of the recomputed figures, by benchmark and checkpoint. */
  const recomputedOf = new Map<string, Ranked>();
  for (const benchmark of Object.values(BENCHMARKS)) {
    const own = published.filter((row) => row.benchmark === benchmark.id);
    const reported = newest(own.filter(({ source }) => source === 'reported')).map(reportedFigure);
    const uploads = own.filter(({ source }) => source !== 'reported');
    const recomputed = await recomputedFigures(benchmark, uploads, panels);
    // Each kind of evidence is ranked for itself: a figure that nobody recomputed outranks none that was.
    for (const figures of [reported, recomputed]) {
      // Others are answered between two columns.
      await new Promise((resolve) => setImmediate(resolve));
      const places = rankedApart(figures);
      for (const figure of figures) {
        const { checkpointId, cell } = figure;
        const row = cells.get(checkpointId) ?? {};
        cells.set(checkpointId, row);
        row[benchmark.id] ??= { reported: null, recomputed: null };
        const both = row[benchmark.id];
        if (both) both[cell.evidence] = { ...cell, rank: places.get(figure) ?? null, beyondChance: null };
        if (cell.evidence === 'recomputed')
          recomputedOf.set(`${benchmark.id} ${checkpointId}`, figure.ranked);
      }
    }
  }
  const checkpoints = await db
    .select({
      checkpointId: checkpoint.id,
      modelSlug: model.slug,
      modelName: model.name,
      family: model.family,
      parametersB: model.parametersB,
      openWeights: model.openWeights,
      link: model.link,
      stage: checkpoint.stage,
      step: checkpoint.step,
      parentId: checkpoint.parentId,
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .where(eq(checkpoint.onBoard, true));
  const rows: BoardRow[] = checkpoints.flatMap((each) => {
    const own = cells.get(each.checkpointId);
    return own === undefined ? [] : [{ ...each, cells: own }];
  });
  const byId = new Map(rows.map((row) => [row.checkpointId, row]));
  for (const row of rows) {
    const base = baseOf(row, byId);
    if (base === null) continue;
    for (const [benchmark, { recomputed }] of Object.entries(row.cells)) {
      const [from, to] = [base, row].map((each) => recomputedOf.get(`${benchmark} ${each.checkpointId}`));
      if (recomputed && from && to) recomputed.beyondChance = differPaired(from, to);
    }
  }
  return { columns: Object.values(BENCHMARKS).map(columnOf), rows };
}

/** Ranks of the figures that are whole, each among those by its own scorer: two rules make two quantities. */
function rankedApart(figures: readonly Figure[]): ReadonlyMap<Figure, number> {
  const whole = figures.filter(({ cell }) => cell.unjudged === 0);
  const places = new Map<Figure, number>();
  for (const scorer of new Set(whole.map(({ cell }) => cell.scorer))) {
    const group = whole.filter(({ cell }) => cell.scorer === scorer);
    const found = ranks(group.map(({ ranked }) => ranked));
    for (const [index, figure] of group.entries()) places.set(figure, found[index] ?? 1);
  }
  return places;
}

/** The newest first. */
function publishedFigures(db: Db) {
  return db
    .select({
      runId: run.id,
      checkpointId: run.checkpointId,
      benchmark: run.benchmark,
      split: run.split,
      source: run.source,
      dataId: run.dataId,
      citation: run.citation,
      scorer: score.scorer,
      value: score.headline,
      interval: score.interval,
      total: score.total,
      needsJudge: score.needsJudge,
      verdictBits: score.verdictBits,
    })
    .from(run)
    .innerJoin(score, and(eq(score.runId, run.id), eq(score.scorer, run.scorer)))
    .where(and(eq(run.state, 'published'), inArray(run.benchmark, Object.keys(BENCHMARKS))))
    .orderBy(desc(run.publishedAt), asc(run.id));
}

/** The first of each checkpoint. */
function newest(rows: readonly Row[]): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter(({ checkpointId }) => !seen.has(checkpointId) && seen.add(checkpointId));
}

const withoutInterval = (value: number) => ({
  low: value,
  high: value,
  level: 0.95,
  method: 'wilson-reported' as const,
});

function reportedFigure(row: Row): Figure {
  const { checkpointId, runId, value, interval, scorer, citation } = row;
  return {
    checkpointId,
    cell: {
      runId,
      evidence: 'reported',
      value,
      interval,
      scorer,
      unjudged: 0,
      provenance: `reported in ${citation}`,
    },
    ranked: { value, interval: interval ?? withoutInterval(value), run: null },
  };
}

async function recomputedFigures(
  benchmark: Benchmark,
  uploads: readonly Row[],
  panels: (dataIds: readonly string[]) => Promise<Panel>,
): Promise<readonly Figure[]> {
  const { headline } = benchmark;
  const splits = headline.kind === 'mean-of-splits' ? headline.splits : [benchmark.splits[0].id];
  const bySplit = splits.map((split) => newest(uploads.filter((row) => row.split === split)));
  const [first = [], ...others] = bySplit;
  const figures: Figure[] = [];
  for (const row of first) {
    // A mean of splits stands only where all of them do.
    const rest = others.map((rows) => rows.find(({ checkpointId }) => checkpointId === row.checkpointId));
    const parts = [row, ...rest].filter((part) => part !== undefined);
    if (parts.length < splits.length || new Set(parts.map(({ scorer }) => scorer)).size > 1) continue;
    const scored = parts.flatMap(({ value, interval }) =>
      interval === null ? [] : [{ headline: value, interval }],
    );
    const mean =
      parts.length === 1 ? scored[0] : scored.length === parts.length ? meanOfSplits(scored) : undefined;
    if (mean === undefined) continue;
    const dataIds = parts.flatMap(({ dataId }) => dataId ?? []);
    const bits = parts.flatMap(({ verdictBits }) => (verdictBits === null ? [] : [verdictBits]));
    const comparable = dataIds.length === parts.length && bits.length === parts.length;
    const total = parts.reduce((sum, part) => sum + (part.total ?? 0), 0);
    const needsJudge = parts.reduce((sum, part) => sum + part.needsJudge, 0);
    figures.push({
      checkpointId: row.checkpointId,
      cell: {
        runId: row.runId,
        evidence: 'recomputed',
        value: mean.headline,
        interval: mean.interval,
        scorer: row.scorer,
        unjudged: total === 0 ? 0 : (100 * needsJudge) / total,
        provenance: `recomputed here from ${total.toLocaleString('en')} samples${needsJudge === 0 ? '' : `, of which ${needsJudge.toLocaleString('en')} need a judge and count as wrong`}`,
      },
      ranked: {
        value: mean.headline,
        interval: mean.interval,
        run: comparable ? panelRun(await panels(dataIds), bits) : null,
      },
    });
  }
  return figures;
}

/** Panels by the versions of the data that they are over, each made once. */
function panelsOf(db: Db): (dataIds: readonly string[]) => Promise<Panel> {
  const made = new Map<string, Promise<Panel>>();
  return (dataIds) => {
    const key = dataIds.join(' ');
    const kept = made.get(key) ?? panelFor(db, dataIds);
    made.set(key, kept);
    return kept;
  };
}

async function panelFor(db: Db, dataIds: readonly string[]): Promise<Panel> {
  const splits: { cluster: string }[][] = [];
  for (const dataId of dataIds)
    splits.push(
      await db
        .select({ cluster: sample.cluster })
        .from(sample)
        .where(eq(sample.dataId, dataId))
        .orderBy(asc(sample.ordinal)),
    );
  return panelOf(splits);
}

/** The averages are those of the seed's table. */
const AT_FIRST: Partial<Record<BenchmarkId, BoardColumn['atFirst']>> = {
  'superclevr-200': 'hidden',
  'ocean-world': 'shown',
};

function columnOf(benchmark: Benchmark): Board['columns'][number] {
  return {
    benchmark: benchmark.id,
    shortName: benchmark.shortName,
    name: benchmark.name,
    ability: benchmark.ability,
    headlineLabel: benchmark.headline.label,
    scorer: benchmark.scorers[0].id,
    atFirst: AT_FIRST[benchmark.id] ?? 'averaged',
  };
}
