import { OUTCOMES } from '@/lib/scoring/scorer';
import type { ChangeFilter } from '@/server/evals/types';
import { readTag, tagKey, type View } from '../samples/samples-url';

/** Two scorers of a run: the second is read against the first. */
export interface Pair {
  from: string;
  to: string;
}

/** Reads `?change=correct.wrong&tag=task:Count&sample=17`; what it does not understand counts as not set. */
export function readChanges(params: URLSearchParams): View<ChangeFilter> {
  const filter: ChangeFilter = {};
  const change = readChange(params.get('change') ?? '');
  if (change !== undefined) filter.change = change;
  const tag = readTag(params.get('tag') ?? '');
  if (tag !== null) filter.tag = tag;
  return { filter, sampleId: params.get('sample') || null };
}

function readChange(text: string): ChangeFilter['change'] {
  if (text === 'answer') return text;
  const [from, to] = text.split('.').map((name) => OUTCOMES.find((outcome) => outcome === name));
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** A direction as one text, for an address or an option. */
export const changeKey = (change: NonNullable<ChangeFilter['change']>): string =>
  change === 'answer' ? change : `${change.from}.${change.to}`;

/** The query of a comparison's address. */
export function changesQuery({ from, to }: Pair, { filter, sampleId }: View<ChangeFilter>): string {
  const params = new URLSearchParams({ from, to });
  if (filter.change !== undefined) params.set('change', changeKey(filter.change));
  if (filter.tag !== undefined) params.set('tag', tagKey(filter.tag));
  if (sampleId !== null) params.set('sample', sampleId);
  return `?${params}`;
}

/** Where two scorers of a run are compared. */
export const compareHref = (runId: string, pair: Pair): string =>
  `/runs/${encodeURIComponent(runId)}/compare${changesQuery(pair, { filter: {}, sampleId: null })}`;
