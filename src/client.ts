import { hc } from 'hono/client';
import type { createRoutes } from './app.ts';

/** The types of every route: paths, inputs and answers. */
export type Routes = ReturnType<typeof createRoutes>;

/**
 * A typed client for TypeScript users: `createClient('https://tickets.example').v1.events[':slug'].$get({ param: { slug } })`.
 * Paths, bodies and answers follow the service's routes; nothing is generated.
 */
export function createClient(url: string, options?: Parameters<typeof hc>[1]) {
  return hc<Routes>(url, options);
}
