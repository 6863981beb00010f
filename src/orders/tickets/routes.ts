import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Config } from '../../config.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, problems } from '../../http/contract/schemas.ts';
import { byOrder } from '../../http/contract/security.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, orderCode } from '../../platform/ids.ts';
import { ownOrder } from '../buyer/order-access.ts';
import { isKnownVersion, isUnchanged } from '../../http/private-answer.ts';
import { orderParams } from '../buyer/schemas.ts';
import { calendar } from './calendar.ts';
import type { TicketKeys } from './codes/ticket-keys.ts';
import { type Wallets, walletNames } from '../wallet/routes.ts';
import { presentTicket } from './present.ts';
import type { TicketPrinter } from './print-tickets.ts';
import { findTickets } from './queries.ts';
import { ticketListSchema, ticketParams } from './schemas.ts';
import { ticketQr } from './ticket-qr.ts';
import { ticketsPdf } from './tickets-pdf.ts';

export type TicketRoutesDeps = {
  readonly db: Db;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
  readonly ticketPrinter: TicketPrinter;
  readonly ticketKeys: TicketKeys;
  readonly wallets: Wallets;
};

const tags = ['Orders'];

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
      description: 'One page per live ticket.',
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

/** The tickets of an order as JSON, QR and PDF, and its event as a calendar entry. */
export function ticketRoutes(deps: TicketRoutesDeps) {
  return createRouter()
    .openapi(ticketsRoute, async (c) => {
      const orderId = await ownOrder(c, deps, c.req.valid('param').id);
      const found = await findTickets(deps.db, eventIdOf(orderId), orderId);
      const writeCode = await deps.ticketKeys.writerOf(eventIdOf(orderId));
      const tickets = {
        data: found.map((ticket) => presentTicket(ticket, writeCode)),
        nextCursor: null,
        wallets: walletNames(deps.wallets),
      };
      if (isUnchanged(c, JSON.stringify(tickets))) return c.body(null, 304);
      return c.json(tickets, 200);
    })
    .openapi(qrRoute, async (c) => {
      const { id, ticketId } = c.req.valid('param');
      const svg = await ticketQr(deps, await ownOrder(c, deps, id), ticketId);
      c.header('content-security-policy', "default-src 'none'");
      return file(c, svg, 'image/svg+xml');
    })
    .openapi(pdfRoute, async (c) => {
      const orderId = await ownOrder(c, deps, c.req.valid('param').id);
      const pdf = await ticketsPdf(deps, orderId);
      if (isKnownVersion(c, pdf.version)) return c.body(null, 304);
      const bytes = await pdf.bytes();
      c.header('content-disposition', `attachment; filename="tickets-${orderCode(orderId)}.pdf"`);
      return c.body(bytes, 200, { 'content-type': 'application/pdf' });
    })
    .openapi(calendarRoute, async (c) => {
      const orderId = await ownOrder(c, deps, c.req.valid('param').id);
      const text = await calendar(deps, orderId);
      c.header('content-disposition', `attachment; filename="event-${orderCode(orderId)}.ics"`);
      return file(c, text, 'text/calendar; charset=utf-8');
    });
}

function file(c: Context, content: string, type: string) {
  if (isUnchanged(c, content)) return c.body(null, 304);
  return c.body(content, 200, { 'content-type': type });
}
