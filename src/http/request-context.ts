import type { Context, MiddlewareHandler } from 'hono';
import type { Log } from '../platform/log.ts';
import { subjectIds } from '../platform/ids.ts';
import { withinCounted, withinTrace } from '../platform/tracing/scope.ts';
import { innerCallOf } from './inner-call.ts';
import { createObserveRequest } from './server/observe-request.ts';
import { routeOf } from './contract/route-template.ts';
import type { AppEnv } from './contract/router.ts';

/** Gives each request of the router an id, one log line and one observation. */
export function requestContext(log: Log): MiddlewareHandler<AppEnv> {
  const observe = createObserveRequest(log);
  return async (c, next) => {
    const { requestId, trace, answered } = observe(innerCallOf(c)?.requestId, c.req.header('traceparent'));
    c.set('requestId', requestId);
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    c.header('cache-control', 'no-store');
    try {
      if (c.req.header('authorization') === undefined) await withinTrace(trace, next);
      else await withinCounted(trace, (sql) => timed(c, sql, next));
    } finally {
      answered(routeOf(c), c.req.method, c.res.status, subjectOf(c));
    }
  };
}

/** Tells staff where the time of their request went: `Server-Timing`, which browsers show beside it. */
async function timed(c: Context, sql: { calls: number; ms: number }, next: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await next();
  const actor: { readonly kind?: unknown } | undefined = c.get('actor');
  // A stream is already on its way, and setting a header would answer the request a second time.
  if (actor?.kind !== 'staff' || c.res.headers.has('x-hono-already-sent')) return;
  const total = (performance.now() - started).toFixed(1);
  c.header('server-timing', `total;dur=${total}, sql;dur=${sql.ms.toFixed(1)};desc="${sql.calls} calls"`);
}

/** The id in the address, or in the `Location` of the created object. An order says more than its event. */
function subjectOf(c: Context): string | undefined {
  const ids = Object.values(c.req.param()).filter((id) => subjectIds(id).event !== undefined);
  return (
    ids.find((id) => subjectIds(id).order !== undefined) ?? ids[0] ?? c.res.headers.get('location')?.split('/').at(-1)
  );
}

/**
 * The handler of a callback sets it once the sender is verified. The request then does not count against the sender,
 * whatever the answer is.
 */
export function markVerified(c: Context): void {
  c.set('isVerified', true);
}

export function isVerified(c: Context): boolean {
  return c.get('isVerified') === true;
}
