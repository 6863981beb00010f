import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Log } from '../platform/log.ts';
import { observeRequest } from './observe-request.ts';
import type { AppEnv } from './router.ts';

/** Gives each request of the router its id, one log line and one observation. */
export function requestContext(log: Log): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { requestId, answered } = observeRequest(log);
    c.set('requestId', requestId);
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    c.header('cache-control', 'no-store');
    try {
      await next();
    } finally {
      answered(routeOf(c), c.req.method, c.res.status);
    }
  };
}

function routeOf(c: Context): string {
  const path = routePath(c, -1);
  return path === '/*' || path === '*' ? 'unknown' : path;
}
