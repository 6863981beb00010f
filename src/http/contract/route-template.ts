import type { Context, Hono } from 'hono';
import { matchedRoutes } from 'hono/route';

/** Label in logs and metrics for requests that no route serves. */
export const unrouted = 'unrouted';

/** Keyed by the router's pattern, so there are as many entries as routes. */
const templates = new Map<string, string | undefined>();

/**
 * The route that serves a request, spelled as in the contract (`/v1/orders/{id}`); undefined if none does. The router
 * has matched method and path before the first middleware runs.
 */
export function routeOf(c: Context): string | undefined {
  for (const { path } of matchedRoutes(c)) {
    const template = templateOf(path);
    if (template !== undefined) return template;
  }
  return undefined;
}

/** Finds the route of the request that follows a preflight, by the method that the preflight names. */
export function preflightRouteOf(app: Pick<Hono, 'router'>): (c: Context) => string | undefined {
  return (c) => {
    const method = c.req.header('access-control-request-method');
    if (method === undefined) return undefined;
    const [matches] = app.router.match(method === 'HEAD' ? 'GET' : method, c.req.path);
    for (const [[, { path }]] of matches) {
      const template = templateOf(path);
      if (template !== undefined) return template;
    }
    return undefined;
  };
}

/** Undefined for the pattern of a middleware or of the not-found page, which match any address. */
export function templateOf(pattern: string): string | undefined {
  if (templates.has(pattern)) return templates.get(pattern);
  const template = pattern.includes('*') ? undefined : pattern.replaceAll(/:(\w+)(?:\{[^}]*\})?\??/g, '{$1}');
  templates.set(pattern, template);
  return template;
}
