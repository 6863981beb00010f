import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { idempotencyKeyHeaders, readIdempotencyKey } from '../../http/contract/idempotency-key.ts';
import { idOfCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams, organizerOrderParams } from '../../http/contract/schemas.ts';
import { hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import type { Db } from '../../platform/database/db.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { presentRefund } from '../present.ts';
import {
  listQuery,
  previewRefundSchema,
  refundPageSchema,
  refundPreviewSchema,
  refundSummarySchema,
  refundsSchema,
  requestRefundSchema,
} from '../schemas.ts';
import { listRefunds } from './list-refunds.ts';
import { previewRefund, requestRefund } from './request-refund.ts';
import { summarizeRefunds } from './summarize-refunds.ts';

export type RefundRoutesDeps = { readonly db: Db; readonly actors: Actors };

const refundsPath = '/v1/organizers/{slug}/orders/{orderId}/refunds';

function contracts(deps: RefundRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Refunds');
  return {
    refund: createRoute({
      ...manager.json,
      method: 'post',
      path: refundsPath,
      operationId: 'requestRefund',
      summary: 'Refund an order: all of it, an amount, or the price of some tickets',
      request: {
        params: organizerOrderParams,
        headers: idempotencyKeyHeaders,
        body: body(requestRefundSchema),
      },
      responses: {
        201: answer(refundsSchema, 'On its way; one refund per payment that it comes from.'),
        ...problems(400, 401, 403, 404, 409, 415, 422),
      },
    }),
    preview: createRoute({
      ...manager.json,
      method: 'post',
      path: '/v1/organizers/{slug}/orders/{orderId}/refund-previews',
      operationId: 'previewRefund',
      summary: 'Preview a refund',
      request: { params: organizerOrderParams, body: body(previewRefundSchema) },
      responses: { 200: answer(refundPreviewSchema, 'What would go back.'), ...problems(400, 401, 403, 404, 409, 415) },
    }),
    listRefunds: createRoute({
      ...manager.plain,
      method: 'get',
      path: refundsPath,
      operationId: 'listRefunds',
      summary: 'The refunds of an order',
      request: { params: organizerOrderParams, query: listQuery },
      responses: { 200: answer(refundPageSchema, 'Newest first.'), ...problems(400, 401, 403, 404) },
    }),
    summary: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/events/{eventId}/refunds/summary',
      operationId: 'summarizeRefunds',
      summary: 'How far the refunds of an event have come',
      description: 'Above all of an event that was called off: orders still to refund, and refunds by state.',
      request: { params: organizerEventParams },
      responses: { 200: answer(refundSummarySchema, 'The counts.'), ...problems(400, 401, 403, 404, 503) },
    }),
  };
}

/** The organizer's operations on refunds. */
export function refundRoutes(deps: RefundRoutesDeps) {
  const routes = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(routes.refund, async (c) => {
      const { refunds, replayed } = await requestRefund(deps, {
        actor: c.var.actor,
        orderId: c.req.valid('param').orderId,
        idempotencyKey: readIdempotencyKey(hotRequestOfContext(c)),
        input: c.req.valid('json'),
      });
      if (replayed) c.header('idempotent-replayed', 'true');
      return c.json({ data: refunds.map(presentRefund) }, 201);
    })
    .openapi(routes.preview, async (c) => {
      const { orderId } = c.req.valid('param');
      const preview = await previewRefund(deps, { actor: c.var.actor, orderId, input: c.req.valid('json') });
      const { amount, left, currency, ticketIds, feesKept } = preview;
      return c.json(
        {
          amount: contractMoney(amount, currency),
          left: contractMoney(left, currency),
          ticketIds: [...ticketIds],
          feesKept,
        },
        200,
      );
    })
    .openapi(routes.listRefunds, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const { organizerId } = c.var.actor;
      const { orderId } = c.req.valid('param');
      const rows = await listRefunds(deps, { organizerId, orderId, beforeId: idOfCursor(cursor), limit });
      return c.json(
        page(rows, limit, presentRefund, ({ id }) => [id]),
        200,
      );
    })
    .openapi(routes.summary, async (c) =>
      c.json(await summarizeRefunds(deps, c.var.actor, c.req.valid('param').eventId), 200),
    );
}
