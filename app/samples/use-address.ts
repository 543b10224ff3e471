import { useSearchParams } from 'next/navigation';
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** Same for the same query, however it is written. */
const queryOf = (text: string) => new URLSearchParams(text).toString();

/** The query of the page's address, as soon as it changes: Next's own hook tells of it when there is nothing else to draw. */
export function useAddressQuery(): string {
  const first = useSearchParams();
  return useSyncExternalStore(
    subscribe,
    () => queryOf(window.location.search),
    () => queryOf(first.toString()),
  );
}

/** Changes the address of this page, without loading it anew. */
export function changeAddress(how: 'push' | 'replace', address: string): void {
  if (how === 'push') window.history.pushState(null, '', address);
  else window.history.replaceState(null, '', address);
  for (const listener of listeners) listener();
}
