import { newId } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { counter, gauge, histogram } from '../platform/metrics.ts';

const requests = counter('http_requests_total', 'Answers by route, method and status', ['route', 'method', 'status']);
const seconds = histogram('http_request_seconds', 'Time from request to answer', ['route', 'method']);
const inFlight = gauge('http_requests_in_flight', 'Requests being answered now');

export type ObservedRequest = {
  readonly requestId: string;
  /** Once, when the answer is known. `route` is the route's pattern, never the address. */
  answered(route: string, method: string, status: number): void;
};

/** Gives a request its id, one log line and one observation. */
export function observeRequest(log: Log): ObservedRequest {
  const started = performance.now();
  const requestId = newId('req');
  inFlight.inc();
  return {
    requestId,
    answered: (route, method, status) => {
      inFlight.dec();
      const milliseconds = performance.now() - started;
      requests.inc({ route, method, status });
      seconds.observe({ route, method }, milliseconds / 1000);
      log.info({ requestId, method, route, status, ms: Math.round(milliseconds * 10) / 10 }, 'request');
    },
  };
}
