import type { WorkerScope } from './shared/worker-scope.ts';

const workerScope = self as unknown as WorkerScope;

/**
 * The service worker of the door. It caches the page and files of one release, so that the door opens without a network. It ignores calls
 * to the API, so no personal data is in its cache. Each release changes this script's text, which browsers check when the page opens.
 */

/** The service prepends it to this script (`src/web/server/files/app-files.ts`). */
declare const release: {
  readonly version: string;
  readonly pages: readonly string[];
  readonly files: readonly string[];
  /** The folders of the files of all releases. */
  readonly folders: readonly string[];
};

const cacheName = `door ${release.version}`;
/** The network's page is newer, but a bad network must not delay the door. */
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
  else if (release.folders.some((folder) => url.pathname.startsWith(folder))) event.respondWith(fileFor(request));
});

async function keepRelease(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...release.files]);
  await cache.addAll(release.pages.map((page) => new Request(page, { cache: 'reload' })));
}

/** Keeps the previous release: one of its pages may have been open all day, and it loads some files only on demand. */
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
    const controller = new AbortController();
    setTimeout(() => controller.abort(), pageWaitMs);
    const fresh = await fetch(request, { signal: controller.signal });
    return fresh.ok ? fresh : kept;
  } catch {
    return kept;
  }
}

async function fileFor(request: Request): Promise<Response> {
  return (await caches.match(new URL(request.url).pathname)) ?? fetch(request);
}
