// Keeps the chat at work without a network: its page and the programs that it is made of, as they were when it was last open
// with one (app/chat/offline.ts says when). What the network has comes first. Models and the engine's program are kept by the
// engine itself (lib/vlm/file-store.ts).
const CACHE = 'ocean-r1-chat-1';
const PAGE = '/chat';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => event.waitUntil(keep(event.data.keep)));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(fromNetworkOrKept(request, PAGE));
  else if (isProgram(pathname)) event.respondWith(fromNetworkOrKept(request, pathname));
});

const isProgram = (path) => path.startsWith('/_next/static/') || /^\/vlm\/[^/]+\.m?js$/.test(path);

async function fromNetworkOrKept(request, key) {
  const kept = () => caches.match(key, { cacheName: CACHE });
  try {
    const response = await fetch(request);
    // After a new deployment the programs of a page that is still open are gone from the server.
    return response.status === 404 ? ((await kept()) ?? response) : response;
  } catch (error) {
    const found = await kept();
    if (found === undefined) throw error;
    return found;
  }
}

/** Keeps the page as it is now, with what it names, what it has loaded, and the engine's programs; forgets all else. */
async function keep(loaded) {
  const page = await fetch(PAGE, { cache: 'no-store' });
  const engine = await fetch('/vlm/files.json', { cache: 'no-cache' });
  if (!page.ok || !engine.ok) return;
  const html = await page.clone().text();
  const named = [...html.matchAll(/\/_next\/static\/[\w./~-]+/g)].map(([path]) => path);
  const programs = await engine.json();
  const cache = await caches.open(CACHE);
  const wanted = new Set([PAGE, ...named, ...loaded, ...programs]);
  await Promise.all(
    [...wanted].map(async (path) => {
      if (path === PAGE) return cache.put(PAGE, page);
      // The names of the site's own programs say what is in them; the engine's do not.
      if (!path.startsWith('/vlm/') && (await cache.match(path)) !== undefined) return;
      const response = await fetch(path, { cache: 'no-cache' });
      if (response.ok) await cache.put(path, response);
    }),
  );
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (!wanted.has(pathname)) await cache.delete(pathname);
  }
}
