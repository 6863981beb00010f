import type { Context, MiddlewareHandler } from 'hono';
import type { Log } from '../platform/log.ts';
import { innerCallOf } from './inner-call.ts';
import { createObserveRequest } from './server/observe-request.ts';
import { routeOf } from './contract/route-template.ts';
import type { AppEnv } from './contract/router.ts';

/** Gives each request of the router an id, one log line and one observation. */
export function requestContext(log: Log): MiddlewareHandler<AppEnv> {
  const observe = createObserveRequest(log);
  return async (c, next) => {
    const { requestId, answered } = observe(innerCallOf(c)?.requestId);
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

/**
 * The handler of a callback sets it once the sender is verified. Whatever the answer is, it then does not count against the
 * sender.
 */
export function markVerified(c: Context): void {
  c.set('isVerified', true);
}

export function isVerified(c: Context): boolean {
  return c.get('isVerified') === true;
}
