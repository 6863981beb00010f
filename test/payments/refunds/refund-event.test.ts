import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { cancelEvent } from '../../../src/catalog/events/cancel-event.ts';
import { availabilityOf } from '../../../src/orders/index.ts';
import { paymentInvariants } from '../../../src/payments/invariants.ts';
import { refundEvent } from '../../../src/payments/refunds/refund-event.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { createLog } from '../../../src/platform/log.ts';
import { type TestEvent, signedInOwner } from '../../../testkit/factories.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import {
  type Placed,
  attemptsOf,
  callbacksOf,
  orderOf,
  refundsOf,
  stockOf,
} from '../../../testkit/payments/payment-rows.ts';
import { place, placeReady, settle, work, untilLocked } from '../../../testkit/payments/payment-jobs.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that calling off an event revokes every ticket and refunds all money, including money that arrives later. */

const world = await usePaymentWorld();
const log = createLog({ level: 'silent', process: 'test' });

/** What the summary says is still to refund. */
async function leftOf(event: TestEvent) {
  const { slug } = event.organizer;
  const asked = await fetch(`${world.url}/v1/organizers/${slug}/events/${event.id}/refunds/summary`, {
    headers: { authorization: `Bearer ${world.staffToken(event, 'manager')}` },
  });
  const { ordersLeft, amountLeft } = (await asked.json()) as { ordersLeft: number; amountLeft: { amount: number } };
  return { orders: ordersLeft, amount: amountLeft.amount };
}

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
  const [received] = await attemptsOf(world, paid);
  expect(await leftOf(event)).toEqual({ orders: 1, amount: received?.received });

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

  const ended = sql`select cancelled_by as by from orders where id in (${waiting.orderId}, ${fresh.orderId})`;
  expect(await rowsOf(world.db, ended)).toEqual([{ by: 'event' }, { by: 'event' }]);
  expect((await refundsOf(world, paid)).map((refund) => refund.reason)).toEqual(['event_cancelled']);
  expect((await refundsOf(world, waiting)).map((refund) => refund.reason)).toEqual(['late_payment']);
  const [attempt] = await attemptsOf(world, paid);
  expect(attempt?.received).toBeGreaterThan(0);
  expect(await stockOf(world, { eventId: event.id })).toMatchObject({ held: 0, sold: 0 });
  await refundEvent({ db: world.db, log }, { eventId: event.id });
  expect(await refundsOf(world, paid)).toHaveLength(1);
  expect(await leftOf(event)).toEqual({ orders: 0, amount: 0 });
});

test('an order that is paid in the moment of the cancellation is refunded by the second run; control: the first run misses it', async () => {
  const event = await createPaidEvent(world);
  const actor = await signedInOwner(world.db, event.organizer);
  const placed = await placeReady(world, event);
  await pay(placed);
  await until(async () => (await callbacksOf(world, placed)).length === 2);
  let settling: Promise<void> | undefined;
  // The payment has read that the event takes place, and waits for the stock.
  await transaction(world.db, async (tx) => {
    await tx.execute(sql`select 1 from stock where event_id = ${event.id} for update`);
    settling = work(world, placed);
    await untilLocked(world);
    const nothing = () => Promise.resolve();
    await cancelEvent(
      {
        db: world.db,
        cachedReads: { changed: nothing },
        stagePurge: nothing,
        availabilityOf,
        unpayableSale: () => Promise.resolve([]),
        eventChanged: nothing,
      },
      { actor, eventId: event.id },
    );
    await refundEvent({ db: world.db, log }, { eventId: event.id });
  });
  await settling;
  expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });

  const runs = await rowsOf<{ id: string; due: boolean }>(
    world.db,
    sql`select id::text, available_at <= now() as due from outbox where name = 'event.cancelled' and event_id = ${event.id} order by id`,
  );
  expect(runs.map(({ due }) => due)).toEqual([true, false]);
  const named = paymentInvariants.find(({ name }) => name === 'payments.called_off_keeps_nothing');
  expect(await named?.find(world.db)).toEqual([]);
  await world.db.execute(sql`delete from outbox where name = 'event.cancelled' and event_id = ${event.id}`);
  expect((await named?.find(world.db))?.[0]).toContain(placed.orderId);

  await refundEvent({ db: world.db, log }, { eventId: event.id });
  await until(async () => {
    await work(world, placed);
    return (await refundsOf(world, placed))[0]?.status === 'done';
  });
  expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
  expect(await refundsOf(world, placed)).toMatchObject([{ reason: 'event_cancelled', amount: 150_000 }]);
});
