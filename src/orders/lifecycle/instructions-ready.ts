import type { Db } from '../../platform/database/db.ts';
import { moveHoldEnd } from './queries.ts';
import type { Order } from '../tables.ts';

/**
 * The buyer can pay from now on, so the pay clock starts: the hold lasts its full time from here, but never longer than
 * twice the hold from placement.
 * @returns the order with its new end, or undefined when it does not wait for payment any more
 */
export async function instructionsReady(tx: Db, order: Order): Promise<Order | undefined> {
  return moveHoldEnd(tx, order);
}
