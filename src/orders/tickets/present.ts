import { encodeBase32 } from '../../platform/ids.ts';
import type { Ticket } from '../tables.ts';

/** `code` is the payload of the QR code. */
export function presentTicket(ticket: Ticket) {
  return {
    id: ticket.id,
    code: ticketCode(ticket),
    ticketCategoryId: ticket.ticketCategoryId,
    status: ticket.status,
  };
}

/** 26 characters of Crockford's base 32. */
export function ticketCode(ticket: Pick<Ticket, 'code'>): string {
  return encodeBase32(ticket.code);
}
