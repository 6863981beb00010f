import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../../access/index.ts';
import { type ActorEnv, forStaff } from '../../../access/middleware.ts';
import { idOfCursor, page } from '../../../http/contract/pagination.ts';
import { createRouter } from '../../../http/contract/router.ts';
import { answer, body, problems } from '../../../http/contract/schemas.ts';
import type { Db } from '../../../platform/database/db.ts';
import { endpointNotFound, webhookDeliveryNotFound } from '../../errors.ts';
import { endpointParams } from '../endpoints/schemas.ts';
import { findEndpoint } from '../queries.ts';
import { presentDelivery, presentDeliveryWithBody } from './present.ts';
import { findDelivery, listDeliveries } from './queries.ts';
import { replayWebhook, replayWebhooksSince, sendTestWebhook } from './replay-webhooks.ts';
import {
  deliveriesQuery,
  deliveryListSchema,
  deliveryParams,
  deliveryWithBodySchema,
  replaySchema,
  replayedSchema,
  sentTestSchema,
} from './schemas.ts';

type LogRoutesDeps = { readonly db: Db; readonly actors: Actors };

const endpoint = '/v1/organizers/{slug}/webhooks/{endpointId}';

function logContracts(deps: LogRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Webhooks');
  return {
    test: createRoute({
      ...manager.plain,
      method: 'post',
      path: `${endpoint}/tests`,
      operationId: 'testWebhookEndpoint',
      summary: 'Send a test to a webhook endpoint',
      request: { params: endpointParams },
      responses: { 202: answer(sentTestSchema, 'On the way.'), ...problems(400, 401, 403, 404, 409, 429) },
    }),
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: `${endpoint}/deliveries`,
      operationId: 'listWebhookDeliveries',
      summary: 'Deliveries to a webhook endpoint in the last 30 days',
      request: { params: endpointParams, query: deliveriesQuery },
      responses: { 200: answer(deliveryListSchema, 'Deliveries, newest first.'), ...problems(400, 401, 403, 404) },
    }),
    show: createRoute({
      ...manager.plain,
      method: 'get',
      path: `${endpoint}/deliveries/{webhookId}`,
      operationId: 'showWebhookDelivery',
      summary: 'One delivery with its exact body',
      request: { params: deliveryParams },
      responses: { 200: answer(deliveryWithBodySchema, 'The delivery.'), ...problems(400, 401, 403, 404) },
    }),
    replayOne: createRoute({
      ...manager.plain,
      method: 'post',
      path: `${endpoint}/deliveries/{webhookId}/replay`,
      operationId: 'replayWebhook',
      summary: 'Send one webhook again with the same id',
      request: { params: deliveryParams },
      responses: { 202: { description: 'On the way.' }, ...problems(400, 401, 403, 404, 409) },
    }),
    replaySince: createRoute({
      ...manager.json,
      method: 'post',
      path: `${endpoint}/replays`,
      operationId: 'replayWebhooks',
      summary: 'Send all webhooks since a given time again',
      request: { params: endpointParams, body: body(replaySchema) },
      responses: { 202: answer(replayedSchema, 'On the way.'), ...problems(400, 401, 403, 404, 409, 429) },
    }),
  };
}

/** The webhooks sent to an endpoint, and sending them again. */
export function webhookLogRoutes(deps: LogRoutesDeps) {
  const contracts = logContracts(deps);
  return createRouter<ActorEnv>()
    .openapi(contracts.test, async (c) => {
      const { endpointId } = c.req.valid('param');
      return c.json({ webhookId: await sendTestWebhook(deps, { actor: c.var.actor, endpointId }) }, 202);
    })
    .openapi(contracts.list, async (c) => {
      const { endpointId } = c.req.valid('param');
      const { status, cursor, limit } = c.req.valid('query');
      if ((await findEndpoint(deps.db, c.var.actor.organizerId, endpointId)) === undefined) throw endpointNotFound();
      const beforeId = idOfCursor(cursor);
      const rows = await listDeliveries(deps.db, { endpointId, status, beforeId, limit });
      return c.json(
        page(rows, limit, presentDelivery, ({ webhook }) => [webhook.id]),
        200,
      );
    })
    .openapi(contracts.show, async (c) => {
      const { endpointId, webhookId } = c.req.valid('param');
      if ((await findEndpoint(deps.db, c.var.actor.organizerId, endpointId)) === undefined) throw endpointNotFound();
      const found = await findDelivery(deps.db, endpointId, webhookId);
      if (found === undefined) throw webhookDeliveryNotFound();
      return c.json(presentDeliveryWithBody(found), 200);
    })
    .openapi(contracts.replayOne, async (c) => {
      await replayWebhook(deps, { actor: c.var.actor, ...c.req.valid('param') });
      return c.body(null, 202);
    })
    .openapi(contracts.replaySince, async (c) => {
      const { since, include } = c.req.valid('json');
      const { endpointId } = c.req.valid('param');
      const asked = { actor: c.var.actor, endpointId, since: new Date(since), include };
      const { replayed, until } = await replayWebhooksSince(deps, asked);
      return c.json({ replayed, until: until?.toISOString() ?? null }, 202);
    });
}
