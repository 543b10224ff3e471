/** Where a submission stands, as the page's address says it: a reload or a shared link keeps the preflight. */
export interface Place {
  file: { sha256: string; name: string } | null;
  /** Chosen by the visitor; null where the file decides. */
  target: Target | null;
}

export interface Target {
  benchmark: string;
  split: string;
}

export function readPlace(params: { get(name: string): string | null }): Place {
  const sha256 = params.get('file') ?? '';
  const benchmark = params.get('benchmark');
  const split = params.get('split');
  return {
    file: /^[0-9a-f]{64}$/.test(sha256)
      ? { sha256, name: shortName(params.get('name') || 'predictions') }
      : null,
    target: benchmark && split ? { benchmark, split } : null,
  };
}

export function placeHref({ file, target }: Place): string {
  if (file === null) return '/submit';
  const params = new URLSearchParams({ file: file.sha256, name: shortName(file.name) });
  if (target !== null) {
    params.set('benchmark', target.benchmark);
    params.set('split', target.split);
  }
  return `/submit?${params}`;
}

const MAX_NAME_LENGTH = 200;

/** A name that the server takes: of a long one the end, which tells more (checkpoint, extension). */
function shortName(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : `…${name.slice(1 - MAX_NAME_LENGTH)}`;
}
