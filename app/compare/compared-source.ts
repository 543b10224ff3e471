import type { TRPCClient } from '@trpc/client';
import { listedPlaces } from '@/lib/compare/listed-samples';
import type { PackedOutcomes, PackedSamples } from '@/lib/compare/packed-samples';
import { OUTCOMES, type Outcome } from '@/lib/scoring/scorer';
import type { ComparedRow } from '@/server/evals/types';
import type { AppRouter } from '@/server/trpc/router';
import type { SampleSource } from '../samples/browse';
import type { ListFilter } from './compare-url';
import type { ComparedDetail } from './read-first';

/** A list that needs no asking: how long it is, and what the runs made of each of its samples. */
export interface KnownList {
  total: number;
  outcomesAt(index: number): readonly Outcome[];
}

export interface ComparedSource extends SampleSource<ListFilter, ComparedRow, ComparedDetail> {
  /** Reads what lists are made of, a few kilobytes, before a filter asks for it. */
  prepare(): Promise<void>;
  /** Null until that is read, and where a text has not been searched for yet. */
  known(filter: ListFilter): KnownList | null;
}

/** Lists that are not made anew when the reader goes back to them. */
const KEPT = 16;

/** Compared samples in the browser: it has all outcomes and tags and filters them itself; the server is asked for texts alone. */
export function comparedSource(
  { runs: procedures }: Pick<TRPCClient<AppRouter>, 'runs'>,
  ids: readonly string[],
  rowsRead: readonly ComparedRow[],
): ComparedSource {
  const rows = new Map(rowsRead.map((row) => [row.ordinal, row]));
  const found = new Map<string, string>();
  const lists = new Map<string, Int32Array>();
  let packed: { samples: PackedSamples; outcomes: readonly PackedOutcomes[] } | null = null;
  let reading: Promise<void> | null = null;

  const read = async () => {
    const [samples, ...stored] = await Promise.all([
      procedures.sampleGroups.query({ id: ids[0] ?? '' }),
      ...ids.map((id) => procedures.outcomes.query({ id })),
    ]);
    packed = { samples, outcomes: stored.map(({ outcomes }) => outcomes ?? '') };
  };
  const prepare = () => {
    reading ??= read().catch((error) => {
      reading = null;
      throw error;
    });
    return reading;
  };
  const listNow = ({ text, order, ...filter }: ListFilter): Int32Array | null => {
    const sought = text === undefined ? undefined : found.get(text);
    if (packed === null || (text !== undefined && sought === undefined)) return null;
    const key = JSON.stringify([filter.right, filter.tag?.tag, filter.tag?.value, text, order]);
    const known = lists.get(key);
    if (known !== undefined) return known;
    const made = listedPlaces(packed.samples, packed.outcomes, { ...filter, found: sought }, order);
    lists.set(key, made);
    for (const oldest of lists.keys()) {
      if (lists.size <= KEPT) break;
      lists.delete(oldest);
    }
    return made;
  };
  const list = async (filter: ListFilter): Promise<Int32Array> => {
    const { text } = filter;
    const [sought] = await Promise.all([
      text === undefined || found.has(text)
        ? null
        : procedures.comparedContaining.query({ ids: [...ids], text }),
      prepare(),
    ]);
    if (text !== undefined && sought !== null) found.set(text, sought);
    return listNow(filter) ?? new Int32Array();
  };
  const sample = async (sampleId: string): Promise<ComparedDetail> => ({
    sampleId,
    details: await Promise.all(ids.map((id) => procedures.sample.query({ id, sampleId }))),
  });

  return {
    key: ['compared', ...ids],
    sample,
    prepare,
    known(filter) {
      const listed = listNow(filter);
      return listed === null
        ? null
        : {
            total: listed.length,
            outcomesAt: (index) =>
              (packed?.outcomes ?? []).map(
                (outcomes) => OUTCOMES[Number(outcomes[listed[index] ?? 0])] ?? 'missing',
              ),
          };
    },
    async range(filter, offset, limit) {
      const listed = await list(filter);
      const places = [...listed.subarray(offset, offset + limit)];
      const unread = places.filter((place) => !rows.has(place));
      if (unread.length > 0)
        for (const row of await procedures.compared.query({ ids: [...ids], places: unread }))
          rows.set(row.ordinal, row);
      return { total: listed.length, rows: places.flatMap((place) => rows.get(place) ?? []) };
    },
    async position(filter, sampleId) {
      const row = [...rows.values()].find((each) => each.sampleId === sampleId);
      const ordinal = row?.ordinal ?? (await procedures.sample.query({ id: ids[0] ?? '', sampleId })).ordinal;
      const at = (await list(filter)).indexOf(ordinal);
      return at === -1 ? null : at;
    },
  };
}
