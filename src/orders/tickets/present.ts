import type { Ticket } from '../tables.ts';
import type { WriteCode } from './codes/ticket-keys.ts';

/** `code` is the payload of the QR code, `shortCode` what a person can type. */
export function presentTicket(ticket: Ticket, writeCode: WriteCode) {
  return {
    id: ticket.id,
    ...writeCode(ticket),
    ticketCategoryId: ticket.ticketCategoryId,
    status: ticket.status,
    holderName: ticket.holderName,
  };
}
