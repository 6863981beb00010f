import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import type { Config } from '../../config.ts';
import { idempotencyKeyHeaders, readIdempotencyKey } from '../../http/contract/idempotency-key.ts';
import { idOfCursor, pageById } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import type { Db } from '../../platform/database/db.ts';
import { cancelOrderAtDesk } from './cancel-order.ts';
import { correctBuyer } from './correct-buyer.ts';
import { correctHolderName } from './correct-holder-name.ts';
import { eventParams } from '../schemas.ts';
import {
  complimentaryOrderSchema,
  correctBuyerSchema,
  correctHolderNameSchema,
  deskOrderListSchema,
  deskOrderParams,
  deskOrderSchema,
  deskTicketParams,
  noteSchema,
  orderListQuery,
  salesSchema,
  writeNoteSchema,
} from './schemas.ts';
import { listOrders } from './list-orders.ts';
import type { BuyerCorrected, GatewayFeesOf, HasAdmissions, RequestFullRefund } from '../ports.ts';
import { type ComplimentaryDeps, placeComplimentaryOrder } from './place-complimentary-order.ts';
import { writeNote } from './write-note.ts';
import { showDeskOrder } from './show-order.ts';
import { showSales } from './show-sales.ts';

export type DeskRoutesDeps = ComplimentaryDeps & {
  readonly db: Db;
  /** For figures of whole events. */
  readonly countsDb: Db;
  readonly actors: Actors;
  readonly config: Pick<Config, 'HASH_SECRET'>;
  readonly requestFullRefund: RequestFullRefund;
  readonly hasAdmissions: HasAdmissions;
  readonly gatewayFeesOf: GatewayFeesOf;
  readonly buyerCorrected: BuyerCorrected;
};

