import type { Db } from '../platform/db.ts';
import { selectOrderForUpdate } from './order-life-queries.ts';
import type { Order } from './tables.ts';

/** The order, locked until the caller's transaction ends. */
export async function lockOrder(tx: Db, eventId: string, orderId: string): Promise<Order | undefined> {
  return selectOrderForUpdate(tx, eventId, orderId);
}
