import type { JobKind } from '@/lib/training/protocol';

/** Which jobs are listed. It lives in the address and nowhere else. */
export interface ListView {
  state: (typeof LIST_STATES)[number] | null;
  kind: JobKind | null;
  text: string;
}

/** As the server has them, and `open` for those that are not over. */
export const LIST_STATES = ['open', 'waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export const JOB_KINDS = ['sft', 'train', 'export', 'eval'] as const satisfies readonly JobKind[];

/** Jobs that are read at once. */
export const LIST_PAGE = 100;
const MAX_TEXT = 200;

/** Reads `?state=open&kind=train&text=nano`; what it does not understand counts as not set. */
export function readListView(params: URLSearchParams): ListView {
  return {
    state: LIST_STATES.find((each) => each === params.get('state')) ?? null,
    kind: JOB_KINDS.find((each) => each === params.get('kind')) ?? null,
    text: (params.get('text') ?? '').trim().slice(0, MAX_TEXT),
  };
}

/** The query of a view's address, with its question mark; empty where nothing is set. */
export function listQuery({ state, kind, text }: ListView): string {
  const params = new URLSearchParams();
  if (state !== null) params.set('state', state);
  if (kind !== null) params.set('kind', kind);
  if (text !== '') params.set('text', text);
  return params.size === 0 ? '' : `?${params}`;
}

/** As the server takes it. */
export function listFilter({ state, kind, text }: ListView) {
  const states = state === 'open' ? (['waiting', 'running'] as const) : state === null ? null : [state];
  return {
    ...(states === null ? {} : { states: [...states] }),
    ...(kind === null ? {} : { kinds: [kind] }),
    ...(text === '' ? {} : { text }),
  };
}
