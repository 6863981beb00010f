import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns } from '../../platform/ids.ts';
import { ticketNotFound } from '../errors.ts';
import type { TicketKeys } from './codes/ticket-keys.ts';
import { qrSvg } from './qr.ts';
import { and, eq } from 'drizzle-orm';
import { type Ticket, tickets } from '../tables.ts';

/**
 * The QR code of one valid ticket of an order.
 * @throws DomainError ticket.not_found, also for a ticket of another order, a revoked one, and one that was given away
 */
export async function ticketQr(
  deps: { db: Db; ticketKeys: TicketKeys },
  orderId: string,
  ticketId: string,
): Promise<string> {
  if (!idPatterns.ticket.test(ticketId)) throw ticketNotFound();
  const ticket = await findLiveTicket(deps.db, eventIdOf(orderId), orderId, ticketId);
  if (ticket === undefined) throw ticketNotFound();
  return qrSvg((await deps.ticketKeys.writerOf(ticket.eventId))(ticket).code);
}

async function findLiveTicket(db: Db, eventId: string, orderId: string, ticketId: string): Promise<Ticket | undefined> {
  const [row] = await db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.eventId, eventId),
        eq(tickets.id, ticketId),
        eq(tickets.orderId, orderId),
        eq(tickets.status, 'live'),
        eq(tickets.timesTransferred, 0),
      ),
    )
    .limit(1);
  return row;
}
