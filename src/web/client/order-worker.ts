import type { WorkerScope } from './shared/worker-scope.ts';

const workerScope = self as unknown as WorkerScope;

/**
 * The service worker of order pages. Without a network it answers from the copy that the page has stored (`order/keep-offline.ts`). It
 * stores nothing itself.
 */
workerScope.addEventListener('install', (event) => event.waitUntil(workerScope.skipWaiting()));
workerScope.addEventListener('activate', (event) => event.waitUntil(workerScope.clients.claim()));
workerScope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || request.url.endsWith('/stream')) return;
  event.respondWith(fetch(request).catch((error: unknown) => kept(request, error)));
});

async function kept(request: Request, error: unknown): Promise<Response> {
  const found = await caches.match(request, { ignoreVary: true, ignoreSearch: request.mode === 'navigate' });
  if (found === undefined) throw error;
  return found;
}
