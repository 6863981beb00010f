import { lockOrder } from '../../orders/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { attemptIdOf, findAttempt, insertAttempt } from './queries.ts';
import type { GatewayDeps } from '../deps.ts';
import { makeAttempt } from './make-attempt.ts';
import { findPayableOrder } from './order-queries.ts';

/**
 * An order was placed: its first attempt is written down under the order's lock and then made at the gateway, outside any
 * transaction. Safe to repeat; does nothing for an order that does not wait for payment any more.
 * @throws RetryLater when the gateway may not be called now or its outcome is not known
 */
export async function startPayment(
  deps: GatewayDeps,
  { eventId, orderId }: { eventId: string; orderId: string },
): Promise<void> {
  const attemptId = attemptIdOf(orderId, 1);
  const known = await findAttempt(deps.db, attemptId);
  if (known === undefined && !(await writeFirstAttempt(deps.db, eventId, orderId))) return;
  await makeAttempt(deps, { attemptId });
}

async function writeFirstAttempt(db: Db, eventId: string, orderId: string): Promise<boolean> {
  return transaction(db, async (tx) => {
    const order = await lockOrder(tx, eventId, orderId);
    if (order === undefined || order.status !== 'pending_payment' || order.total === 0) return false;
    const payable = await findPayableOrder(tx, eventId, orderId);
    if (payable === undefined || payable.secondsLeft <= 0) return false;
    await insertAttempt(tx, order, { number: 1, method: 'any' });
    return true;
  });
}
