import { type SubjectIds, newId, subjectIds } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { counter, gauge, histogram } from '../../platform/metrics.ts';
import { type Trace, beginTrace, endTrace, isTracing, subjectAttributes } from '../../platform/tracing/trace.ts';
import { unrouted } from '../contract/route-template.ts';

const requests = counter('http_requests_total', 'Answers by route, method and status', ['route', 'method', 'status']);
const seconds = histogram('http_request_seconds', 'Time from request to answer', ['route', 'method']);
const inFlight = gauge('http_requests_in_flight', 'Requests being answered now');

export type ObservedRequest = {
  readonly requestId: string;
  readonly trace: Trace | undefined;
  /**
   * Called once, when the answer is known. `route` is the template, never the address; undefined when no route serves
   * it.
   * @param subject the id of the order, ticket or event that the request was about
   */
  answered(route: string | undefined, method: string, status: number, subject?: string): void;
};

/**
 * @param known the id of the request that an inner call belongs to
 * @param traceparent the header of that name
 * @param isHot the request is one of very many
 */
export type ObserveRequest = (known?: string, traceparent?: string, isHot?: boolean) => ObservedRequest;

/**
 * Unrouted requests are mostly robots. In this time one line is written for the first, and one per status for the rest.
 */
const unroutedEveryMs = 10_000;
/** A metric label must not come from the client. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Gives each request an id and one observation. Each routed request gets one log line; the others share lines. */
export function createObserveRequest(log: Log): ObserveRequest {
  /** Requests without a route since the last line, by status; undefined if there were none. */
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

  return (known, traceparent, isHot = false) => {
    const started = performance.now();
    const requestId = known ?? newId('req');
    inFlight.inc();
    const trace = isTracing()
      ? beginTrace({ kind: 'server', parent: traceparent, isFromOutside: true, isHot })
      : undefined;
    return {
      requestId,
      trace,
      answered: (template, given, status, subject) => {
        inFlight.dec();
        const milliseconds = performance.now() - started;
        const method = methods.has(given) ? given : 'OTHER';
        const route = template ?? unrouted;
        requests.inc({ route, method, status });
        seconds.observe({ route, method }, milliseconds / 1000);
        const ids = subjectIds(subject);
        if (trace !== undefined) endRequest(trace, { requestId, method, route, status, ...ids });
        if (template === undefined && isCounted(status)) return;
        const ms = Math.round(milliseconds * 10) / 10;
        const traceId = trace?.traceId || undefined;
        log.info({ requestId, method, route, status, ms, ...ids, traceId }, 'request');
      },
    };
  };
}

type Answered = SubjectIds & {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
};

function endRequest(trace: Trace, { requestId, method, route, status, order, event }: Answered): void {
  endTrace(trace, {
    name: `${method} ${route}`,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'antre.request_id': requestId,
      ...subjectAttributes({ order, event }),
    },
    fault: status >= 500 ? String(status) : undefined,
  });
}
