import type { MiddlewareHandler } from 'hono';

/** Streams are written while they are read, so their length is unknown beforehand. */
const streamed = /^text\/(?:csv|event-stream)\b/;

/**
 * Gives the answer to a HEAD the Content-Length of the GET, which is what most clients send HEAD for. Registered before
 * all other middleware, so that it sees the answer of the GET. A stream is cancelled, and so is a file of known length:
 * nobody will read it, and it may hold a place at a gate.
 */
export function headLength(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.req.method !== 'HEAD' || c.res.body === null) return;
    const { status, headers } = c.res;
    if (headers.has('content-length') || streamed.test(headers.get('content-type') ?? '')) {
      await c.res.body.cancel();
      return;
    }
    const length = (await c.res.arrayBuffer()).byteLength;
    c.res = new Response(null, { status, headers });
    c.res.headers.set('content-length', String(length));
  };
}
