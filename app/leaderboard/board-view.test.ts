import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardCell } from '@/server/evals/types';
import { BOARD, cell, row } from './board-fixture';
import {
  apartWords,
  type BoardView,
  defaultView,
  deltaOf,
  EVIDENCE_CHOICES,
  FACT_COLUMNS,
  facets,
  nextSort,
  parseView,
  rankText,
  SIZE_BUCKETS,
  showBoard,
  viewParams,
  WEIGHTS,
} from './board-view';

const parse = (query: string) => parseView(new URLSearchParams(query), BOARD);
const shown = (query: string) =>
  showBoard(BOARD, parse(query)).rows.map(({ row: { checkpointId } }) => checkpointId);
const view = (changes: Partial<BoardView>): BoardView => ({ ...defaultView(BOARD), ...changes });
const found = (query: string, checkpointId: string) => {
  const each = showBoard(BOARD, parse(query)).rows.find((one) => one.row.checkpointId === checkpointId);
  if (each === undefined) throw new Error(`${checkpointId} is not shown`);
  return each;
};

describe('the address', () => {
  it('is empty for the default view: the seed table’s benchmarks, best average first', () => {
    expect(viewParams(defaultView(BOARD), BOARD).toString()).toBe('');
    expect(parse('')).toEqual(defaultView(BOARD));
    expect(defaultView(BOARD).averaged).toEqual(['superclevr', 'geoqa', 'cv-bench']);
  });

  it('ignores what is unknown, malformed or hostile', () => {
    expect(
      parse(
        'size=huge&stage=9&stage=1e9&family=__proto__&weights=constructor&evidence=<script>&show=toString&average=__proto__&sort=-hasOwnProperty&x=1',
      ),
    ).toEqual(defaultView(BOARD));
    expect(parse(`q=${'a'.repeat(5000)}`).search).toHaveLength(100);
  });

  it('takes lists as repeated names, once each and in the board’s order', () => {
    expect(parse('show=geoqa&show=size&show=geoqa').columns).toEqual(['size', 'geoqa']);
    expect(parse('stage=2&stage=base').stages).toEqual(['base', 'stage2']);
  });

  it('takes the last sort, which is the one of the header that was pressed', () => {
    expect(parse('sort=-average&sort=geoqa').sort).toEqual({ key: 'geoqa', descending: false });
  });

  it('shows a column that is hidden at first to whom a link leads there, beside what stands there anyway', () => {
    const { columns } = defaultView(BOARD);
    expect(parse('with=superclevr-200').columns).toEqual([...columns, 'superclevr-200']);
    expect(parse('with=geoqa').columns).toEqual(columns);
    expect(parse('with=__proto__&with=none').columns).toEqual(columns);
    expect(parse('with=superclevr-200&show=geoqa').columns).toEqual(['geoqa']);
  });

  it('restores any view', () => {
    const { stages, families } = facets(BOARD);
    const benchmarks = BOARD.columns.map((column) => column.benchmark);
    const columnIds = [...FACT_COLUMNS.map((column) => column.id), ...benchmarks];
    const views = fc.record<BoardView>({
      search: fc.string({ maxLength: 20 }),
      sizes: fc.subarray(SIZE_BUCKETS.map((bucket) => bucket.id)),
      stages: fc.subarray([...stages]),
      families: fc.subarray([...families]),
      weights: fc.subarray(WEIGHTS.map((each) => each.id)),
      evidence: fc.constantFrom(...EVIDENCE_CHOICES.map((each) => each.id)),
      columns: fc.subarray(columnIds, { minLength: 1 }),
      averaged: fc.subarray(benchmarks, { minLength: 1 }),
      sort: fc.record({ key: fc.constantFrom('model', ...columnIds), descending: fc.boolean() }),
    });
    fc.assert(
      fc.property(views, (each) => {
        const address = viewParams(each, BOARD).toString();
        expect(parseView(new URLSearchParams(address), BOARD)).toEqual(each);
      }),
    );
  });

  it('never fails on an address of any kind, and the table neither', () => {
    const name = fc.constantFrom(
      'q',
      'size',
      'stage',
      'family',
      'weights',
      'evidence',
      'show',
      'average',
      'sort',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (pairs) => {
        const rows = showBoard(BOARD, parseView(new URLSearchParams(pairs), BOARD)).rows;
        expect(rows.length).toBeLessThanOrEqual(BOARD.rows.length);
      }),
    );
  });
});

