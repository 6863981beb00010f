import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { Deliveries } from '../deliveries/deliveries.ts';
import type { OrderTemplate } from '../deliveries/queue-queries.ts';

/**
 * A fact about an order becomes deliveries, and their sending is staged with them. Told twice, it makes them once.
 * @returns the ids of the deliveries that are new and go out, the mail's first
 */
export async function notifyOrder(
  deps: { deliveries: Pick<Deliveries, 'queue'>; clock: Clock },
  template: OrderTemplate,
  { eventId, orderId }: { eventId: string; orderId: string },
): Promise<string[]> {
  const now = deps.clock.now();
  return deps.deliveries.queue(template, {
    eventId,
    orderId,
    emailId: newId('dlv', now),
    whatsappId: newId('dlv', now),
  });
}
