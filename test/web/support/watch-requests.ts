import type { Page, Request } from 'playwright-core';
import { until } from '../../../testkit/until.ts';

/** The requests of the page to this address. Call it before the page is opened. */
export function watchRequests(page: Page, path: string) {
  const underway = new Set<Request>();
  let asked = 0;
  let streams = 0;
  let changedAt = performance.now();
  page.on('request', (request) => {
    if (new URL(request.url()).pathname !== path) return;
    underway.add(request);
    asked += 1;
    changedAt = performance.now();
  });
  const ended = (request: Request) => {
    if (underway.delete(request)) changedAt = performance.now();
  };
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  page.on('response', (response) => {
    if (response.url().endsWith('/stream') && response.status() === 200) streams += 1;
  });
  return {
    asked: () => asked,
    /** Waits until the stream has begun, and the reads that began with it are over, however long a busy machine takes for them. */
    untilFollowing: () =>
      until(() => streams > 0 && asked > 0 && underway.size === 0 && performance.now() - changedAt >= followedMs),
  };
}

/** Between the answer to one read and the begin of the next, while a stream begins. */
const followedMs = 1000;