describe('filters', () => {
  it('filters by size, stage, family and weights; several values of one filter are alternatives', () => {
    expect(shown('size=4-to-10')).toEqual(['wave-7b']);
    expect(shown('size=undisclosed')).toEqual(['closed']);
    expect(shown('size=under-4&size=4-to-10').toSorted()).toEqual(['base-3b', 'wave-3b', 'wave-7b']);
    expect(shown('stage=2&family=Wave')).toEqual(['wave-7b', 'wave-3b']);
    expect(shown('weights=closed')).toEqual(['closed']);
  });

  it('searches for all words in name and family, whatever their case', () => {
    expect(shown('q=WAVE+3b')).toEqual(['wave-3b']);
    expect(shown('q=%20%20')).toHaveLength(4);
    expect(shown('q=nothing')).toEqual([]);
  });

  it('leaves out rows that have no figure of the chosen evidence', () => {
    expect(shown('evidence=recomputed').toSorted()).toEqual(['base-3b', 'closed', 'wave-3b']);
    expect(shown('evidence=reported').toSorted()).toEqual(['base-3b', 'wave-3b', 'wave-7b']);
  });
});

describe('evidence', () => {
  it('prefers the recomputed figure and keeps the reported one beside it', () => {
    const best = found('', 'wave-3b').cells.get('superclevr');
    expect(best).toMatchObject({
      evidence: 'recomputed',
      value: 88,
      other: { evidence: 'reported', value: 87 },
    });
  });

  it('shows only the kind that is asked for', () => {
    expect(found('evidence=reported', 'wave-3b').cells.get('superclevr')).toMatchObject({
      value: 87,
      other: null,
    });
    expect(found('evidence=recomputed', 'wave-3b').cells.has('geoqa')).toBe(false);
  });
});

describe('deltas', () => {
  it('are taken to the parent, within one kind of evidence', () => {
    expect(found('', 'wave-3b').cells.get('superclevr')?.delta).toMatchObject({
      value: 25,
      toName: 'Base 3B',
      toId: 'base-3b',
    });
    expect(found('evidence=reported', 'wave-3b').cells.get('superclevr')?.delta?.value).toBe(23);
  });

  it('are absent without a parent', () => {
    expect(found('', 'base-3b').cells.get('superclevr')?.delta).toBeNull();
    expect(found('', 'wave-7b').cells.get('superclevr')?.delta).toBeNull();
  });

  it('never compare two rules or two kinds, nor what waits for a judge', () => {
    const own = cell('reported', 80, 1);
    const base = (reported: BoardCell | null, recomputed: BoardCell | null = null) =>
      row('base', { cells: { a: { reported, recomputed } } });
    expect(deltaOf(own, 'a', base(cell('reported', 70, 2)))).toMatchObject({ value: 10, toName: 'base' });
    expect(deltaOf(own, 'a', base(cell('reported', 10, 2, { scorer: 'y' })))).toBeNull();
    expect(deltaOf(own, 'a', base(null, cell('recomputed', 20, 2)))).toBeNull();
    expect(deltaOf(own, 'a', base(cell('reported', 70, null, { unjudged: 3 })))).toBeNull();
    expect(deltaOf({ ...own, rank: null, unjudged: 3 }, 'a', base(cell('reported', 70, 2)))).toBeNull();
    expect(deltaOf(own, 'a', null)).toBeNull();
  });

  it('are called chance or not: sample by sample where that is known, else by the two intervals', () => {
    const known = (value: number, beyondChance: boolean | null) =>
      deltaOf(
        cell('recomputed', value, 1, { beyondChance }),
        'a',
        row('base', { cells: { a: { reported: null, recomputed: cell('recomputed', 70, 2) } } }),
      )?.beyondChance;
    // Each within a point: two figures show a difference of 1.4.
    expect(known(71, null)).toBe(false);
    expect(known(72, null)).toBe(true);
    expect(known(71, true)).toBe(true);
    expect(known(72, false)).toBe(false);
    // Figures without intervals show nothing.
    const reported = row('base', { cells: { a: { reported: cell('reported', 70, 2), recomputed: null } } });
    expect(deltaOf(cell('reported', 90, 1), 'a', reported)?.beyondChance).toBe(false);
  });
});

