import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { newId } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { counter, gauge, histogram } from '../platform/metrics.ts';
import type { AppEnv } from './router.ts';

const requests = counter('http_requests_total', 'Answers by route, method and status', ['route', 'method', 'status']);
const seconds = histogram('http_request_seconds', 'Time from request to answer', ['route', 'method']);
const inFlight = gauge('http_requests_in_flight', 'Requests being answered now');

/** Gives each request its id, one log line and one observation. Labels hold the route's pattern, never the address. */
export function requestContext(log: Log): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const started = performance.now();
    const requestId = newId('req');
    c.set('requestId', requestId);
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    c.header('cache-control', 'no-store');
    inFlight.inc();
    try {
      await next();
    } finally {
      inFlight.dec();
      const route = routeOf(c);
      const milliseconds = performance.now() - started;
      const method = c.req.method;
      requests.inc({ route, method, status: c.res.status });
      seconds.observe({ route, method }, milliseconds / 1000);
      log.info({ requestId, method, route, status: c.res.status, ms: Math.round(milliseconds * 10) / 10 }, 'request');
    }
  };
}

function routeOf(c: Context): string {
  const path = routePath(c, -1);
  return path === '/*' || path === '*' ? 'unknown' : path;
}
