import { tellChange } from '../../platform/changes.ts';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { orderNotCancellable } from '../errors.ts';
import { orderClosing } from '../jobs.ts';
import type { HasAdmissions, RequestFullRefund } from '../ports.ts';
import { refundOrder } from './refund-order.ts';
import { type Order, orders, tickets } from '../tables.ts';
import { and, eq, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import { invariant } from '../../platform/assert.ts';

export type WithdrawDeps = { requestFullRefund: RequestFullRefund; hasAdmissions: HasAdmissions };

/**
 * Ends an order for its buyer or organiser, in the caller's transaction, which holds the order's lock. A hold becomes
 * `closing` until no payment can come any more. A paid order is refunded; a buyer may do this only within the time that
 * the event allows. Safe to repeat.
 * @returns `under_way` while the order is still ending, `done` once it has ended
 * @throws DomainError order.not_cancellable
 */
export async function withdrawOrder(
  tx: Db,
  deps: WithdrawDeps,
  order: Order,
  by: 'buyer' | 'organizer',
): Promise<'under_way' | 'done'> {
  switch (order.status) {
    case 'pending_payment':
      await cancelHold(tx, order, by);
      return 'under_way';
    case 'closing':
      return 'under_way';
    case 'cancelled':
    case 'refunded':
      return 'done';
    case 'paid':
      return withdrawPaid(tx, deps, order, by);
    default:
      throw orderNotCancellable('ended');
  }
}

async function withdrawPaid(
  tx: Db,
  deps: WithdrawDeps,
  order: Order,
  by: 'buyer' | 'organizer',
): Promise<'under_way' | 'done'> {
  if (by === 'buyer') {
    const window = await findRefundWindow(tx, order.eventId);
    if (window === 'none') throw orderNotCancellable('not_refundable');
    if (window === 'over') throw orderNotCancellable('too_late');
  }
  const held = await lockTickets(tx, order);
  // Otherwise the buyer would take back a ticket that somebody else has.
  if (by === 'buyer' && held.some(({ timesTransferred }) => timesTransferred > 0))
    throw orderNotCancellable('transferred');
  if (await deps.hasAdmissions(tx, order.eventId, order.id)) throw orderNotCancellable('checked_in');
  if (order.total === 0) {
    await refundOrder(tx, order, { restock: true, reason: by === 'buyer' ? 'buyer_cancelled' : 'requested' });
    return 'done';
  }
  await deps.requestFullRefund(tx, order, by === 'buyer' ? 'buyer_cancelled' : 'requested');
  return 'under_way';
}

type OrderRef = Pick<Order, 'eventId' | 'id'>;

/** Begins to close a hold, until no payment can come any more. The caller holds its lock and has seen it pending. */
export async function cancelHold(tx: Db, order: OrderRef, by: 'buyer' | 'organizer'): Promise<void> {
  const changed = await tx
    .update(orders)
    .set({ status: 'closing', closeReason: 'cancelled', cancelledBy: by })
    .where(and(eq(orders.eventId, order.eventId), eq(orders.id, order.id), eq(orders.status, 'pending_payment')))
    .returning({ id: orders.id });
  invariant(changed.length === 1, 'a locked pending order can be closed');
  await stage(tx, orderClosing, { eventId: order.eventId, orderId: order.id });
  afterCommit(tx, () => tellChange({ eventId: order.eventId, orders: [{ id: order.id, status: 'closing' }] }));
}

/** Whether a buyer may still cancel a paid order of this event, by Postgres' time. An event without a date is not near. */
async function findRefundWindow(db: Db, eventId: string): Promise<'open' | 'over' | 'none'> {
  const [row] = await db
    .select({
      open: sql<boolean | null>`case when ${events.postponedAt} is null or ${events.refundableUntilHours} is null
        then now() < ${events.startsAt} - make_interval(hours => ${events.refundableUntilHours}) else true end`,
    })
    .from(events)
    .where(eq(events.id, eventId));
  if (row === undefined || row.open === null) return 'none';
  return row.open ? 'open' : 'over';
}

/** Locks the tickets of an order against scans at the door: a scan that has begun is visible, a later one waits. */
async function lockTickets(tx: Db, order: OrderRef): Promise<{ readonly timesTransferred: number }[]> {
  return tx
    .select({ timesTransferred: tickets.timesTransferred })
    .from(tickets)
    .where(and(eq(tickets.eventId, order.eventId), eq(tickets.orderId, order.id)))
    .orderBy(tickets.id)
    .for('update');
}
