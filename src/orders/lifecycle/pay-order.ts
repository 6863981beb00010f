import { and, eq, sql } from 'drizzle-orm';
import { invariant } from '../../platform/assert.ts';
import { tellChange } from '../../platform/changes.ts';
import { type Db, afterCommit, rowsOf } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { tellStaged } from '../../platform/jobs/tell-staged.ts';
import { ordersUnpaid, unpaidNoticeSeconds } from '../jobs.ts';
import { type Order, orders } from '../tables.ts';

export type PayOutcome = 'paid' | 'paid_late' | 'already_paid' | 'no_stock' | 'over_limit';

/**
 * Applies a payment for the whole order (`drizzle/functions/orders/pay_order.sql`). A hold becomes a sale. An order that had ended takes its
 * places again if they are still free, the event has not begun and no limit has been used up since.
 * @returns `no_stock` when the order can no longer be fulfilled; `over_limit` when its buyer has paid for as many tickets as a limit
 * allows since it was placed, and the order begins to end. In both cases the caller owes the money back.
 */
export async function payOrder(tx: Db, order: Order): Promise<PayOutcome> {
  const [row] = await rowsOf<{ outcome: PayOutcome }>(
    tx,
    sql`select pay_order(${order.eventId}, ${order.id}) as outcome`,
  );
  invariant(row !== undefined, 'pay_order gave no answer');
  tellStaged(tx);
  const isPaid = row.outcome === 'paid' || row.outcome === 'paid_late';
  const { eventId, id } = order;
  afterCommit(tx, () =>
    tellChange(isPaid ? { eventId, paid: 1, orders: [{ id, status: 'paid' }] } : { eventId, orders: [{ id }] }),
  );
  return row.outcome;
}

/**
 * Starts the pay clock: the buyer can pay from now on. The hold gets its full time from here, but never more than twice
 * the hold from placement.
 * @returns the order with its new end, or undefined if it no longer waits for payment
 */
export async function instructionsReady(tx: Db, order: Order): Promise<Order | undefined> {
  const [row] = await tx
    .update(orders)
    .set({
      expiresAt: sql`least(${orders.holdEndsMaxAt}, now() + (${orders.holdEndsMaxAt} - ${orders.placedAt}) / 2)`,
    })
    .where(and(eq(orders.eventId, order.eventId), eq(orders.id, order.id), eq(orders.status, 'pending_payment')))
    .returning();
  if (row !== undefined) {
    const unpaid = { eventId: row.eventId, orderIds: [row.id] };
    await stage(tx, ordersUnpaid, unpaid, { delaySeconds: unpaidNoticeSeconds });
  }
  return row;
}
