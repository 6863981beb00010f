import type { Db } from '../../platform/database/db.ts';
import { callReleaseHold } from './queries.ts';
import type { Order } from '../tables.ts';

/**
 * Ends a hold that nobody can pay any more: the order becomes expired or cancelled, and its places, its share of limits
 * and its promo redemption are given back once. An order that has moved on is left as it is.
 */
export async function releaseHold(tx: Db, order: Order): Promise<void> {
  await callReleaseHold(tx, order);
}
