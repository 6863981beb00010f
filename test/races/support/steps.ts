import { sql } from 'drizzle-orm';
import { type PayOutcome, lockOrder, payOrder } from '../../../src/orders/index.ts';
import type { Order } from '../../../src/orders/tables.ts';
import { type Db, transaction } from '../../../src/platform/database/db.ts';
import { eventIdOf } from '../../../src/platform/ids.ts';

/** A step of an order's life as its callers take it: in a transaction that holds the order. */
export async function withOrder<T>(db: Db, orderId: string, act: (tx: Db, order: Order) => Promise<T>): Promise<T> {
  return transaction(db, async (tx) => {
    const order = await lockOrder(tx, eventIdOf(orderId), orderId);
    if (order === undefined) throw new Error(`there is no order ${orderId}`);
    return act(tx, order);
  });
}

export function pay(db: Db, orderId: string): Promise<PayOutcome> {
  return withOrder(db, orderId, payOrder);
}

/** The hold of an order ends so many milliseconds from now. */
export async function endHoldIn(db: Db, orderId: string, milliseconds: number): Promise<void> {
  await db.execute(
    sql`update orders set expires_at = clock_timestamp() + make_interval(secs => ${milliseconds / 1000}) where id = ${orderId}`,
  );
}

/** An attempt to pay that the gateway still takes money for. */
export async function openAttempt(db: Db, orderId: string): Promise<void> {
  await db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status)
    select event_id, 'pay_' || substr(id, 5) || '01', id, organizer_id, 1, 'midtrans', 'any', total, currency, 'pending'
    from orders where id = ${orderId}`);
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