function contracts(deps: DeskRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: orders');
  const door = forStaff(deps, 'door', 'Organizer: orders');
  const list = createRoute({
    ...door.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/orders',
    operationId: 'listOrders',
    summary: 'Orders of an event, newest first',
    request: { params: eventParams, query: orderListQuery },
    responses: { 200: answer(deskOrderListSchema, 'A page of orders.'), ...problems(400, 401, 403, 404, 503) },
  });
  const show = createRoute({
    ...door.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/orders/{orderId}',
    operationId: 'showDeskOrder',
    summary: 'An order',
    request: { params: deskOrderParams },
    responses: { 200: answer(deskOrderSchema, 'The order.'), ...problems(401, 403, 404, 503) },
  });
  const cancel = createRoute({
    ...manager.plain,
    method: 'post',
    path: '/v1/organizers/{slug}/orders/{orderId}/cancellation',
    operationId: 'cancelOrderAtDesk',
    summary: 'End an order',
    description: 'Releases an unpaid order, or refunds a paid one. Refused once a ticket has been used. Idempotent.',
    request: { params: deskOrderParams },
    responses: {
      200: answer(deskOrderSchema, 'The order has ended.'),
      202: answer(deskOrderSchema, 'The order is ending.'),
      ...problems(401, 403, 404, 409, 503),
    },
  });
  const correct = createRoute({
    ...manager.json,
    method: 'patch',
    path: '/v1/organizers/{slug}/orders/{orderId}/buyer',
    operationId: 'correctBuyer',
    summary: "Correct the buyer's name, or a mistyped address, and send the tickets there",
    description:
      'A corrected name appears on tickets without their own name, at the door and in lists; nothing is sent. After a corrected email or phone, links ' +
      'sent before stop working, and the old address gets no more messages. Tickets that have not entered get new QR codes; offline devices ' +
      'learn of them with their next reading of the door list. An address that the buyer has confirmed with a code cannot be changed: ' +
      '409 `order.buyer_not_correctable`. At most five corrections per order.',
    request: { params: deskOrderParams, body: body(correctBuyerSchema) },
    responses: { 200: answer(deskOrderSchema, 'The order.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
  });
  const rename = createRoute({
    ...manager.json,
    method: 'patch',
    path: '/v1/organizers/{slug}/orders/{orderId}/tickets/{ticketId}',
    operationId: 'correctHolderName',
    summary: 'Correct the name on a ticket',
    description:
      'Only of a live ticket, also of a transferred one. Buyers can name tickets themselves until a time that the event sets, and only a few ' +
      'times; the desk may do it at any time. Nothing is sent.',
    request: { params: deskTicketParams, body: body(correctHolderNameSchema) },
    responses: {
      204: { description: 'The ticket has this name.' },
      ...problems(400, 401, 403, 404, 415, 503),
    },
  });
  const sales = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/sales',
    operationId: 'showSales',
    summary: 'Sold and held tickets of an event',
    request: { params: eventParams },
    responses: { 200: answer(salesSchema, 'The figures.'), ...problems(401, 403, 404, 503) },
  });
  const note = createRoute({
    ...manager.json,
    method: 'post',
    path: '/v1/organizers/{slug}/orders/{orderId}/notes',
    operationId: 'writeOrderNote',
    summary: 'Write a note on an order, for the desk only',
    description: "Notes cannot be changed or deleted. They are part of the order's story.",
    request: { params: deskOrderParams, body: body(writeNoteSchema) },
    responses: { 201: answer(noteSchema, 'The note.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
  });
  const giveAway = createRoute({
    ...manager.json,
    method: 'post',
    path: '/v1/organizers/{slug}/events/{eventId}/complimentary-orders',
    operationId: 'placeComplimentaryOrder',
    summary: 'Give tickets away',
    description:
      'A complimentary order. It takes places like any other order, but needs no pass and no open sale window, and its tickets ' +
      'are sent to the buyer at once. Limits per order and per buyer apply. The same Idempotency-Key finds the same order.',
    request: {
      params: eventParams,
      headers: idempotencyKeyHeaders,
      body: body(complimentaryOrderSchema),
    },
    responses: { 201: answer(deskOrderSchema, 'The order.'), ...problems(400, 401, 403, 404, 409, 415, 422, 503) },
  });
  return { list, show, cancel, correct, rename, sales, note, giveAway };
}

/** An organiser's orders: look them up, end one, see what is sold. */
export function deskRoutes(deps: DeskRoutesDeps) {
  const { list, show, cancel, correct, rename, sales, note, giveAway } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(list, async (c) => {
      const { eventId } = c.req.valid('param');
      const listDeps = { db: deps.db, hashSecret: deps.config.HASH_SECRET };
      const { cursor, ...query } = c.req.valid('query');
      const before = idOfCursor(cursor);
      const orders = await listOrders(listDeps, c.var.actor, { ...query, eventId, before });
      return c.json(pageById(orders, query.limit), 200);
    })
    .openapi(show, async (c) => c.json(await showDeskOrder(deps, c.var.actor, c.req.valid('param').orderId), 200))
    .openapi(cancel, async (c) => {
      const { settled, order } = await cancelOrderAtDesk(deps, c.var.actor, c.req.valid('param').orderId);
      return c.json(order, settled ? 200 : 202);
    })
    .openapi(correct, async (c) => {
      const { orderId } = c.req.valid('param');
      return c.json(await correctBuyer(deps, { actor: c.var.actor, orderId, correction: c.req.valid('json') }), 200);
    })
    .openapi(rename, async (c) => {
      await correctHolderName(deps, { actor: c.var.actor, ...c.req.valid('param'), ...c.req.valid('json') });
      return c.body(null, 204);
    })
    .openapi(note, async (c) => {
      const { text } = c.req.valid('json');
      return c.json(await writeNote(deps, { actor: c.var.actor, orderId: c.req.valid('param').orderId, text }), 201);
    })
    .openapi(giveAway, async (c) => {
      const { order, replayed } = await placeComplimentaryOrder(deps, {
        actor: c.var.actor,
        eventId: c.req.valid('param').eventId,
        idempotencyKey: readIdempotencyKey(hotRequestOfContext(c)),
        input: c.req.valid('json'),
      });
      if (replayed) c.header('idempotent-replayed', 'true');
      return c.json(order, 201);
    })
    .openapi(sales, async (c) => {
      const counting = { ...deps, db: deps.countsDb };
      return c.json(await showSales(counting, c.var.actor, c.req.valid('param').eventId), 200);
    });
}
