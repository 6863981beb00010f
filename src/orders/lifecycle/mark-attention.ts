import type { Db } from '../../platform/database/db.ts';
import { addAttention } from './queries.ts';
import type { Order } from '../tables.ts';

/** Notes on the order why a person should look at it; the same reason stands there once. */
export async function markAttention(tx: Db, order: Order, reason: string): Promise<void> {
  await addAttention(tx, order, reason);
}
