import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { lockOwnOrder } from '../lifecycle/queries.ts';
import { showDeskOrder } from './show-order.ts';
import { type WithdrawDeps, withdrawOrder } from '../lifecycle/withdraw-order.ts';

/**
 * Ends an order for its organiser. An unpaid order gives its places back; a paid one is refunded, also when the event's buyers may
 * not cancel. `settled` is true when nothing is left to do.
 * @throws DomainError order.not_found, order.not_cancellable
 */
export async function cancelOrderAtDesk(
  deps: { db: Db } & WithdrawDeps,
  actor: Actor,
  orderId: string,
): Promise<{ settled: boolean; order: Awaited<ReturnType<typeof showDeskOrder>> }> {
  const outcome = await transaction(deps.db, async (tx) => {
    const order = await lockOwnOrder(tx, actor, orderId);
    const ended = await withdrawOrder(tx, deps, order, 'organizer');
    if (order.status === 'pending_payment' || order.status === 'paid') {
      await writeAudit(tx, { actor, act: 'order.cancelled', subjectId: orderId, changes: { status: order.status } });
    }
    return ended;
  });
  return { settled: outcome === 'done', order: await showDeskOrder(deps, actor, orderId) };
}
