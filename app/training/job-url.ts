import type { RolloutFilter, RolloutOrder } from './types';

/** What is shown of a job. It lives in the address and nowhere else, so that others can open it. */
export interface JobView {
  /** Null for those that are shown at first. */
  metrics: readonly string[] | null;
  x: (typeof X_AXES)[number];
  /** How much of a smoothed point is what came before: 0 to 0.99. */
  smooth: number;
  /** Ids of the jobs that are laid over. */
  others: readonly string[];
  /** Steps between which curves are seen closely; null for all. */
  zoom: Zoom | null;
  /** Whose rollouts are open. */
  step: number | null;
  filter: RolloutFilter | null;
  order: RolloutOrder;
  /** A group's place in its step. */
  group: number | null;
  /** A response's place in its group. */
  response: number | null;
  sort: (typeof RESPONSE_SORTS)[number];
}

export interface Zoom {
  from: number;
  to: number;
}

export const X_AXES = ['step', 'time'] as const;
export const RESPONSE_SORTS = ['place', 'reward', 'longest', 'shortest'] as const;
export const FILTERS = [
  'right',
  'wrong',
  'mixed',
  'equal',
  'truncated',
  'failed',
] as const satisfies readonly RolloutFilter[];
export const ORDERS = ['place', 'lowest', 'highest', 'longest'] as const satisfies readonly RolloutOrder[];
export const SMOOTHINGS = [0, 0.5, 0.8, 0.9, 0.97] as const;
/** Jobs that can be told apart when laid over each other. */
export const MOST_OTHERS = 4;
const MOST_METRICS = 40;

const one = <T extends string>(all: readonly T[], text: string | null): T | null =>
  all.find((each) => each === text) ?? null;

/** A whole number from 0 on; null for all else. */
function whole(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Reads an address's query; what it does not understand counts as not set. */
export function readJobView(params: URLSearchParams): JobView {
  const [from, to] = [whole(params.get('from')), whole(params.get('to'))];
  const smooth = Number(params.get('smooth') ?? 0);
  return {
    metrics: params.has('m') ? [...new Set(params.getAll('m').filter(Boolean))].slice(0, MOST_METRICS) : null,
    x: one(X_AXES, params.get('x')) ?? 'step',
    smooth: smooth > 0 && smooth < 1 ? Math.min(0.99, smooth) : 0,
    others: [...new Set(params.getAll('with').filter(Boolean))].slice(0, MOST_OTHERS),
    zoom: from !== null && to !== null && from < to ? { from, to } : null,
    step: whole(params.get('step')),
    filter: one(FILTERS, params.get('filter')),
    order: one(ORDERS, params.get('order')) ?? 'place',
    group: whole(params.get('group')),
    response: whole(params.get('response')),
    sort: one(RESPONSE_SORTS, params.get('sort')) ?? 'place',
  };
}

/** The query of a view's address, with its question mark; empty where nothing is set. */
export function jobQuery(view: JobView): string {
  const params = new URLSearchParams();
  if (view.metrics !== null) {
    for (const name of view.metrics) params.append('m', name);
    // None at all is a choice too.
    if (view.metrics.length === 0) params.append('m', '');
  }
  if (view.x !== 'step') params.set('x', view.x);
  if (view.smooth > 0) params.set('smooth', String(view.smooth));
  for (const id of view.others) params.append('with', id);
  if (view.zoom !== null) {
    params.set('from', String(view.zoom.from));
    params.set('to', String(view.zoom.to));
  }
  if (view.step !== null) params.set('step', String(view.step));
  if (view.filter !== null) params.set('filter', view.filter);
  if (view.order !== 'place') params.set('order', view.order);
  if (view.group !== null) params.set('group', String(view.group));
  if (view.response !== null) params.set('response', String(view.response));
  if (view.sort !== 'place') params.set('sort', view.sort);
  return params.size === 0 ? '' : `?${params}`;
}

/** The query, and the place on the page that is looked at: who opens an address with a step sees its rollouts. */
export const jobAddress = (view: JobView): string =>
  `${jobQuery(view)}${view.step === null ? '' : '#rollouts'}`;
