import type { WorkerScope } from './shared/worker-scope.ts';

const workerScope = self as unknown as WorkerScope;

/**
 * The service worker of the door: it keeps the page and the files of one release, so that the door opens without a network. It
 * never touches calls to the API, so no answer with personal data is in its cache. A new release is another text of this script,
 * which browsers look for each time the page opens.
 */

/** Put before this script by the service (`src/web/server/door-files.ts`). */
declare const release: {
  readonly version: string;
  readonly pages: readonly string[];
  readonly files: readonly string[];
  /** The folder of all files of all releases. */
  readonly folder: string;
};

const cacheName = `door ${release.version}`;
/** A page from the network is newer. With a bad network it must not be waited for. */
const pageWaitMs = 2500;

workerScope.addEventListener('install', (event) => {
  event.waitUntil(keepRelease().then(() => workerScope.skipWaiting()));
});

workerScope.addEventListener('activate', (event) => {
  event.waitUntil(dropOlder().then(() => workerScope.clients.claim()));
});

workerScope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && url.pathname === '/door') event.respondWith(pageFor(request, url));
  else if (url.pathname.startsWith(release.folder)) event.respondWith(fileFor(request));
});

async function keepRelease(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...release.files]);
  await cache.addAll(release.pages.map((page) => new Request(page, { cache: 'reload' })));
}

/** Keeps the release before: a page of it may be open since the morning, and loads some files only when they are needed. */
async function dropOlder(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name.startsWith('door ') && name !== cacheName);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
}

async function pageFor(request: Request, url: URL): Promise<Response> {
  const lang = url.searchParams.get('lang');
  const cache = await caches.open(cacheName);
  const kept = await cache.match(lang === null ? '/door' : `/door?lang=${lang}`);
  if (kept === undefined) return fetch(request);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(pageWaitMs) });
    return fresh.ok ? fresh : kept;
  } catch {
    return kept;
  }
}

async function fileFor(request: Request): Promise<Response> {
  return (await caches.match(new URL(request.url).pathname)) ?? fetch(request);
}
