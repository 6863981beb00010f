import { and, eq, sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns } from '../../platform/ids.ts';
import { orderNotFound } from '../../access/errors.ts';
import type { OrderFlag } from '../flags.ts';
import { type Order, type OrderPart, orders } from '../tables.ts';

/** The order, locked until the caller's transaction ends. */
export async function lockOrder(tx: Db, eventId: string, orderId: string): Promise<Order | undefined> {
  const [row] = await tx
    .select()
    .from(orders)
    .where(and(eq(orders.eventId, eventId), eq(orders.id, orderId)))
    .for('update');
  return row;
}

/**
 * An order of the actor's organizer, locked until the caller's transaction ends.
 * @throws DomainError order.not_found, also for a malformed id and for an order of another organizer
 */
export async function lockOwnOrder(tx: Db, { organizerId }: Actor, orderId: string): Promise<Order> {
  const order = idPatterns.order.test(orderId) ? await lockOrder(tx, eventIdOf(orderId), orderId) : undefined;
  if (order?.organizerId !== organizerId) throw orderNotFound();
  return order;
}

/** The buyer of an order, in the form that `indexOrder` takes. */
export function buyerOf({ buyerName: name, buyerEmail: email, buyerPhone: phone }: Order) {
  return { name, email, phone };
}

/** Notes for webhooks that these parts of the order have changed. The caller's transaction holds the order's lock. */
export async function noteOrderChange(tx: Db, { eventId, id }: Order, changed: readonly OrderPart[]): Promise<void> {
  await tx.execute(sql`select note_order_change(${eventId}, ${id}, ${arrayText(changed)}::text[])`);
}

/** Flags the order with a reason why a person should look at it; each reason once. */
export async function addFlag(tx: Db, order: Order, reason: OrderFlag): Promise<void> {
  await tx
    .update(orders)
    .set({ flags: sql`array_append(array_remove(${orders.flags}, ${reason}), ${reason})` })
    .where(and(eq(orders.eventId, order.eventId), eq(orders.id, order.id)));
}
