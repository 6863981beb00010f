import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/platform/clock.ts';
import { type Db, type OpenDb, openDb, transaction } from '../../src/platform/database/db.ts';
import { eventIdOf } from '../../src/platform/ids.ts';
import { payOrder } from '../../src/orders/lifecycle/pay-order.ts';
import { lockOrder } from '../../src/orders/lifecycle/queries.ts';
import { createEventDirectory } from '../../src/orders/placement/event-directory.ts';
import { type PlaceOrderDeps, placeOrder } from '../../src/orders/placement/place-order.ts';
import { createSoldOutMemory } from '../../src/orders/placement/sold-out-memory.ts';
import { createPlacement } from '../../src/orders/placement/placement.ts';
import type { Order } from '../../src/orders/tables.ts';
import { createReadPass } from '../../src/waiting-room/places/pass.ts';
import { type TestEvent, someBuyer } from '../factories.ts';
import { patientMs } from '../until.ts';

export const testQueueTokenSecret = 'test-only-queue-token-secret-0123456789';
export const testHashSecret = 'test-only-hash-secret-0123456789abcdef';

export function openTestDb(url: string, poolSize = 4): OpenDb {
  return openDb({ url, name: 'test', poolSize, acquireTimeoutMs: 10_000, callTimeoutMs: 10_000, prepare: false });
}

/** The placement of one API process. For Postgres, two of these on two pools are two processes. */
export function placingDeps(
  open: OpenDb,
  options: { heldPerNetworkMax?: number; totalMaxes?: Readonly<Record<string, number>> } & Partial<
    Pick<PlaceOrderDeps, 'switchedOff' | 'readPass' | 'isPassNeeded' | 'promoLimiter'>
  > = {},
): PlaceOrderDeps {
  const { db } = open;
  const switchedOff = options.switchedOff ?? (() => undefined);
  return {
    db,
    clock: systemClock,
    placement: createPlacement({
      db,
      flushesMax: 2,
      heldPerNetworkMax: options.heldPerNetworkMax ?? 1_000_000,
      ...(options.totalMaxes === undefined ? {} : { totalMaxes: options.totalMaxes }),
      areSalesStopped: (eventId) => switchedOff(eventId) !== undefined,
      // Races put hundreds of orders into one lane, which a busy machine does not empty within the usual time.
      orderMs: patientMs,
    }),
    directory: createEventDirectory(db),
    soldOut: createSoldOutMemory({ db, readsMax: 1 }),
    paymentOf: () => Promise.resolve({ status: 'creating', method: 'any' }),
    isPaymentBusy: () => false,
    promoLimiter: options.promoLimiter ?? { waitSeconds: () => undefined, failed: () => Promise.resolve() },
    switchedOff,
    readPass:
      options.readPass ?? createReadPass({ queueTokenSecret: testQueueTokenSecret, rooms: { now: () => Date.now() } }),
    isPassNeeded: options.isPassNeeded ?? (() => false),
    hashSecret: testHashSecret,
    orderTokenSecret: 'test-only-order-token-secret-0123456789',
    holdJitterSeconds: 0,
  };
}

export type OrderOptions = {
  readonly quantity?: number;
  readonly lines?: readonly { ticketCategoryId: string; quantity: number }[];
  readonly buyer?: { name: string; email: string; phone: string };
  readonly key?: string;
  readonly promoCode?: string;
  readonly expectedTotal?: { amount: number; currency: 'IDR' | 'USD' | 'SGD' | 'MYR' };
  readonly network?: string;
  readonly queuePass?: string;
  readonly locale?: 'id' | 'en';
};

export function order(deps: PlaceOrderDeps, event: TestEvent, options: OrderOptions = {}) {
  const [first] = event.categories;
  return placeOrder(deps, {
    input: {
      eventSlug: event.slug,
      buyer: options.buyer ?? someBuyer(),
      lines: [...(options.lines ?? [{ ticketCategoryId: first?.id ?? '', quantity: options.quantity ?? 1 }])],
      locale: options.locale ?? 'id',
      ...(options.promoCode === undefined ? {} : { promoCode: options.promoCode }),
      ...(options.expectedTotal === undefined ? {} : { expectedTotal: options.expectedTotal }),
    },
    idempotencyKey: options.key ?? randomUUID(),
    network: options.network ?? '192.0.2.0/24',
    queuePass: options.queuePass,
  });
}

/** Pays an order as the payments room does. @returns the order as it was before */
export function pay(db: Db, orderId: string): Promise<Order> {
  return transaction(db, async (tx) => {
    const held = await lockOrder(tx, eventIdOf(orderId), orderId);
    if (held === undefined) throw new Error(`no order ${orderId}`);
    await payOrder(tx, held);
    return held;
  });
}

/** The results of many attempts: the number of orders, and of refusals by code. */
export async function tally(attempts: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(attempts)) {
    const name = result.status === 'fulfilled' ? 'placed' : codeOf(result.reason);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
