import { createRoute } from '@hono/zod-openapi';
import { createRouter } from '../../http/contract/router.ts';
import { problems, textHeader } from '../../http/contract/schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';
import { statusSchema } from './schemas.ts';
import type { StatusWatch } from './watch-status.ts';

/**
 * Short, and without `stale-if-error`: a cache must not report that all is well while the service does not answer. The
 * edge does not keep it at all.
 */
const cacheControl = 'public, max-age=5';

const showStatus = createRoute({
  method: 'get',
  path: '/status.json',
  tags: ['Status'],
  operationId: 'showStatus',
  security: byAnybody,
  summary: 'The status of the service',
  description:
    'For status pages and uptime checkers. The response is 200 in every state, from memory. A service that does not respond is down.',
  responses: {
    200: {
      description: 'The state of each part, at most some seconds old.',
      headers: { 'Cache-Control': textHeader },
      content: { 'application/json': { schema: statusSchema } },
    },
    ...problems(429, 503),
  },
});

/** The public status document. */
export function statusRoutes({ statusWatch }: { readonly statusWatch: StatusWatch }) {
  return createRouter().openapi(showStatus, (c) => {
    const headers = { 'cache-control': cacheControl, 'access-control-allow-origin': '*' };
    return c.json(statusWatch.status(), 200, headers);
  });
}
