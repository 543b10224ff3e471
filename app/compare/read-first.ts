import { listedPlaces } from '@/lib/compare/listed-samples';
import type { PackedOutcomes } from '@/lib/compare/packed-samples';
import type { ComparedRow, SampleDetail } from '@/server/evals/types';
import type { FirstRead } from '../samples/browse';
import { PAGE, type View } from '../samples/samples-url';
import { api, orNull } from '../trpc/server';
import { type CompareAddress, compareQuery, type ListFilter } from './compare-url';
import type { Side } from './sides';

/** A sample as several runs answer it. */
export interface ComparedDetail {
  sampleId: string;
  /** One a run, in the order of the sides. */
  details: readonly SampleDetail[];
}

/** A longer output is cut in the page; the browser then reads the whole. */
const OUTPUT_IN_PAGE = 20_000;

/** What the list and the open sample begin with. */
export async function readFirst(
  sides: readonly Side[],
  outcomes: readonly PackedOutcomes[],
  { filter, sampleId }: View<ListFilter>,
  address: CompareAddress,
): Promise<FirstRead<ComparedRow, ComparedDetail>> {
  const { runs } = await api();
  const ids = sides.map(({ id }) => id);
  const { order, text, ...rest } = filter;
  const listed = listedPlaces(
    await runs.sampleGroups({ id: ids[0] ?? '' }),
    outcomes,
    { ...rest, found: text === undefined ? undefined : await runs.comparedContaining({ ids, text }) },
    order,
  );
  const detailsOf = async (id: string) =>
    (await Promise.all(ids.map((run) => orNull(runs.sample({ id: run, sampleId: id }))))).flatMap(
      (each) => each ?? [],
    );
  const asked = sampleId === null ? [] : await detailsOf(sampleId);
  const at = listed.indexOf(asked[0]?.ordinal ?? -1);
  const page = Math.max(0, Math.floor(at / PAGE));
  const rows = await runs.compared({ ids, places: [...listed.subarray(page * PAGE, (page + 1) * PAGE)] });
  const shown = sampleId ?? rows[0]?.sampleId;
  const details = sampleId !== null || shown === undefined ? asked : await detailsOf(shown);
  return {
    filterQuery: compareQuery(address, { filter, sampleId: null }),
    sampleId,
    position: at === -1 ? null : at,
    page,
    range: { total: listed.length, rows },
    detail:
      shown === undefined || details.length < ids.length
        ? null
        : {
            sampleId: shown,
            details: details.map((each) => ({
              ...each,
              output: each.output?.slice(0, OUTPUT_IN_PAGE) ?? null,
            })),
          },
    detailIsWhole: details.every(({ output }) => (output?.length ?? 0) <= OUTPUT_IN_PAGE),
  };
}
