import { and, eq, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { invariant } from '../../platform/assert.ts';
import { type Order, orders, tickets } from '../tables.ts';

type OrderRef = Pick<Order, 'eventId' | 'id'>;

/** A hold starts to close because somebody gave it up. The caller holds its lock and has seen it pending. */
export async function beginCancelling(tx: Db, order: OrderRef, by: 'buyer' | 'organizer'): Promise<void> {
  const changed = await tx
    .update(orders)
    .set({ status: 'closing', closeReason: 'cancelled', cancelledBy: by })
    .where(and(eq(orders.eventId, order.eventId), eq(orders.id, order.id), eq(orders.status, 'pending_payment')))
    .returning({ id: orders.id });
  invariant(changed.length === 1, 'a locked pending order can be closed');
}

/** Whether a buyer may still cancel a paid order of this event, by Postgres' time. */
export async function findRefundWindow(db: Db, eventId: string): Promise<'open' | 'over' | 'none'> {
  const [row] = await db
    .select({
      open: sql<boolean | null>`now() < ${events.startsAt} - make_interval(hours => ${events.refundableUntilHours})`,
    })
    .from(events)
    .where(eq(events.id, eventId));
  if (row === undefined || row.open === null) return 'none';
  return row.open ? 'open' : 'over';
}

/** Locks the tickets of an order against the door: a scan that has begun is seen, one that comes later waits. */
export async function lockTickets(tx: Db, order: OrderRef): Promise<void> {
  await tx
    .select({ id: tickets.id })
    .from(tickets)
    .where(and(eq(tickets.eventId, order.eventId), eq(tickets.orderId, order.id)))
    .orderBy(tickets.id)
    .for('update');
}
