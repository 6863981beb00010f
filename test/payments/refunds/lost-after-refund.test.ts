import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createSaleFigures } from '../../../src/desk/sales/sale-figures.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { payments } from '../../../src/reports/making/kinds/payments.ts';
import { type TestEvent, signedInOwner } from '../../../testkit/factories.ts';
import { settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { type Placed, attemptsOf, refundsOf, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import { control, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { until } from '../../../testkit/until.ts';
import { moneyTasks } from '../support/money-tasks.ts';
import { refunding } from '../support/refunding.ts';

/**
 * Guards that the loss is booked when a payment goes back at the gateway after a person has refunded it by hand: the gateway
 * returns all of it, however much the organiser's own bank has already paid.
 */

const world = await usePaymentWorld();
const refunds = refunding(world);
const tasks = moneyTasks(world);
const paid = 300_000;

async function balancesOf({ orderId }: Placed): Promise<Record<string, number>> {
  const rows = await rowsOf<{ account: string; amount: number }>(
    world.db,
    sql`select account, sum(amount)::int as amount from ledger_entries where order_id = ${orderId} group by 1 having sum(amount) <> 0`,
  );
  return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
}

/** What the organiser reads: the figures of the sale, and the row of the payment in a report. */
async function moneyOf(event: TestEvent, { attemptId }: Placed) {
  const actor = await signedInOwner(world.db, event.organizer);
  const { money } = await createSaleFigures({ db: world.db, clock: systemClock })(actor, event.id);
  expect(money.net.amount).toBe(money.received.amount - money.refunded.amount - money.gatewayFees.amount);
  const refunded = payments.columns.find(({ name }) => name === 'refunded');
  const [row] = await rowsOf<{ refunded: number }>(
    world.db,
    sql`select (${refunded?.value})::int as refunded from ${payments.from} where a.id = ${attemptId}`,
  );
  expect(row?.refunded).toBe(money.refunded.amount);
  return { net: money.net.amount, refunded: money.refunded.amount };
}

test.each([
  ['a reversal', 'all of it', 'permata_va', 'reverse', paid],
  ['a reversal', 'a part', 'permata_va', 'reverse', 100_000],
  ['a chargeback', 'all of it', 'credit_card', 'chargeback', paid],
  ['a chargeback', 'a part', 'credit_card', 'chargeback', 100_000],
])('%s after %s was paid back by hand', async (_move, _part, method, move, byHand) => {
  const { event, placed } = await refunds.paidOrder({ method });
  if (method === 'credit_card') {
    await control(world, `/payments/${placed.attemptId}/settle`);
    await settle(world, placed, 3);
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 412 } });
  }
  await refunds.ask(event, placed, { amount: byHand, reason: 'x' });
  await work(world, placed);
  const [asked] = await tasksOf(world, placed);
  expect(await tasks.resolve(asked?.id, undefined, event)).toEqual([200, 'refund_manual']);

  await control(world, `/payments/${placed.attemptId}/${move}`);
  const isReversed = move === 'reverse';
  await until(async () => {
    await work(world, placed);
    return (await attemptsOf(world, placed))[0]?.status === (isReversed ? 'reversed' : 'charged_back');
  });
  expect(await attemptsOf(world, placed)).toMatchObject([{ received: paid, refunded: paid }]);
  expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done', amount: byHand }]);
  // A reversed payment was never earned. What was earned before a chargeback stays earned, and the loss stands against it.
  const kept = isReversed || byHand === paid ? {} : { sales: byHand - paid };
  expect(await balancesOf(placed)).toEqual({ bank: -byHand, chargebacks: isReversed ? byHand : paid, ...kept });
  expect(await moneyOf(event, placed)).toEqual({ net: -byHand, refunded: paid + byHand });
  const [loss] = (await tasksOf(world, placed)).filter(({ kind }) => kind === 'chargeback');
  expect(loss).toMatchObject({ detail: { amount: isReversed ? byHand : paid }, resolvedAt: null });
});

test.each([
  ['all of it', paid],
  ['a part', 100_000],
])('a refund of the whole payment at the dashboard after %s was paid back by hand', async (_part, byHand) => {
  const { event, placed } = await refunds.paidOrder({ method: 'bca_va' });
  await refunds.ask(event, placed, { amount: byHand, reason: 'x' });
  const [asked] = await tasksOf(world, placed);
  expect(await tasks.resolve(asked?.id, undefined, event)).toEqual([200, 'refund_manual']);
  await control(world, `/payments/${placed.attemptId}/refund`);
  await settle(world, placed, 4);
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', received: paid, refunded: paid }]);
  expect((await refundsOf(world, placed)).map(({ reason, amount, status }) => [reason, amount, status])).toEqual([
    ['requested', byHand, 'done'],
    ['external', paid, 'done'],
  ]);
  expect(await balancesOf(placed)).toEqual({ bank: -byHand, chargebacks: byHand });
  expect(await moneyOf(event, placed)).toEqual({ net: -byHand, refunded: paid + byHand });
  const [told] = (await tasksOf(world, placed)).filter(({ kind }) => kind === 'contradiction');
  expect(told).toMatchObject({ detail: { amount: paid, left: paid - byHand }, resolvedAt: null });
});
