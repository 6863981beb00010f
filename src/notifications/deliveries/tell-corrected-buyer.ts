import type { BuyerCorrected } from '../../orders/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { sendable } from '../metrics.ts';
import { queueOrderDeliveries } from './queue-queries.ts';

/**
 * The port of the orders room: sends the tickets to the corrected address, or the link to an order without tickets.
 * Both carry the new link, on WhatsApp too, because earlier links no longer work.
 */
export function createTellCorrectedBuyer({ clock }: { clock: Clock }): BuyerCorrected {
  return async (tx, { eventId, id: orderId }) => {
    const now = clock.now();
    const notice = { eventId, orderId, emailId: newId('dlv', now), whatsappId: newId('dlv', now) };
    const tickets = await queueOrderDeliveries(tx, 'tickets', [notice], { again: true });
    sendable(tickets.length > 0 ? tickets : await queueOrderDeliveries(tx, 'order_link', [notice], { again: true }));
  };
}
