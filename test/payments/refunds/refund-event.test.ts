import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { refundEvent } from '../../../src/payments/refunds/refund-event.ts';
import { createLog } from '../../../src/platform/log.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, orderOf, refundsOf, stockOf } from '../../../testkit/payments/payment-rows.ts';
import { place, placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that calling off an event revokes every ticket and refunds all money, including money that arrives later. */

const world = await usePaymentWorld();
const log = createLog({ level: 'silent', process: 'test' });

async function pay(placed: Placed): Promise<void> {
  await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
}

test('paid orders are refunded, holds end, and late money goes back', async () => {
  const event = await createPaidEvent(world, {});
  const paid = await placeReady(world, event, { quantity: 2 });
  await pay(paid);
  await settle(world, paid, 2);
  const waiting = await placeReady(world, event, { quantity: 1 });
  const fresh = await place(world, event, { quantity: 1 });

  await world.db.execute(sql`update events set status = 'cancelled', sales = 'closed' where id = ${event.id}`);
  // The buyer pays in the moment between: the gateway takes the money, and we may not keep it.
  await pay(waiting);
  await settle(world, waiting, 2);
  expect((await orderOf(world, waiting)).status).not.toBe('paid');

  await refundEvent({ db: world.db, log }, { eventId: event.id });
  for (const placed of [paid, waiting, fresh]) await work(world, placed);
  await until(async () => {
    const statuses = await Promise.all(
      [paid, waiting, fresh].map(async (placed) => (await orderOf(world, placed)).status),
    );
    return statuses[0] === 'refunded' && statuses[1] === 'cancelled' && statuses[2] === 'cancelled';
  });

  expect((await refundsOf(world, paid)).map((refund) => refund.reason)).toEqual(['event_cancelled']);
  expect((await refundsOf(world, waiting)).map((refund) => refund.reason)).toEqual(['late_payment']);
  const [attempt] = await attemptsOf(world, paid);
  expect(attempt?.received).toBeGreaterThan(0);
  expect(await stockOf(world, { eventId: event.id })).toMatchObject({ held: 0, sold: 0 });
  await refundEvent({ db: world.db, log }, { eventId: event.id });
  expect(await refundsOf(world, paid)).toHaveLength(1);
});
