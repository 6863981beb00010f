import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { orderCookie, presentsOrder, presentsOrderToken } from '../../access/buyers/order-access.ts';
import type { Config } from '../../config.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { digestOf, matchesEtag } from '../../http/negotiation.ts';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns, orderCode } from '../../platform/ids.ts';
import { lookUpOrderSchema, orderParams, ticketListSchema, ticketParams } from './schemas.ts';
import { calendar } from '../tickets/calendar.ts';
import { cancelOrder } from '../lifecycle/cancel-order.ts';
import { orderNotFound } from '../errors.ts';
import { listTickets } from '../tickets/list-tickets.ts';
import { lookUpOrder } from './look-up-order.ts';
import type { HasAdmissions, LookupLimiter, PaymentOf, RequestFullRefund } from './payment-view.ts';
import type { TicketPrinter } from '../tickets/print-tickets.ts';
import { orderSchema } from '../schemas.ts';
import { showOrder } from './show-order.ts';
import { ticketQr } from '../tickets/ticket-qr.ts';
import { ticketsPdf } from '../tickets/tickets-pdf.ts';
import { byAnybody, byOrder, byOrderToken } from '../../http/contract/security.ts';

export type OrderRoutesDeps = {
  readonly db: Db;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'HASH_SECRET' | 'PUBLIC_URL'>;
  readonly paymentOf: PaymentOf;
  readonly requestFullRefund: RequestFullRefund;
  readonly hasAdmissions: HasAdmissions;
  readonly lookupLimiter: LookupLimiter;
  readonly ticketPrinter: TicketPrinter;
};

const tags = ['Orders'];
const privateHeaders = { 'cache-control': 'private, no-store' };
const creatingRetrySeconds = 1;

const lookUpRoute = createRoute({
  method: 'post',
  path: '/v1/orders/lookups',
  tags,
  operationId: 'lookUpOrder',
  security: byAnybody,
  summary: 'Send the link to an order again',
  description: 'Answers the same, and as fast, whether or not there is such an order.',
  middleware: [jsonBody()],
  request: { body: body(lookUpOrderSchema) },
  responses: {
    202: { description: 'If there is such an order, its link is on the way.' },
    ...problems(400, 415, 429, 503),
  },
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}',
  tags,
  security: byOrder,
  operationId: 'showOrder',
  summary: 'An order and its payment',
  description: '`Retry-After` says when to ask again while the payment is being prepared.',
  request: { params: orderParams },
  responses: {
    200: answer(orderSchema, 'The order.'),
    304: { description: 'The order has not changed.' },
    ...problems(404, 503),
  },
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/cancellation',
  tags,
  security: byOrder,
  operationId: 'cancelOrder',
  summary: 'Give an order up',
  description:
    'An unpaid order lets its tickets go once no payment can come any more. A paid one is refunded, where and as long as ' +
    'its event allows, and no ticket of it has been used. Asking again changes nothing. With the cookie alone it is done ' +
    'for pages of this site only: 403 `access.cross_site`.',
  request: { params: orderParams },
  responses: {
    200: answer(orderSchema, 'The order has ended.'),
    202: answer(orderSchema, 'The order is ending.'),
    ...problems(403, 404, 409, 503),
  },
});

const ticketsRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/tickets',
  tags,
  security: byOrder,
  operationId: 'listTickets',
  summary: 'The tickets of an order',
  request: { params: orderParams },
  responses: {
    200: answer(ticketListSchema, 'The tickets; none before the order is paid.'),
    304: { description: 'The tickets have not changed.' },
    ...problems(404, 503),
  },
});

const qrRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/tickets/{ticketId}/qr.svg',
  tags,
  security: byOrder,
  operationId: 'drawTicketQr',
  summary: 'The QR code of a ticket',
  request: { params: ticketParams },
  responses: {
    200: {
      description: 'Black on white with a quiet zone.',
      content: { 'image/svg+xml': { schema: { type: 'string' } } },
    },
    304: { description: 'The code has not changed.' },
    ...problems(404, 503),
  },
});

const pdfRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/tickets.pdf',
  tags,
  security: byOrder,
  operationId: 'printTickets',
  summary: 'The tickets of an order to print',
  request: { params: orderParams },
  responses: {
    200: {
      description: 'One page per valid ticket.',
      content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
    },
    304: { description: 'The tickets have not changed; nothing is drawn.' },
    ...problems(404, 409, 503),
  },
});

const calendarRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/calendar.ics',
  tags,
  security: byOrder,
  operationId: 'exportCalendar',
  summary: 'The event as a calendar entry',
  request: { params: orderParams },
  responses: {
    200: { description: 'An iCalendar file.', content: { 'text/calendar': { schema: { type: 'string' } } } },
    304: { description: 'The event has not changed.' },
    ...problems(404, 503),
  },
});

const sessionRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/session',
  tags,
  security: byOrderToken,
  operationId: 'openOrderSession',
  summary: 'Open an order in a browser',
  description: 'Streams, images and downloads cannot send a header: this gives a cookie that opens this order alone.',
  request: { params: orderParams },
  responses: {
    204: { description: 'The cookie is set.', headers: { 'Set-Cookie': { schema: { type: 'string' } } } },
    ...problems(404, 503),
  },
});

/** Everything a buyer does with an order but place it. Who cannot prove that an order is theirs learns nothing of it. */
export function orderRoutes(deps: OrderRoutesDeps) {
  return createRouter()
    .openapi(lookUpRoute, async (c) => {
      await lookUpOrder({ ...deps, hashSecret: deps.config.HASH_SECRET }, c.req.valid('json'));
      return c.body(null, 202);
    })
    .openapi(showRoute, async (c) => {
      const order = await showOrder(deps, ownOrder(c, deps, c.req.valid('param').id));
      if (order.payment.status === 'creating') c.header('retry-after', String(creatingRetrySeconds));
      if (isUnchanged(c, JSON.stringify(order))) return c.body(null, 304);
      return c.json(order, 200);
    })
    .openapi(cancelRoute, async (c) => {
      const { settled, order } = await cancelOrder(deps, ownOrder(c, deps, c.req.valid('param').id));
      return c.json(order, settled ? 200 : 202, privateHeaders);
    })
    .openapi(ticketsRoute, async (c) => {
      const tickets = await listTickets(deps, ownOrder(c, deps, c.req.valid('param').id));
      if (isUnchanged(c, JSON.stringify(tickets))) return c.body(null, 304);
      return c.json(tickets, 200);
    })
    .openapi(qrRoute, async (c) => {
      const { id, ticketId } = c.req.valid('param');
      const svg = await ticketQr(deps, ownOrder(c, deps, id), ticketId);
      c.header('content-security-policy', "default-src 'none'");
      return file(c, svg, 'image/svg+xml');
    })
    .openapi(pdfRoute, async (c) => {
      const orderId = ownOrder(c, deps, c.req.valid('param').id);
      const pdf = await ticketsPdf(deps, orderId);
      if (isKnownVersion(c, pdf.version)) return c.body(null, 304);
      const bytes = await pdf.bytes();
      c.header('content-disposition', `attachment; filename="tickets-${orderCode(orderId)}.pdf"`);
      return c.body(bytes, 200, { 'content-type': 'application/pdf' });
    })
    .openapi(calendarRoute, async (c) => {
      const orderId = ownOrder(c, deps, c.req.valid('param').id);
      const text = await calendar(deps, orderId);
      c.header('content-disposition', `attachment; filename="event-${orderCode(orderId)}.ics"`);
      return file(c, text, 'text/calendar; charset=utf-8');
    })
    .openapi(sessionRoute, async (c) => {
      const { id } = c.req.valid('param');
      if (!idPatterns.order.test(id) || !presentsOrderToken(c, deps, id)) throw orderNotFound();
      c.header('set-cookie', orderCookie(deps, id));
      return c.body(null, 204, privateHeaders);
    });
}

/**
 * The id of an order that the caller has proven to be theirs, before anything is looked up.
 * @throws DomainError order.not_found for whatever else, always the same
 */
function ownOrder(c: Context, deps: OrderRoutesDeps, id: string): string {
  if (!idPatterns.order.test(id) || !presentsOrder(c, deps, id)) throw orderNotFound();
  return id;
}

function isUnchanged(c: Context, content: string): boolean {
  return isKnownVersion(c, digestOf(content));
}

/** Marks the answer as the caller's own, names its version, and tells whether the caller has that one already. */
function isKnownVersion(c: Context, version: string): boolean {
  const etag = `"${version}"`;
  c.header('etag', etag);
  c.header('cache-control', 'private, no-store');
  return matchesEtag(c.req.header('if-none-match'), etag);
}

function file(c: Context, content: string, type: string) {
  if (isUnchanged(c, content)) return c.body(null, 304);
  return c.body(content, 200, { 'content-type': type });
}
