import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { idOfCursor, pageById, pageQuery } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, plainIdSchema, problems, timeSchema, organizerParams } from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { channels, suppressionReasons } from '../tables.ts';
import { liftSuppression, listSuppressions } from './suppressions.ts';

type Deps = { readonly db: Db; readonly actors: Actors };

const suppressionSchema = z
  .object({
    id: plainIdSchema,
    channel: z.enum(channels),
    recipient: z.string().nullable().openapi({
      description: 'Masked; null if no order has the address any more, or if the message was not about an order.',
    }),
    reason: z.enum(suppressionReasons),
    until: timeSchema.nullable().openapi({ description: 'Null if permanent.' }),
    createdAt: timeSchema,
  })
  .openapi('Suppression');

function contracts(deps: Deps) {
  const manager = forStaff(deps, 'manager', 'Notifications');
  return {
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/suppressions',
      operationId: 'listSuppressions',
      summary: 'Recipients that get no more messages, because of a bounce or a complaint',
      request: { params: organizerParams, query: z.strictObject(pageQuery) },
      responses: {
        200: answer(
          z.object({ data: z.array(suppressionSchema), nextCursor: z.string().nullable() }).openapi('SuppressionList'),
          'A page of recipients that messages of the organiser did not reach.',
        ),
        ...problems(400, 401, 403, 404),
      },
    }),
    lift: createRoute({
      ...manager.plain,
      method: 'delete',
      path: '/v1/organizers/{slug}/suppressions/{suppressionId}',
      operationId: 'liftSuppression',
      summary: 'Lift the suppression of a recipient',
      request: { params: organizerParams.extend({ suppressionId: plainIdSchema }) },
      responses: {
        204: { description: 'Lifted. Another bounce or complaint suppresses the recipient anew.' },
        ...problems(400, 401, 403, 404),
      },
    }),
  };
}

/** Recipients that an organiser's messages do not reach. */
export function suppressionRoutes(deps: Deps) {
  const { list, lift } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const before = idOfCursor(cursor);
      const rows = await listSuppressions(deps.db, { organizerId: c.var.actor.organizerId, before, limit });
      return c.json(pageById(rows, limit), 200);
    })
    .openapi(lift, async (c) => {
      await liftSuppression(deps, { actor: c.var.actor, suppressionId: c.req.valid('param').suppressionId });
      return c.body(null, 204);
    });
}