/** The board sorted by SuperCLEVR, in which the figure of `wave-7b` is another. */
function withCell(overrides: Partial<BoardCell>) {
  const rows = BOARD.rows.map((each) =>
    each.checkpointId === 'wave-7b'
      ? {
          ...each,
          cells: {
            ...each.cells,
            superclevr: { reported: cell('reported', 95, 1, overrides), recomputed: null },
          },
        }
      : each,
  );
  const { rows: shownRows } = showBoard({ ...BOARD, rows }, { ...parse('sort=-superclevr&evidence=best') });
  const changed = shownRows.find(({ row: { checkpointId } }) => checkpointId === 'wave-7b');
  const found = changed?.cells.get('superclevr');
  if (changed === undefined || found === undefined) throw new Error('the figure is not shown');
  return {
    cell: found,
    average: changed.average,
    order: shownRows.map(({ row: { checkpointId } }) => checkpointId),
  };
}

describe('ranks', () => {
  it('marks a rank as tied where another checkpoint has it by the same kind of evidence', () => {
    expect(found('', 'wave-7b').cells.get('cv-bench')).toMatchObject({ rank: 1, tied: true });
    expect(found('', 'wave-3b').cells.get('geoqa')).toMatchObject({ rank: 2, tied: false });
    // Rank 1 exists twice among the recomputed ones; the reported rank 1 is alone.
    expect(found('', 'closed').cells.get('superclevr')).toMatchObject({ rank: 1, tied: true });
    expect(found('', 'wave-7b').cells.get('superclevr')).toMatchObject({ rank: 1, tied: false });
  });

  it('says where it is one among the reported, in a column in which recomputed figures stand too', () => {
    const text = (query: string, id: string, benchmark: string) => {
      const found_ = found(query, id).cells.get(benchmark);
      if (found_ === undefined) throw new Error(`${id} has no ${benchmark}`);
      return rankText(found_);
    };
    expect(text('', 'wave-7b', 'superclevr')).toBe('1 rep.');
    expect(text('', 'wave-3b', 'superclevr')).toBe('1=');
    expect(text('evidence=reported', 'wave-7b', 'superclevr')).toBe('1');
    expect(text('', 'wave-7b', 'cv-bench')).toBe('1=');
  });

  it('are not had by a figure with samples that wait for a judge, which stands after the whole ones', () => {
    const board = withCell({ value: 97, rank: null, unjudged: 63.2 });
    expect(rankText(board.cell)).toBe('–');
    expect(apartWords(board.cell)).toBe('63 % unjudged');
    expect(board.order).toEqual(['closed', 'wave-3b', 'base-3b', 'wave-7b']);
    expect(board.average).toMatchObject({ have: 2, of: 3, value: (70 + 77) / 2 });
    expect(apartWords(withCell({ rank: null, unjudged: 0.2 }).cell)).toBe('under 1 % unjudged');
    expect(apartWords(withCell({ rank: null, unjudged: 99.8 }).cell)).toBe('99 % unjudged');
  });

  it('of another rule than the column’s are said to be, and do not enter averages or the order', () => {
    const board = withCell({ value: 97, rank: 1, scorer: 'x/seed@0' });
    expect(apartWords(board.cell)).toBe('by seed@0');
    expect(board.cell).toMatchObject({ tied: false, comparable: false });
    expect(board.order).toEqual(['closed', 'wave-3b', 'base-3b', 'wave-7b']);
    expect(board.average).toMatchObject({ have: 2, of: 3 });
  });

  it('stays what it is among all, whatever is filtered away', () => {
    expect(found('q=base', 'base-3b').cells.get('geoqa')).toMatchObject({ rank: 3 });
  });
});

