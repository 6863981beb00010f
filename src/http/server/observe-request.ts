import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { counter, gauge, histogram } from '../../platform/metrics.ts';
import { unrouted } from '../contract/route-template.ts';

const requests = counter('http_requests_total', 'Answers by route, method and status', ['route', 'method', 'status']);
const seconds = histogram('http_request_seconds', 'Time from request to answer', ['route', 'method']);
const inFlight = gauge('http_requests_in_flight', 'Requests being answered now');

export type ObservedRequest = {
  readonly requestId: string;
  /**
   * Called once, when the answer is known. `route` is the template, never the address; undefined when no route serves
   * it.
   */
  answered(route: string | undefined, method: string, status: number): void;
};

/** @param known the id of the request that an inner call belongs to */
export type ObserveRequest = (known?: string) => ObservedRequest;

/** Unrouted requests are mostly robots' tries: in this time one line for the first, and one per status for the rest. */
const unroutedEveryMs = 10_000;
/** A label must not come from the client. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Gives each request an id and one observation. Each routed request gets one log line; the others share lines. */
export function createObserveRequest(log: Log): ObserveRequest {
  /** Requests without a route since the last line, by status; undefined when there was none lately. */
  let unlogged: Map<number, number> | undefined;

  const summarize = () => {
    for (const [status, count] of unlogged ?? []) {
      log.info({ route: unrouted, status, count, seconds: unroutedEveryMs / 1000 }, 'requests that no route serves');
    }
    unlogged = undefined;
  };
  const isCounted = (status: number): boolean => {
    if (unlogged === undefined) {
      unlogged = new Map();
      setTimeout(summarize, unroutedEveryMs).unref();
      return false;
    }
    unlogged.set(status, (unlogged.get(status) ?? 0) + 1);
    return true;
  };

  return (known) => {
    const started = performance.now();
    const requestId = known ?? newId('req');
    inFlight.inc();
    return {
      requestId,
      answered: (template, given, status) => {
        inFlight.dec();
        const milliseconds = performance.now() - started;
        const method = methods.has(given) ? given : 'OTHER';
        const route = template ?? unrouted;
        requests.inc({ route, method, status });
        seconds.observe({ route, method }, milliseconds / 1000);
        if (template === undefined && isCounted(status)) return;
        log.info({ requestId, method, route, status, ms: Math.round(milliseconds * 10) / 10 }, 'request');
      },
    };
  };
}
