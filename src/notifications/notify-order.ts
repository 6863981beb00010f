import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { type OrderTemplate, queueOrderDeliveries } from './subject-queries.ts';

/**
 * A fact about an order becomes deliveries, and their sending is staged with them. Told twice, it makes them once.
 * @returns the ids of the deliveries that are new
 */
export async function notifyOrder(
  deps: { db: Db; clock: Clock },
  template: OrderTemplate,
  { eventId, orderId }: { eventId: string; orderId: string },
): Promise<string[]> {
  const now = deps.clock.now();
  return queueOrderDeliveries(deps.db, {
    template,
    eventId,
    orderId,
    deliveryIds: { email: newId('dlv', now), whatsapp: newId('dlv', now) },
  });
}
