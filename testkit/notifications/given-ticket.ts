import { sql } from 'drizzle-orm';
import { buyerKey } from '../../src/access/buyers/buyer-key.ts';
import { type Notifications, notificationConfig } from './notification-world.ts';

/** Gives the first ticket of an order on, a minute ago and past the acts of the room. */
export async function giveTicket(
  world: Notifications,
  { eventId, orderId }: { readonly eventId: string; readonly orderId: string },
  name: string,
  { number = 1, email = `${name.toLowerCase()}@holder.test` }: { number?: number; email?: string } = {},
) {
  const ticketId = `tkt_${orderId.slice(4)}001`;
  const key = buyerKey(notificationConfig.HASH_SECRET, 'email', email);
  await world.db.execute(sql`
    insert into ticket_transfers (event_id, ticket_id, number, holder_name, holder_email, holder_key, transferred_at)
    values (${eventId}, ${ticketId}, ${number}, ${name}, ${email}, ${key}, now() - interval '1 minute')`);
  await world.db.execute(sql`
    update tickets set times_transferred = ${number}, holder_name = ${name}, named_at = now()
    where event_id = ${eventId} and id = ${ticketId}`);
  return { ticketId, email };
}
