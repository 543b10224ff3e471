import { type ComparedFilter, type ComparedOrder, ORDERS } from '@/lib/compare/listed-samples';
import type { ChosenRuns } from '@/server/evals/types';
import { MAX_TEXT, readTag, tagKey, type View } from '../samples/samples-url';

/** What is compared, and against what. With the view of the samples it lives in the address and nowhere else. */
export interface CompareAddress extends ChosenRuns {
  /** Of several benchmarks, the one that is looked into. */
  benchmark: string | null;
  split: string | null;
}

/** The samples that are listed, and in which order. */
export interface ListFilter extends Pick<ComparedFilter, 'right' | 'tag'> {
  /** In a question, an output or an answer. */
  text?: string;
  order: ComparedOrder;
}

export const WHOLE_LIST: ListFilter = { order: 'lost' };

/** Reads `?runs=a,b&baseline=a&benchmark=geoqa&split=test`; lists stand as one text or one name after the other. */
export function readAddress(params: URLSearchParams): CompareAddress {
  const list = (name: string) => [
    ...new Set(
      params
        .getAll(name)
        .flatMap((text) => text.split(','))
        .map((id) => id.trim())
        .filter((id) => id !== ''),
    ),
  ];
  // The same run twice is said, not passed over.
  const runs = params.getAll('runs').flatMap((text) => text.split(',').filter((id) => id.trim() !== ''));
  return {
    runs,
    checkpoints: list('checkpoints'),
    model: params.get('model') || null,
    baseline: params.get('baseline') || null,
    benchmark: params.get('benchmark') || null,
    split: params.get('split') || null,
  };
}

/** Reads `&right=10&tag=task:Count&text=red&order=data&sample=17`; what it does not understand counts as not set. */
export function readList(params: URLSearchParams): View<ListFilter> {
  const filter: ListFilter = { order: ORDERS.find((each) => each === params.get('order')) ?? 'lost' };
  const right = params.get('right') ?? '';
  if (/^[01x]{2,4}$/.test(right)) filter.right = right;
  const tag = readTag(params.get('tag') ?? '');
  if (tag !== null) filter.tag = tag;
  const text = (params.get('text') ?? '').trim().slice(0, MAX_TEXT);
  if (text !== '') filter.text = text;
  return { filter, sampleId: params.get('sample') || null };
}

/** The query of an address, with its question mark. */
export function compareQuery(address: CompareAddress, view: View<ListFilter>): string {
  const params = addressParams(address);
  const { filter, sampleId } = view;
  if (filter.right !== undefined) params.set('right', filter.right);
  if (filter.tag !== undefined) params.set('tag', tagKey(filter.tag));
  if (filter.text !== undefined) params.set('text', filter.text);
  if (filter.order !== 'lost') params.set('order', filter.order);
  if (sampleId !== null) params.set('sample', sampleId);
  return queryText(params);
}

/** The same without a view of the samples. */
export const addressQuery = (address: CompareAddress): string => queryText(addressParams(address));

function addressParams({
  runs,
  checkpoints,
  model,
  baseline,
  benchmark,
  split,
}: CompareAddress): URLSearchParams {
  const params = new URLSearchParams();
  if (runs.length > 0) params.set('runs', runs.join(','));
  if (checkpoints.length > 0) params.set('checkpoints', checkpoints.join(','));
  if (model !== null) params.set('model', model);
  if (baseline !== null) params.set('baseline', baseline);
  if (benchmark !== null) params.set('benchmark', benchmark);
  if (split !== null) params.set('split', split);
  return params;
}

/** Commas between ids stay readable. */
const queryText = (params: URLSearchParams): string => `?${params.toString().replaceAll('%2C', ',')}`;
