import type { BuyerCorrected, TellWaiting, TicketTransferred } from '../../orders/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { sendable } from '../metrics.ts';
import { queueOrderDeliveries } from './queue-queries.ts';
import { createTellTransfer } from './tell-transfer.ts';
import { createTellWaiting } from './tell-waiting.ts';

/**
 * The ports of the orders room: the messages when an address is corrected, a ticket changes hands, and people wait for
 * places.
 */
export function createHolderMessages(deps: { readonly clock: Clock }): {
  readonly buyerCorrected: BuyerCorrected;
  readonly ticketTransferred: TicketTransferred;
  readonly tellWaiting: TellWaiting;
} {
  return {
    buyerCorrected: createTellCorrectedBuyer(deps),
    ticketTransferred: createTellTransfer(deps),
    tellWaiting: createTellWaiting(deps),
  };
}

/**
 * Sends the tickets to the corrected address, or the link to an order without tickets.
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
