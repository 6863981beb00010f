import { orderNotFound } from '../../orders/errors.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { findPayableOrder } from '../order-queries.ts';
import { findRefundsOfOrder } from './queries.ts';
import type { Refund } from '../tables.ts';

/**
 * The refunds of an organiser's order, newest first; up to `limit` + 1.
 * @throws DomainError order.not_found, also for another organiser's order
 */
export async function listRefunds(
  deps: { db: Db },
  wish: { organizerId: string; orderId: string; beforeId: string | undefined; limit: number },
): Promise<Refund[]> {
  const eventId = eventIdOf(wish.orderId);
  const found = await findPayableOrder(deps.db, eventId, wish.orderId);
  if (found === undefined || found.order.organizerId !== wish.organizerId) throw orderNotFound();
  return findRefundsOfOrder(deps.db, { eventId, id: wish.orderId, organizerId: wish.organizerId }, wish);
}
