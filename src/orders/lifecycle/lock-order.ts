import type { Db } from '../../platform/database/db.ts';
import { selectOrderForUpdate } from './queries.ts';
import type { Order } from '../tables.ts';

/** The order, locked until the caller's transaction ends. */
export async function lockOrder(tx: Db, eventId: string, orderId: string): Promise<Order | undefined> {
  return selectOrderForUpdate(tx, eventId, orderId);
}
