import type { Db } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { beginCancelling, findRefundWindow, lockTickets } from './cancel-queries.ts';
import { orderNotCancellable } from '../desk/errors.ts';
import { orderClosing } from '../jobs.ts';
import type { HasAdmissions, RequestFullRefund } from '../buyer/payment-view.ts';
import { refundOrder } from './refund-order.ts';
import type { Order } from '../tables.ts';

export type WithdrawDeps = { requestFullRefund: RequestFullRefund; hasAdmissions: HasAdmissions };

/**
 * Ends an order on somebody's wish, in the caller's transaction that holds its lock. A hold becomes `closing` until no
 * payment can come any more; a paid order is refunded, for its buyer only within the time the event allows. Asking
 * again changes nothing. Gives `under_way` when the end is still to come, `done` when it is reached.
 * @throws DomainError order.not_cancellable
 */
export async function withdrawOrder(
  tx: Db,
  deps: WithdrawDeps,
  order: Order,
  by: 'buyer' | 'organizer',
): Promise<'under_way' | 'done'> {
  switch (order.status) {
    case 'pending_payment':
      await beginCancelling(tx, order, by);
      await stage(tx, orderClosing, { eventId: order.eventId, orderId: order.id });
      return 'under_way';
    case 'closing':
      return 'under_way';
    case 'cancelled':
    case 'refunded':
      return 'done';
    case 'paid':
      return withdrawPaid(tx, deps, order, by);
    default:
      throw orderNotCancellable('ended');
  }
}

async function withdrawPaid(
  tx: Db,
  deps: WithdrawDeps,
  order: Order,
  by: 'buyer' | 'organizer',
): Promise<'under_way' | 'done'> {
  if (by === 'buyer') {
    const window = await findRefundWindow(tx, order.eventId);
    if (window === 'none') throw orderNotCancellable('not_refundable');
    if (window === 'over') throw orderNotCancellable('too_late');
  }
  await lockTickets(tx, order);
  if (await deps.hasAdmissions(tx, order.eventId, order.id)) throw orderNotCancellable('checked_in');
  if (order.total === 0) {
    await refundOrder(tx, order, { restock: true, reason: by === 'buyer' ? 'buyer_cancelled' : 'requested' });
    return 'done';
  }
  await deps.requestFullRefund(tx, order, by === 'buyer' ? 'buyer_cancelled' : 'requested');
  return 'under_way';
}
