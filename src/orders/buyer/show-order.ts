import type { Db } from '../../platform/database/db.ts';
import { findOrder } from './queries.ts';
import { orderNotFound } from '../../access/errors.ts';
import type { PaymentOf } from '../ports.ts';
import { presentOrder } from './present.ts';

export type OrderView = ReturnType<typeof presentOrder>;

/**
 * An order as its buyer sees it. The caller must have proven that the order is theirs.
 * @param linkVersion the version of the link that the caller presented, if it was not compared before
 * @throws DomainError order.not_found, also for a link that no longer opens the order
 */
export async function showOrder(
  deps: { db: Db; paymentOf: PaymentOf },
  orderId: string,
  linkVersion?: number,
): Promise<OrderView> {
  const facts = await findOrder(deps.db, orderId);
  if (facts === undefined || facts.order.linkVersion !== (linkVersion ?? facts.order.linkVersion))
    throw orderNotFound();
  return presentOrder(facts, await deps.paymentOf(deps.db, facts.order));
}
