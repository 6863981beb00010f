import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { hasOperatorPassword, hasOperatorToken } from '../../src/http/server/operator-token.ts';
import type { Queues } from '../queues.ts';

const basePath = '/queues';

/**
 * Bull Board at `/queues` on the operations port: jobs that wait, run and failed in Redis. The operator's token opens
 * it, in a browser as the password. It is read-only, because jobs that are retried or dropped only in Redis return from
 * the outbox. Jobs that were given up are replayed or discarded as dead letters.
 * @param options.queues undefined until the worker has started
 */
export function boardRoutes(options: { readonly token: string; readonly queues: () => Queues | undefined }): Hono {
  let board: Hono | undefined;
  const app = new Hono();
  app.use(`${basePath}/*`, async (c, next) => {
    if (hasOperatorToken(c, options.token) || hasOperatorPassword(c, options.token)) return next();
    return c.json({ status: 'not allowed' }, 401, { 'www-authenticate': 'Basic realm="antre operations"' });
  });
  app.get(`${basePath}/*`, (c) => {
    const queues = options.queues();
    if (queues === undefined) return c.json({ status: 'the worker is starting' }, 503);
    board ??= openBoard(queues);
    return board.fetch(c.req.raw, c.env);
  });
  return app;
}

function openBoard(queues: Queues): Hono {
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: Object.values(queues).map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter,
    options: {
      // In a bundle the package cannot find its own pages.
      uiBasePath: dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json')),
      uiConfig: { boardTitle: 'antre' },
    },
  });
  return new Hono({ strict: false }).route(basePath, serverAdapter.registerPlugin());
}
