import { type Db, transaction } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { orderNotFound } from '../../access/errors.ts';
import { lockOrder } from './queries.ts';
import type { PaymentOf } from '../ports.ts';
import { type OrderView, showOrder } from '../buyer/show-order.ts';
import { type WithdrawDeps, withdrawOrder } from './withdraw-order.ts';

/**
 * Cancels an order for its buyer. `settled` is true if nothing is left to do.
 * @throws DomainError order.not_found, order.not_cancellable
 */
export async function cancelOrder(
  deps: { db: Db; paymentOf: PaymentOf } & WithdrawDeps,
  orderId: string,
): Promise<{ settled: boolean; order: OrderView }> {
  const outcome = await transaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, eventIdOf(orderId), orderId);
    if (order === undefined) throw orderNotFound();
    return withdrawOrder(tx, deps, order, 'buyer');
  });
  return { settled: outcome === 'done', order: await showOrder(deps, orderId) };
}
