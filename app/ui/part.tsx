'use client';

import { useCallback, useEffect, useState } from 'react';

/**
 * Parts of a page that are loaded where they are wanted. They may be missing: without a network, or because the site was
 * deployed anew since the page was opened. Then that is said in their place, and the page goes on.
 */

/** Loads such a part. @throws Error with a sentence. */
export async function loadPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new Error(
      navigator.onLine
        ? 'This part of the page could not be loaded: there is no network, or the site has changed since the page was opened.'
        : 'This part of the page was not loaded yet, and there is no network.',
      { cause },
    );
  }
}

/** A part, once it is there. `load` is the same function at every call. */
export function usePart<T>(load: () => Promise<T>): {
  part: T | null;
  error: Error | null;
  retry: () => void;
} {
  const [state, setState] = useState<{ part: T | null; error: Error | null }>({ part: null, error: null });
  const retry = useCallback(() => {
    setState({ part: null, error: null });
    loadPart(load).then(
      (part) => setState({ part, error: null }),
      (error: Error) => setState({ part: null, error }),
    );
  }, [load]);
  useEffect(retry, [retry]);
  return { ...state, retry };
}

/** In place of a part that did not come. */
export function PartMissing({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <div role="alert" className="stack">
      <p>{error.message} What you wrote stays, here and over a reload.</p>
      <p className="flex flex-wrap gap-2">
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </p>
    </div>
  );
}
