import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { expireHolds } from '../../../src/orders/index.ts';
import { transaction } from '../../../src/platform/database/db.ts';
import { placeReady, untilLocked } from '../../../testkit/payments/payment-jobs.ts';
import { type Placed, attemptsOf, orderOf, stockOf } from '../../../testkit/payments/payment-rows.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';

/** Guards orders whose holds end together while each has an open attempt: the batched path of `closeOrder`. */

const world = await usePaymentWorld();
const capacity = 20;

/** Orders of one event whose payment pages are ready and whose holds have ended. */
async function closing(count: number) {
  const event = await createPaidEvent(world, { categories: [{ capacity }] });
  const placed = await Promise.all(Array.from({ length: count }, () => placeReady(world, event)));
  await world.db.execute(sql`update orders set expires_at = now() - interval '1 second' where event_id = ${event.id}`);
  await expireHolds(world);
  return { eventId: event.id, placed };
}

const close = ({ eventId, orderId }: Placed) => world.handlers['order.closing']({ eventId, orderId });
const statusesOf = (placed: readonly Placed[]) =>
  Promise.all(
    placed.map(async (order) => [
      (await orderOf(world, order)).status,
      ...(await attemptsOf(world, order)).map(({ status }) => status),
    ]),
  );

test('they are closed at the gateway, and give their places back once, also if a job runs twice', async () => {
  const { eventId, placed } = await closing(6);
  expect(await statusesOf(placed)).toEqual(placed.map(() => ['closing', 'pending']));
  await Promise.all([...placed, ...placed].map(close));
  expect(await statusesOf(placed)).toEqual(placed.map(() => ['expired', 'expired']));
  await Promise.all(placed.map(close));
  expect(await stockOf(world, { eventId })).toEqual({ available: capacity, held: 0, sold: 0, blocked: 0 });
  for (const order of placed) {
    const [attempt] = await attemptsOf(world, order);
    // Somebody may know where to pay, so it is looked at once more.
    expect(attempt).toMatchObject({ checks: 0, isOpen: false, nextCheckAt: expect.any(Date) });
  }
});

test('one that another transaction holds is waited for alone, and holds up no other', async () => {
  const { eventId, placed } = await closing(3);
  const [held, ...others] = placed;
  if (held === undefined) throw new Error('nothing was placed');
  const own = await transaction(world.db, async (tx) => {
    await tx.execute(sql`select from orders where event_id = ${eventId} and id = ${held.orderId} for update`);
    const waiting = close(held);
    await Promise.all(others.map(close));
    await untilLocked(world);
    expect(await statusesOf(placed)).toEqual([['closing', 'pending'], ...others.map(() => ['expired', 'expired'])]);
    return { waiting };
  });
  await own.waiting;
  expect(await statusesOf([held])).toEqual([['expired', 'expired']]);
});

test('one that was paid at the last moment is paid, and the others are released', async () => {
  const { eventId, placed } = await closing(3);
  const [paid, ...others] = placed;
  if (paid === undefined) throw new Error('nothing was placed');
  await control(world, '/scenarios', { match: { orderId: paid.attemptId }, callback: { drop: true } });
  expect(await control(world, `/payments/${paid.attemptId}/pay`, { method: 'qris' })).toBe(200);
  await Promise.all(placed.map(close));
  expect(await statusesOf(placed)).toEqual([['paid', 'settled'], ...others.map(() => ['expired', 'expired'])]);
  expect(await stockOf(world, { eventId })).toEqual({ available: capacity - 1, held: 0, sold: 1, blocked: 0 });
});

test('one whose hold cannot be released goes to a person, and the others are released', async () => {
  const { placed } = await closing(3);
  const [broken, ...others] = placed;
  if (broken === undefined) throw new Error('nothing was placed');
  await world.db.execute(
    sql`update order_lines set quantity = ${10 * capacity}::int where order_id = ${broken.orderId}`,
  );
  const results = await Promise.allSettled(placed.map(close));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(await statusesOf(others)).toEqual(others.map(() => ['expired', 'expired']));
  expect(await orderOf(world, broken)).toMatchObject({ status: 'closing', flags: ['hold_stuck'] });
  await world.db.execute(sql`update order_lines set quantity = 1 where order_id = ${broken.orderId}`);
  await close(broken);
  expect((await orderOf(world, broken)).status).toBe('expired');
});
