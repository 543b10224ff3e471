import { OUTCOMES } from '@/lib/scoring/scorer';
import type { SampleFilter } from '@/server/evals/types';

/** Which samples are listed, and which one is open. It lives in the address and nowhere else. */
export interface View<Filter> {
  filter: Filter;
  sampleId: string | null;
}

/** Samples that are read at once. */
export const PAGE = 100;

/** The longest text that the server searches for. */
export const MAX_TEXT = 200;

/** Reads `?outcome=wrong&tag=task:Count&text=red&sample=17`; what it does not understand counts as not set. */
export function readView(params: URLSearchParams): View<SampleFilter> {
  const filter: SampleFilter = {};
  const outcome = OUTCOMES.find((each) => each === params.get('outcome'));
  if (outcome !== undefined) filter.outcome = outcome;
  const tag = readTag(params.get('tag') ?? '');
  if (tag !== null) filter.tag = tag;
  const text = (params.get('text') ?? '').trim().slice(0, MAX_TEXT);
  if (text !== '') filter.text = text;
  return { filter, sampleId: params.get('sample') || null };
}

/** The query of a view's address, with its question mark; empty where nothing is set. */
export function viewQuery({ filter, sampleId }: View<SampleFilter>): string {
  const params = new URLSearchParams();
  if (filter.outcome !== undefined) params.set('outcome', filter.outcome);
  if (filter.tag !== undefined) params.set('tag', tagKey(filter.tag));
  if (filter.text !== undefined) params.set('text', filter.text);
  if (sampleId !== null) params.set('sample', sampleId);
  return params.size === 0 ? '' : `?${params}`;
}

/** A tag's value as one text, for an address or an option. A tag's name has no colon; its value may. */
export const tagKey = ({ tag, value }: { tag: string; value: string }): string => `${tag}:${value}`;

export function readTag(key: string): { tag: string; value: string } | null {
  const colon = key.indexOf(':');
  return colon < 1 ? null : { tag: key.slice(0, colon), value: key.slice(colon + 1) };
}

/** Next hands a page its query as an object. */
export function paramsOf(query: Readonly<Record<string, string | string[] | undefined>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [value].flat().map((each): [string, string] => [name, each]),
    ),
  );
}
