import { createRoute } from '@hono/zod-openapi';
import type { Config } from '../../config.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { byOrder, byTicket } from '../../http/contract/security.ts';
import { privateHeaders } from '../../http/private-answer.ts';
import { shownLink, shownTransfer } from '../buyer/order-access.ts';
import { orderParams } from '../buyer/schemas.ts';
import type { Wallets } from '../wallet/routes.ts';
import { heldTicketCalendar } from '../tickets/calendar.ts';
import type { TicketKeys } from '../tickets/codes/ticket-keys.ts';
import type { TicketPrinter } from '../tickets/print-tickets.ts';
import { heldTicketPdf } from '../tickets/tickets-pdf.ts';
import {
  heldTicketParams,
  heldTicketSchema,
  transferHeldTicketSchema,
  transferTicketSchema,
  transfersSchema,
} from './schemas.ts';
import { showHeldTicket, showTransfers } from './show-transfers.ts';
import { type TransferDeps, transferTicket } from './transfer-ticket.ts';

export type TransferRoutesDeps = TransferDeps & {
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
  readonly ticketKeys: TicketKeys;
  readonly wallets: Wallets;
  readonly ticketPrinter: TicketPrinter;
};

const tags = ['Orders'];
const given = { 204: { description: 'The ticket has a new holder and a new code.' } };
const rules =
  'The old code opens no door from this answer on. Refused after the first entry, for a ticket that was refunded, where the organiser ' +
  'does not allow it, and when the ticket was given on often enough.';

const listRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/transfers',
  tags,
  security: byOrder,
  operationId: 'listTransfers',
  summary: 'The tickets of an order, and to whom they were given',
  request: { params: orderParams },
  responses: { 200: answer(transfersSchema, 'The valid tickets of the order.'), ...problems(404, 503) },
});

const transferRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/transfers',
  tags,
  security: byOrder,
  operationId: 'transferTicket',
  summary: 'Give a ticket to somebody',
  description: `${rules} With the cookie alone, only pages of this site may do it: 403 \`access.cross_site\`.`,
  middleware: [jsonBody()],
  request: { params: orderParams, body: body(transferTicketSchema) },
  responses: { ...given, ...problems(400, 403, 404, 409, 415, 429, 503) },
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/tickets/{ticketId}',
  tags,
  security: byTicket,
  operationId: 'showHeldTicket',
  summary: 'A ticket that was given to the caller',
  request: { params: heldTicketParams },
  responses: { 200: answer(heldTicketSchema, 'The ticket.'), ...problems(404, 503) },
});

const passOnRoute = createRoute({
  method: 'post',
  path: '/v1/tickets/{ticketId}/transfers',
  tags,
  security: byTicket,
  operationId: 'transferHeldTicket',
  summary: 'Pass on a ticket that was given to the caller',
  description: rules,
  middleware: [jsonBody()],
  request: { params: heldTicketParams, body: body(transferHeldTicketSchema) },
  responses: { ...given, ...problems(400, 404, 409, 415, 429, 503) },
});

const heldPdfRoute = createRoute({
  method: 'get',
  path: '/v1/tickets/{ticketId}/ticket.pdf',
  tags,
  security: byTicket,
  operationId: 'printHeldTicket',
  summary: 'A ticket that was given to the caller, to print',
  request: { params: heldTicketParams },
  responses: {
    200: {
      description: 'One page, while the ticket is valid.',
      content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
    },
    ...problems(404, 503),
  },
});

const heldCalendarRoute = createRoute({
  method: 'get',
  path: '/v1/tickets/{ticketId}/calendar.ics',
  tags,
  security: byTicket,
  operationId: 'exportHeldCalendar',
  summary: 'The event of a ticket that was given to the caller, as a calendar entry',
  request: { params: heldTicketParams },
  responses: {
    200: { description: 'An iCalendar file.', content: { 'text/calendar': { schema: { type: 'string' } } } },
    ...problems(404, 503),
  },
});

/** Tickets that change hands. */
export function transferRoutes(deps: TransferRoutesDeps) {
  return createRouter()
    .openapi(listRoute, async (c) =>
      c.json(await showTransfers(deps, shownLink(c, deps, c.req.valid('param').id)), 200, privateHeaders),
    )
    .openapi(transferRoute, async (c) => {
      const link = shownLink(c, deps, c.req.valid('param').id);
      const { ticketId, holder } = c.req.valid('json');
      await transferTicket(deps, { ticketId, shown: { by: 'buyer', ...link }, holder });
      return c.body(null, 204, privateHeaders);
    })
    .openapi(showRoute, async (c) => {
      const { ticketId } = c.req.valid('param');
      const number = shownTransfer(c, deps, ticketId);
      return c.json(await showHeldTicket(deps, { ticketId, number }), 200, privateHeaders);
    })
    .openapi(passOnRoute, async (c) => {
      const { ticketId } = c.req.valid('param');
      const number = shownTransfer(c, deps, ticketId);
      await transferTicket(deps, { ticketId, shown: { by: 'holder', number }, holder: c.req.valid('json').holder });
      return c.body(null, 204, privateHeaders);
    })
    .openapi(heldPdfRoute, async (c) => {
      const { ticketId } = c.req.valid('param');
      const pdf = await heldTicketPdf(deps, { ticketId, transfer: shownTransfer(c, deps, ticketId) });
      const bytes = await pdf.bytes();
      c.header('content-disposition', 'attachment; filename="ticket.pdf"');
      return c.body(bytes, 200, { ...privateHeaders, 'content-type': 'application/pdf' });
    })
    .openapi(heldCalendarRoute, async (c) => {
      const { ticketId } = c.req.valid('param');
      const text = await heldTicketCalendar(deps, { ticketId, transfer: shownTransfer(c, deps, ticketId) });
      c.header('content-disposition', 'attachment; filename="event.ics"');
      return c.body(text, 200, { ...privateHeaders, 'content-type': 'text/calendar; charset=utf-8' });
    });
}
