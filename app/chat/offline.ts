import { loadedHere } from '../scenes/loaded-here';

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
