/**
 * Has the browser keep the page for visits without a network, by public/offline-worker.js: the page, its programs, and
 * those of its workers, which name theirs. Models are kept by the engine. Where the browser keeps nothing, nothing happens.
 */
export async function keepForOffline(ofWorkers: readonly string[]): Promise<void> {
  // Only pages that came by TLS, or from this machine, have any.
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register('/offline-worker.js');
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: [...loadedHere(), ...ofWorkers] });
}

/** What this page or worker has loaded of the site's programs, as paths. */
export const loadedHere = (): string[] =>
  performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name))
    .filter(
      ({ origin, pathname }) => origin === self.location.origin && pathname.startsWith('/_next/static/'),
    )
    .map(({ pathname }) => pathname);
