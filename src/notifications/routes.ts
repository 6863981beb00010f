import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../access/index.ts';
import { type ActorEnv, forStaff } from '../access/middleware.ts';
import { createRouter } from '../http/contract/router.ts';
import { answer, problems, organizerEventParams, organizerOrderParams } from '../http/contract/schemas.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import { listDeliveries } from './deliveries/list-deliveries.ts';
import { resendTickets } from './deliveries/resend-tickets.ts';
import { summarizeDeliveries } from './deliveries/summarize-deliveries.ts';
import { deliveryListSchema, deliverySummarySchema, resentSchema } from './schemas.ts';

export type NotificationRoutesDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly actors: Actors;
};

function contracts(deps: NotificationRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Notifications');
  const door = forStaff(deps, 'door', 'Notifications');
  return {
    resend: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/orders/{orderId}/notifications',
      operationId: 'resendTickets',
      summary: 'Send the tickets of an order again',
      request: { params: organizerOrderParams },
      responses: { 202: answer(resentSchema, 'On the way.'), ...problems(400, 401, 403, 404, 409, 429) },
    }),
    list: createRoute({
      ...door.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/orders/{orderId}/deliveries',
      operationId: 'listDeliveries',
      summary: 'The messages of an order and their states, newest first',
      description: 'Recipients are masked.',
      request: { params: organizerOrderParams },
      responses: { 200: answer(deliveryListSchema, 'All messages.'), ...problems(400, 401, 403, 404) },
    }),
    summary: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/events/{eventId}/deliveries/summary',
      operationId: 'summarizeDeliveries',
      summary: 'Counts of messages about the orders of an event, by template, channel and state',
      request: { params: organizerEventParams },
      responses: { 200: answer(deliverySummarySchema, 'One row for each.'), ...problems(400, 401, 403, 404) },
    }),
  };
}

/** Messages of one order, and the figures of an event, at the desk. */
export function notificationRoutes(deps: NotificationRoutesDeps) {
  const { resend, list, summary } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(resend, async (c) => {
      const ids = await resendTickets(deps, { actor: c.var.actor, orderId: c.req.valid('param').orderId });
      return c.json({ data: ids.map((id) => ({ id })) }, 202);
    })
    .openapi(list, async (c) => {
      const { orderId } = c.req.valid('param');
      const data = await listDeliveries(deps.db, { organizerId: c.var.actor.organizerId, orderId });
      return c.json({ data, nextCursor: null }, 200);
    })
    .openapi(summary, async (c) => {
      const { eventId } = c.req.valid('param');
      const data = await summarizeDeliveries(deps.db, { organizerId: c.var.actor.organizerId, eventId });
      return c.json({ data, nextCursor: null }, 200);
    });
}
