import type { Db } from '../../platform/database/db.ts';
import { type PayOutcome, callPayOrder } from './queries.ts';
import type { Order } from '../tables.ts';

/**
 * Money for the whole order has come. A hold becomes a sale; an order that had ended takes its places again when they
 * are still there, the event has not begun and no limit has been used up since.
 * @returns `no_stock` when the order cannot be honoured any more, `over_limit` when its buyer has paid for as many tickets as a
 * limit allows since it was placed, and the order begins to end: either way the caller owes the money back.
 */
export async function payOrder(tx: Db, order: Order): Promise<PayOutcome> {
  return callPayOrder(tx, order);
}
