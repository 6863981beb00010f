import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/platform/database/db.ts';
import { expireHolds } from '../../src/orders/index.ts';
import { requestRefund } from '../../src/payments/index.ts';
import type { TestEvent } from '../../testkit/factories.ts';
import {
  type PaymentWorld,
  control,
  createPaidEvent,
  expectCleanBooks,
  openPaymentWorld,
} from '../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, orderOf, refundsOf } from '../../testkit/payments/payment-rows.ts';
import { placeReady, settle, work } from '../../testkit/payments/payment-jobs.ts';
import { until } from '../../testkit/until.ts';

/** Guards that the gateway's own fee, added to what the buyer pays, is neither ours nor a surplus: it is booked apart. */

let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld();
});
afterAll(async () => {
  await expectCleanBooks(world);
  await world.close();
});

const price = 150_000;
const fee = 4440;
const gross = price + fee;
let accounts = 0;

type States = 'metadata' | 'extra_info' | 'nowhere';

/** An event whose organiser's account at the gateway adds its fee to what buyers pay. */
async function eventWithFee(
  states: States,
  { buyerPaysFee = false, added = fee, capacity = 100 } = {},
): Promise<TestEvent> {
  accounts += 1;
  const account = { merchantId: `M-FEE-${accounts}`, serverKey: `server-key-with-fee-${accounts}` };
  const response = await fetch(`${world.sandbox.url}/control/midtrans/accounts/${account.merchantId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ serverKey: account.serverKey, buyerFee: added, statesBuyerFee: states }),
  });
  expect(response.status).toBe(200);
  const event = await createPaidEvent(world, { account, categories: [{ capacity }] });
  await world.db.execute(
    sql`update payment_accounts set buyer_pays_fee = ${buyerPaysFee} where organizer_id = ${event.organizer.id}`,
  );
  return event;
}

async function paid(event: TestEvent, method: string, options = {}): Promise<Placed> {
  const placed = await placeReady(world, event, options);
  await control(world, `/payments/${placed.attemptId}/pay`, { method });
  await settle(world, placed, 2);
  return placed;
}

async function balancesOf({ orderId }: Placed): Promise<Record<string, number>> {
  const rows = await rowsOf<{ account: string; amount: number }>(
    world.db,
    sql`select account, sum(amount)::int as amount from ledger_entries where order_id = ${orderId} group by 1 having sum(amount) <> 0`,
  );
  return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
}

async function refundAll(event: TestEvent, placed: Placed, input = {}): Promise<void> {
  const organizer = { organizerId: event.organizer.id, organizerSlug: event.organizer.slug };
  await requestRefund(world.deps, {
    actor: { kind: 'staff', id: 'stf_test', sessionId: 'ses_test', role: 'manager', ...organizer },
    orderId: placed.orderId,
    idempotencyKey: `key-of-the-refund-${placed.orderId}-${JSON.stringify(input)}`,
    input: { reason: 'asked for', ...input },
  });
}

describe('refunds without the fee', () => {
  test('all of it, and the order is refunded', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'qris');
    await refundAll(event, placed);
    await until(async () => {
      await work(world, placed);
      return (await refundsOf(world, placed)).every(({ status }) => status === 'done');
    });
    expect(await refundsOf(world, placed)).toMatchObject([{ amount: price, status: 'done' }]);
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'refunded', received: gross, refunded: price, gatewayFee: fee },
    ]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await balancesOf(placed)).toEqual({ gateway: fee, gateway_fees: -fee });
  });

  test('where the gateway gives back only the whole, by hand', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'shopeepay');
    await refundAll(event, placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ amount: price, status: 'manual_required' }]);
  });

  test('unless a card payment is taken back before it settles: then all goes', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'credit_card');
    await refundAll(event, placed);
    await until(async () => {
      await work(world, placed);
      return (await attemptsOf(world, placed))[0]?.status === 'voided';
    });
    expect(await attemptsOf(world, placed)).toMatchObject([{ received: gross, refunded: gross, gatewayFee: 0 }]);
    expect(await balancesOf(placed)).toEqual({});
  });

  test('or the bank takes it back: then all goes, too', async () => {
    const event = await eventWithFee('nowhere', { buyerPaysFee: true });
    const placed = await paid(event, 'permata_va');
    await control(world, `/payments/${placed.attemptId}/reverse`);
    await settle(world, placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'reversed', received: gross, refunded: gross, gatewayFee: 0 },
    ]);
    expect(await balancesOf(placed)).toEqual({});
  });

  test('a person at the gateway’s desk may give the fee back as well', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'qris');
    await control(world, `/payments/${placed.attemptId}/refund`, { amount: price + 1000 });
    await settle(world, placed, 4);
    expect(await attemptsOf(world, placed)).toMatchObject([{ refunded: price + 1000, gatewayFee: fee - 1000 }]);
    await control(world, `/payments/${placed.attemptId}/refund`, {});
    await settle(world, placed, 6);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'refunded', refunded: gross, gatewayFee: 0 }]);
    expect(await balancesOf(placed)).toEqual({});
  });

  test('a chargeback takes the fee from the organiser: the loss is the whole amount', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'credit_card');
    await control(world, `/payments/${placed.attemptId}/chargeback`);
    await settle(world, placed, 3);
    expect(await balancesOf(placed)).toMatchObject({ gateway_fees: -fee, chargebacks: gross });
  });

  test('money that comes too late goes back but for the fee', async () => {
    const event = await eventWithFee('metadata', { capacity: 1 });
    const late = await placeReady(world, event);
    await control(world, `/payments/${late.attemptId}/choose`, { method: 'qris' });
    await settle(world, late, 1);
    await world.db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${late.orderId}`);
    await expireHolds({ db: world.db });
    await work(world, late);
    const placed = await paid(event, 'qris');
    await control(world, `/payments/${late.attemptId}/pay`, { late: true });
    await until(async () => {
      await work(world, late);
      return (await refundsOf(world, late)).some(({ status }) => status === 'done');
    });
    expect(await refundsOf(world, late)).toMatchObject([{ reason: 'late_payment', amount: price }]);
    expect(await balancesOf(late)).toEqual({ gateway: fee, gateway_fees: -fee });
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid' });
  });
});
