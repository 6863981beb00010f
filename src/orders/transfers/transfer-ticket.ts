import { and, eq, sql } from 'drizzle-orm';
import { buyerKey } from '../../access/buyers/buyer-key.ts';
import { isOver } from '../../catalog/index.ts';
import { events } from '../../catalog/tables.ts';
import type { Config } from '../../config.ts';
import { tellChange } from '../../platform/changes.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, afterCommit, rowsOf, transaction } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns, orderIdOf } from '../../platform/ids.ts';
import { orderNotFound } from '../../access/errors.ts';
import { type NotTransferableReason, ticketNotFound, ticketNotTransferable, transferLimited } from '../errors.ts';
import { buyerOf, lockOrder, noteOrderChange } from '../lifecycle/queries.ts';
import type { TicketTransferred } from '../ports.ts';
import { indexOrder } from '../search/index-orders.ts';
import { type Order, type Ticket, ticketTransfers, tickets } from '../tables.ts';
import { transferRetrySeconds, transfersPerTicketMax } from './limits.ts';

export type TransferDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'HASH_SECRET'>;
  readonly ticketTransferred: TicketTransferred;
};

/** The giver's proof: the version of the order's link, or the number of the transfer that made the giver the holder. */
export type Shown =
  | { readonly by: 'buyer'; readonly orderId: string; readonly version: number }
  | { readonly by: 'holder'; readonly number: number };

export type NewHolder = { readonly name: string; readonly email: string };

/**
 * Gives a ticket to somebody. It gets a new code in the same transaction: copies of the old code open no door from the
 * commit on, and devices without network refuse it from their next reading of the door list. The new holder gets a link
 * that opens only this ticket; the giver's link no longer opens it. Both are told by email.
 * @throws DomainError order.not_found, ticket.not_found, ticket.not_transferable, ticket.transfer_limited
 */
export async function transferTicket(
  deps: TransferDeps,
  { ticketId, shown, holder }: { ticketId: string; shown: Shown; holder: NewHolder },
): Promise<void> {
  if (!idPatterns.ticket.test(ticketId)) throw ticketNotFound();
  const [eventId, orderId] = [eventIdOf(ticketId), orderIdOf(ticketId)];
  if (shown.by === 'buyer' && shown.orderId !== orderId) throw ticketNotFound();
  await transaction(deps.db, async (tx) => {
    // Refunds take the same lock, so a ticket is either given away or refunded.
    const order = await lockOrder(tx, eventId, orderId);
    if (shown.by === 'buyer' && order?.linkVersion !== shown.version) throw orderNotFound();
    const ticket = await lockTicket(tx, eventId, ticketId);
    if (order === undefined || ticket?.timesTransferred !== (shown.by === 'buyer' ? 0 : shown.number))
      throw ticketNotFound();
    const obstacle = await findObstacle(tx, ticket, deps.clock.now());
    if (obstacle !== undefined) throw ticketNotTransferable(obstacle);
    const giverKey = await giverKeyOf(tx, order, ticket);
    const number = ticket.timesTransferred + 1;
    const holderKey = buyerKey(deps.config.HASH_SECRET, 'email', holder.email);
    await changeHolder(tx, ticket, { ...holder, key: holderKey, number });
    await indexOrder(tx, order, buyerOf(order));
    await noteOrderChange(tx, order, ['holders']);
    const isTold = await deps.ticketTransferred(tx, {
      eventId,
      organizerId: order.organizerId,
      ticketId,
      number,
      holderKey,
      giverKey,
    });
    if (!isTold) throw transferLimited(transferRetrySeconds);
    afterCommit(tx, () => tellChange({ eventId, orders: [{ id: orderId }] }));
  });
}

/**
 * Locked against scans at the door: a scan that has begun is seen by the next statement, and a later one finds the new
 * code.
 */
async function lockTicket(tx: Db, eventId: string, ticketId: string): Promise<Ticket | undefined> {
  const [row] = await tx
    .select()
    .from(tickets)
    .where(and(eq(tickets.eventId, eventId), eq(tickets.id, ticketId)))
    .for('update');
  return row;
}

async function findObstacle(tx: Db, ticket: Ticket, now: Date): Promise<NotTransferableReason | undefined> {
  if (ticket.status !== 'live') return 'revoked';
  const [event] = await tx
    .select({
      allowed: events.transfersAllowed,
      status: events.status,
      endsAt: events.endsAt,
      postponedAt: events.postponedAt,
    })
    .from(events)
    .where(eq(events.id, ticket.eventId));
  if (event?.status !== 'published' || isOver(event, now)) return 'too_late';
  if (!event.allowed) return 'not_allowed';
  if (ticket.timesTransferred >= transfersPerTicketMax) return 'too_often';
  const [used] = await rowsOf(
    tx,
    sql`select 1 from admissions where event_id = ${ticket.eventId} and ticket_id = ${ticket.id}`,
  );
  return used === undefined ? undefined : 'checked_in';
}

async function giverKeyOf(tx: Db, order: Order, ticket: Ticket): Promise<string> {
  const [before] = await tx
    .select({ key: ticketTransfers.holderKey })
    .from(ticketTransfers)
    .where(
      and(
        eq(ticketTransfers.eventId, ticket.eventId),
        eq(ticketTransfers.ticketId, ticket.id),
        eq(ticketTransfers.number, ticket.timesTransferred),
      ),
    );
  return before?.key ?? order.buyerKeys[0] ?? '';
}

async function changeHolder(
  tx: Db,
  { eventId, id: ticketId }: Ticket,
  { name, email, key, number }: NewHolder & { readonly key: string; readonly number: number },
): Promise<void> {
  await tx.execute(sql`
    update tickets set code = new_ticket_code(),
      holder_name = ${name}, named_at = statement_timestamp(), times_transferred = ${number}
    where event_id = ${eventId} and id = ${ticketId} and status = 'live'`);
  await tx
    .insert(ticketTransfers)
    .values({ eventId, ticketId, number, holderName: name, holderEmail: email, holderKey: key });
}
