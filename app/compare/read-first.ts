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
  { filter, sampleId }: View<ListFilter>,
  address: CompareAddress,
): Promise<FirstRead<ComparedRow, ComparedDetail>> {
  const { runs } = await api();
  const ids = sides.map(({ id }) => id);
  const { order, ...rest } = filter;
  const position =
    sampleId === null ? null : await runs.comparedPosition({ ids, filter: rest, order, sampleId });
  const page = Math.floor((position ?? 0) / PAGE);
  const range = await runs.compared({ ids, filter: rest, order, offset: page * PAGE, limit: PAGE });
  const shown = sampleId ?? range.rows[0]?.sampleId;
  const found =
    shown === undefined
      ? []
      : await Promise.all(ids.map((id) => orNull(runs.sample({ id, sampleId: shown }))));
  const details = found.flatMap((each) => each ?? []);
  const whole = details.every(({ output }) => (output?.length ?? 0) <= OUTPUT_IN_PAGE);
  return {
    filterQuery: compareQuery(address, { filter, sampleId: null }),
    sampleId,
    position,
    page,
    range,
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
    detailIsWhole: whole,
  };
}
