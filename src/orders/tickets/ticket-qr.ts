import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns } from '../../platform/ids.ts';
import { findLiveTicket } from '../buyer/queries.ts';
import { ticketNotFound } from '../desk/errors.ts';
import { ticketCode } from '../buyer/present.ts';
import { qrSvg } from './qr.ts';

/**
 * The QR code of one valid ticket of an order.
 * @throws DomainError ticket.not_found also for another order's ticket and for one that was taken back
 */
export async function ticketQr(deps: { db: Db }, orderId: string, ticketId: string): Promise<string> {
  if (!idPatterns.ticket.test(ticketId)) throw ticketNotFound();
  const ticket = await findLiveTicket(deps.db, eventIdOf(orderId), orderId, ticketId);
  if (ticket === undefined) throw ticketNotFound();
  return qrSvg(ticketCode(ticket));
}
