import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import type { Config } from '../../config.ts';
import { idOfCursor, pageById, pageQuery } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, plainIdSchema, problems, timeSchema, organizerParams } from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { listInbound } from './list-inbound.ts';

const inboundSchema = z
  .object({
    id: plainIdSchema,
    senderId: plainIdSchema,
    phone: z.string().openapi({ description: 'In E.164.' }),
    text: z.string().openapi({ description: 'Empty for pictures, voice messages and other media.' }),
    command: z.enum(['stop', 'start']).nullable().openapi({ description: 'The word that turned news off or on.' }),
    receivedAt: timeSchema,
  })
  .openapi('InboundMessage');

const listRoute = (deps: { readonly actors: Actors }) =>
  createRoute({
    ...forStaff(deps, 'manager', 'Notifications').plain,
    method: 'get',
    path: '/v1/organizers/{slug}/inbound-messages',
    operationId: 'listInboundMessages',
    summary: 'Messages from people to the senders in the last 30 days, newest first',
    request: { params: organizerParams, query: z.strictObject(pageQuery) },
    responses: {
      200: answer(
        z.object({ data: z.array(inboundSchema), nextCursor: z.string().nullable() }).openapi('InboundMessageList'),
        'A page of messages.',
      ),
      ...problems(400, 401, 403, 404),
    },
  });

/** Messages that people wrote to an organiser's senders. */
export function inboundRoutes(deps: {
  readonly db: Db;
  readonly actors: Actors;
  readonly config: Pick<Config, 'ENCRYPTION_KEY'>;
}) {
  return createRouter<ActorEnv>().openapi(listRoute(deps), async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const before = idOfCursor(cursor);
    const rows = await listInbound(deps, { organizerId: c.var.actor.organizerId, before, limit });
    return c.json(pageById(rows, limit), 200);
  });
}
