import type { WorkerScope } from './shared/worker-scope.ts';

const workerScope = self as unknown as WorkerScope;

/**
 * The service worker of the pages of orders and of single tickets. It answers from the copy that the page has stored
 * (`shared/tickets/keep-offline.ts`) if the network fails, or if the service cannot answer now. It stores nothing itself.
 */

/** At a venue the network of thousands of phones often fails by never answering. */
const answerMsMax = 4000;
/** After a call without an answer, the others of the page wait shortly, for this long. */
const silentMs = 10_000;
const answerMsWhileSilent = 300;
let silentUntil = 0;

workerScope.addEventListener('install', (event) => event.waitUntil(workerScope.skipWaiting()));
workerScope.addEventListener('activate', (event) => event.waitUntil(workerScope.clients.claim()));
workerScope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || request.url.endsWith('/stream')) return;
  event.respondWith(answerTo(request));
});

async function answerTo(request: Request): Promise<Response> {
  const copy = await caches.match(request, { ignoreVary: true, ignoreSearch: request.mode === 'navigate' });
  // The name of a file changes with its content. The service may have the files of a newer release only.
  if (copy !== undefined && new URL(request.url).pathname.startsWith('/web/')) return copy;
  if (copy === undefined) return fetch(request);
  // A call that is given up must end, or the next ones wait for its connection.
  const giveUp = new AbortController();
  const isSilent = performance.now() < silentUntil;
  const timer = setTimeout(
    () => {
      if (!isSilent) silentUntil = performance.now() + silentMs;
      giveUp.abort();
    },
    isSilent ? answerMsWhileSilent : answerMsMax,
  );
  const answer = await fetch(request, { signal: giveUp.signal }).catch(() => undefined);
  clearTimeout(timer);
  const isAway = answer === undefined || answer.status >= 500 || answer.status === 429;
  if (!isAway) silentUntil = 0;
  return isAway ? copy : answer;
}
