import { sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { tellChange } from '../../platform/changes.ts';
import { type Db, afterCommit, rowsOf, transaction } from '../../platform/database/db.ts';
import { idPatterns, orderIdOf } from '../../platform/ids.ts';
import { ticketNotFound } from '../errors.ts';
import { buyerOf, lockOwnOrder, noteOrderChange } from '../lifecycle/queries.ts';
import { indexOrder } from '../search/index-orders.ts';

/**
 * Corrects the name on a valid ticket, even one that was given on. Unlike the buyer, an organiser may do so at any time
 * and as often as needed. The code stays, and nothing is sent. Devices at the door get the new name with their next
 * delta.
 * @throws DomainError order.not_found, ticket.not_found
 */
export async function correctHolderName(
  deps: { readonly db: Db },
  { actor, orderId, ticketId, holderName }: { actor: Actor; orderId: string; ticketId: string; holderName: string },
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const order = await lockOwnOrder(tx, actor, orderId);
    const { eventId } = order;
    if (!idPatterns.ticket.test(ticketId) || orderIdOf(ticketId) !== orderId) throw ticketNotFound();
    const [ticket] = await rowsOf<{ name: string | null; transfers: number }>(
      tx,
      sql`
        select holder_name as name, times_transferred as transfers from tickets
        where event_id = ${eventId} and id = ${ticketId} and status = 'live' for update`,
    );
    if (ticket === undefined) throw ticketNotFound();
    if (ticket.name === holderName) return;
    await tx.execute(sql`
      update tickets set holder_name = ${holderName}, named_at = statement_timestamp()
      where event_id = ${eventId} and id = ${ticketId}`);
    await tx.execute(sql`
      update ticket_transfers set holder_name = ${holderName}
      where event_id = ${eventId} and ticket_id = ${ticketId} and number = ${ticket.transfers}`);
    await writeAudit(tx, {
      actor,
      act: 'order.ticket_renamed',
      subjectId: orderId,
      changes: { ticketId, holderName: 'changed' },
    });
    await indexOrder(tx, order, buyerOf(order));
    await noteOrderChange(tx, order, ['holders']);
    afterCommit(tx, () => tellChange({ eventId, orders: [{ id: orderId }] }));
  });
}
