import type { RequestFullRefund } from '../../orders/index.ts';
import { isEventAhead } from '../attempts/order-queries.ts';
import { refundPaidOrder } from './refund-paid-order.ts';

/** The orders room's port: all of a paid order goes back; its places go on sale again while the event is ahead. */
export const requestFullRefund: RequestFullRefund = async (tx, order, reason) => {
  const restock = await isEventAhead(tx, order.eventId);
  await refundPaidOrder(tx, order, { reason, requestedBy: reason, restock });
};
