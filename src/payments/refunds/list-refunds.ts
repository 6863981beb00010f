import { and, desc, eq, lt } from 'drizzle-orm';
import { orderNotFound } from '../../access/errors.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { findPayableOrder } from '../order-queries.ts';
import { type Refund, refunds } from '../tables.ts';

/**
 * The refunds of an organiser's order, newest first; up to `limit` + 1.
 * @throws DomainError order.not_found, also for another organiser's order
 */
export async function listRefunds(
  { db }: { readonly db: Db },
  wish: { organizerId: string; orderId: string; beforeId: string | undefined; limit: number },
): Promise<Refund[]> {
  const eventId = eventIdOf(wish.orderId);
  const found = await findPayableOrder(db, eventId, wish.orderId);
  if (found?.order.organizerId !== wish.organizerId) throw orderNotFound();
  return db
    .select()
    .from(refunds)
    .where(
      and(
        eq(refunds.eventId, eventId),
        eq(refunds.orderId, wish.orderId),
        wish.beforeId === undefined ? undefined : lt(refunds.id, wish.beforeId),
      ),
    )
    .orderBy(desc(refunds.id))
    .limit(wish.limit + 1);
}
