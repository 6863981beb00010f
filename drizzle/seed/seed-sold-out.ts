import { createEventDirectory, createSoldOutMemory, createPlacement, placeOrder } from '../../src/orders/index.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { Config } from '../../src/config.ts';
import type { Db } from '../../src/platform/database/db.ts';
import { demoCategoryId } from './seed-event.ts';
import type { DemoEvent } from './programme-types.ts';

/**
 * Fills an event with free orders, placed as buyers place them, so that its counters, tickets and mails are real. Each order has
 * its own Idempotency-Key, so seeding again finds it.
 */
export async function seedSoldOut(
  deps: { db: Db; config: Config; clock?: Clock },
  event: DemoEvent,
  buyers: readonly string[],
): Promise<void> {
  const { db, config, clock = systemClock } = deps;
  const [category] = event.categories;
  const places = Object.values(event.pools).reduce((sum, capacity) => sum + capacity, 0);
  if (category === undefined) return;
  const placing = {
    db,
    clock,
    placement: createPlacement({
      db,
      flushesMax: 1,
      heldPerNetworkMax: config.HELD_PER_NETWORK_MAX,
      areSalesStopped: () => false,
    }),
    directory: createEventDirectory(db),
    soldOut: createSoldOutMemory({ db, readsMax: 1 }),
    paymentOf: () => Promise.resolve({ status: 'none' as const, method: 'none' }),
    isPaymentBusy: () => false,
    promoLimiter: { waitSeconds: () => undefined, failed: () => Promise.resolve() },
    switchedOff: () => undefined,
    hashSecret: config.HASH_SECRET,
    orderTokenSecret: config.ORDER_TOKEN_SECRET,
    readPass: () => 'invalid' as const,
    isPassNeeded: () => false,
    holdJitterSeconds: 0,
  };
  for (const [index, name] of buyers.entries()) {
    await placeOrder(placing, {
      input: {
        eventSlug: event.slug,
        buyer: {
          name,
          email: `${name.toLowerCase().replaceAll(' ', '.')}@demo.test`,
          phone: `+62812555500${String(index + 10)}`,
        },
        lines: [
          {
            ticketCategoryId: demoCategoryId(event.slug, category.name),
            quantity: Math.floor(places / buyers.length),
          },
        ],
        locale: 'id',
      },
      idempotencyKey: `demo-${event.slug}-${index + 1}`,
      network: '127.0.0.0/24',
    });
  }
}
