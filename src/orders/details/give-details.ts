import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import type { OrderLink } from '../buyer/order-access.ts';
import { detailsClosed, namesUsedUp, orderNotFound, ticketNotFound } from '../errors.ts';
import { lockOrder } from '../lifecycle/queries.ts';
import { namesPerTicketMax } from './limits.ts';
import { type OrderDetails, showDetails } from './show-details.ts';

export type Holder = { readonly ticketId: string; readonly holderName: string };

/**
 * Writes the names of tickets' holders, all of them or none. A name that a ticket has already changes nothing. Devices at the door get new
 * names with their next delta.
 * @throws DomainError order.not_found, ticket.not_found, order.details_closed, order.names_used_up
 */
export async function giveDetails(
  deps: { readonly db: Db; readonly clock: Clock },
  link: OrderLink,
  holders: readonly Holder[],
): Promise<OrderDetails> {
  const eventId = eventIdOf(link.orderId);
  return transaction(deps.db, async (tx) => {
    // The lock that refunds, corrections and other names of this order take, too.
    if ((await lockOrder(tx, eventId, link.orderId)) === undefined) throw orderNotFound();
    const details = await showDetails({ ...deps, db: tx }, link);
    if (!details.isOpen) throw detailsClosed();
    const known = new Map(details.tickets.map((ticket) => [ticket.ticketId, ticket]));
    const changed = holders.filter(({ ticketId, holderName }) => {
      const ticket = known.get(ticketId);
      if (ticket === undefined) throw ticketNotFound();
      if (ticket.holderName === holderName) return false;
      if (ticket.timesNamed >= namesPerTicketMax) throw namesUsedUp(namesPerTicketMax);
      return true;
    });
    if (changed.length === 0) return details;
    await nameTickets(tx, eventId, changed);
    return showDetails({ ...deps, db: tx }, link);
  });
}

/** All get one time, which the order's story groups by. */
async function nameTickets(tx: Db, eventId: string, holders: readonly Holder[]): Promise<void> {
  await tx.execute(sql`
    update tickets t
    set holder_name = given.name, named_at = statement_timestamp(), times_named = t.times_named + 1
    from unnest(
      ${arrayText(holders.map(({ ticketId }) => ticketId))}::text[], ${arrayText(holders.map(({ holderName }) => holderName))}::text[]
    ) as given (id, name)
    where t.event_id = ${eventId} and t.id = given.id and t.status = 'live'`);
}
