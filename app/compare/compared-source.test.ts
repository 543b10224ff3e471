import { describe, expect, it, vi } from 'vitest';
import { packSamples } from '@/lib/compare/packed-samples';
import type { ComparedRow } from '@/server/evals/types';
import { comparedSource } from './compared-source';

/** Four samples, of two tasks by turns; base is right on the first two, the other on the second and third. */
const SAMPLES = packSamples(
  [0, 1, 2, 3].map((place) => ({
    cluster: String(place),
    tags: { task: place % 2 === 0 ? 'count' : 'depth' },
  })),
  ['task'],
);
const OUTCOMES: Readonly<Record<string, string>> = { base: '0011', other: '1001' };

const rowOf = (ordinal: number): ComparedRow => ({
  ...{ sampleId: `s${ordinal}`, ordinal, question: `question ${ordinal}`, gold: 'A' },
  sides: [],
});

function made(rowsRead: readonly ComparedRow[] = []) {
  const runs = {
    sampleGroups: { query: vi.fn(async () => SAMPLES) },
    outcomes: { query: vi.fn(async ({ id }: { id: string }) => ({ outcomes: OUTCOMES[id] })) },
    compared: { query: vi.fn(async ({ places }: { places: number[] }) => places.map(rowOf)) },
    comparedContaining: { query: vi.fn(async () => '0110') },
    sample: { query: vi.fn(async () => ({ ordinal: 2 })) },
  };
  // Of the client only what the source asks of it.
  const client = { runs } as unknown as Parameters<typeof comparedSource>[0];
  return { runs, source: comparedSource(client, ['base', 'other'], rowsRead) };
}

describe('compared samples in the browser', () => {
  it('are filtered without asking, once outcomes and tags are read; those are read once', async () => {
    const { runs, source } = made();
    expect(source.known({ order: 'lost' })).toBeNull();
    await Promise.all([source.prepare(), source.prepare()]);
    expect(runs.outcomes.query).toHaveBeenCalledTimes(2);
    const known = source.known({ order: 'lost', right: '10' });
    expect(known?.total).toBe(1);
    expect(known?.outcomesAt(0)).toEqual(['correct', 'wrong']);
    expect(source.known({ order: 'data', tag: { tag: 'task', value: 'depth' } })?.total).toBe(2);
    expect(runs.compared.query).not.toHaveBeenCalled();
  });

  it('are read as texts where they are seen, and no text twice', async () => {
    const { runs, source } = made([rowOf(0)]);
    const { total, rows } = await source.range({ order: 'lost' }, 0, 2);
    expect(total).toBe(4);
    expect(rows.map(({ sampleId }) => sampleId)).toEqual(['s0', 's2']);
    expect(runs.compared.query).toHaveBeenCalledWith({ ids: ['base', 'other'], places: [2] });
    await source.range({ order: 'data', tag: { tag: 'task', value: 'count' } }, 0, 10);
    expect(runs.compared.query).toHaveBeenCalledTimes(1);
  });

  it('that have a text are asked for, and only then known', async () => {
    const { runs, source } = made();
    await source.prepare();
    const filter = { order: 'data', text: 'red', right: 'x1' } as const;
    expect(source.known(filter)).toBeNull();
    expect((await source.range(filter, 0, 10)).rows.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    expect(source.known({ order: 'data', text: 'red' })?.total).toBe(2);
    expect(runs.comparedContaining.query).toHaveBeenCalledTimes(1);
  });

  it('have a place in the list of a filter, or none', async () => {
    const { source } = made([rowOf(2)]);
    expect(await source.position({ order: 'lost' }, 's2')).toBe(1);
    expect(await source.position({ order: 'lost', right: '10' }, 's2')).toBeNull();
    // One whose row was not read yet.
    expect(await made().source.position({ order: 'data' }, 's2')).toBe(2);
  });

  it('ask anew where the reading failed', async () => {
    const { runs, source } = made();
    runs.sampleGroups.query.mockRejectedValueOnce(new Error('no connection'));
    await expect(source.prepare()).rejects.toThrow('no connection');
    expect((await source.range({ order: 'data' }, 0, 1)).total).toBe(4);
  });
});
