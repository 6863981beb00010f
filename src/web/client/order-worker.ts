/**
 * The service worker of order pages. It answers from what the page has kept (`order/keep-offline.ts`) when there is no network, and
 * stores nothing itself.
 */
type Fetching = Event & { readonly request: Request; respondWith(answer: Promise<Response>): void };
type Lasting = Event & { waitUntil(work: Promise<unknown>): void };
type WorkerScope = {
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
};

// The compiler knows the types of pages, not those of workers.
const scope = self as unknown as WorkerScope;

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || request.url.endsWith('/stream')) return;
  event.respondWith(fetch(request).catch((error: unknown) => kept(request, error)));
});

async function kept(request: Request, error: unknown): Promise<Response> {
  const found = await caches.match(request, { ignoreVary: true, ignoreSearch: request.mode === 'navigate' });
  if (found === undefined) throw error;
  return found;
}

export {};
