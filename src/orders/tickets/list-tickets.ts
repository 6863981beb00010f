import type { Db } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { findTickets } from '../buyer/queries.ts';
import { presentTicket } from '../buyer/present.ts';

/** The tickets of an order, in the order they were issued; none before it is paid. */
export async function listTickets(
  deps: { db: Db },
  orderId: string,
): Promise<{ data: ReturnType<typeof presentTicket>[]; nextCursor: null }> {
  const tickets = await findTickets(deps.db, eventIdOf(orderId), orderId);
  return { data: tickets.map(presentTicket), nextCursor: null };
}