describe('averages', () => {
  it('are means over the chosen benchmarks, shown or not', () => {
    expect(found('evidence=reported&show=average', 'wave-7b').average).toMatchObject({
      value: (95 + 70 + 77) / 3,
      rank: 1,
      have: 3,
      of: 3,
      evidence: 'reported',
    });
    expect(found('average=geoqa', 'wave-7b').average).toMatchObject({ value: 70, have: 1, of: 1 });
  });

  it('give way to a figure that is in none of them, where that is all there is', () => {
    const only = row('only', {
      modelName: 'Only',
      cells: { 'superclevr-200': { reported: null, recomputed: cell('recomputed', 12, 1) } },
    });
    const board = { ...BOARD, rows: [only, ...BOARD.rows] };
    const { rows } = showBoard(board, defaultView(board));
    expect(rows.map(({ row: { checkpointId }, lone }) => [checkpointId, lone?.cell.value])).toEqual([
      ['wave-7b', undefined],
      ['wave-3b', undefined],
      ['base-3b', undefined],
      ['closed', undefined],
      ['only', 12],
    ]);
  });

  it('say when they mix kinds of evidence, and then have no rank', () => {
    expect(found('', 'wave-3b').average).toMatchObject({ evidence: 'mixed', rank: null });
  });

  it('are partial where benchmarks are missing, and partial ones never rank among complete ones', () => {
    expect(found('', 'closed').average).toMatchObject({ value: 99, have: 1, of: 3, delta: null });
    expect(shown('')).toEqual(['wave-7b', 'wave-3b', 'base-3b', 'closed']);
    expect(shown('sort=average')).toEqual(['base-3b', 'wave-3b', 'wave-7b', 'closed']);
  });

  it('have a delta to an ancestor that has all of them', () => {
    const delta = found('evidence=reported', 'wave-3b').average?.delta;
    expect(delta?.value).toBeCloseTo((23 + 17 + 10) / 3, 10);
    expect(delta?.toName).toBe('Base 3B');
    expect(found('average=superclevr-200&average=geoqa', 'wave-3b').average?.delta).toBeNull();
  });
});

describe('sorting', () => {
  it('sorts by any column in both directions, rows without a value last', () => {
    expect(shown('sort=-geoqa')).toEqual(['wave-7b', 'wave-3b', 'base-3b', 'closed']);
    expect(shown('sort=geoqa')).toEqual(['base-3b', 'wave-3b', 'wave-7b', 'closed']);
    expect(shown('sort=-size')).toEqual(['wave-7b', 'base-3b', 'wave-3b', 'closed']);
    expect(shown('sort=model')).toEqual(['closed', 'base-3b', 'wave-3b', 'wave-7b']);
    expect(shown('sort=average-rank').at(0)).toBe('wave-7b');
  });

  it('a header’s click sorts by its column, best first, and turns round the second time', () => {
    const first = nextSort(view({}).sort, 'geoqa');
    expect(first).toEqual({ key: 'geoqa', descending: true });
    expect(nextSort(first, 'geoqa')).toEqual({ key: 'geoqa', descending: false });
    expect(nextSort(first, 'model')).toEqual({ key: 'model', descending: false });
    expect(nextSort(first, 'average-rank')).toEqual({ key: 'average-rank', descending: false });
  });
});
