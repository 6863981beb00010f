import type { Db } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { findOrder } from './queries.ts';
import { orderNotFound } from '../errors.ts';
import type { PaymentOf } from '../ports.ts';
import { presentOrder } from './present.ts';

export type OrderView = ReturnType<typeof presentOrder>;

/**
 * An order as its buyer sees it. The caller must have proven that the order is theirs.
 * @throws DomainError order.not_found
 */
export async function showOrder(deps: { db: Db; paymentOf: PaymentOf }, orderId: string): Promise<OrderView> {
  const facts = await findOrder(deps.db, eventIdOf(orderId), orderId);
  if (facts === undefined) throw orderNotFound();
  return presentOrder(facts, await deps.paymentOf(deps.db, facts.order));
}
