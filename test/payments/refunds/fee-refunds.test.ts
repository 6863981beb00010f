import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { expireHolds } from '../../../src/orders/index.ts';
import { requestRefund } from '../../../src/payments/index.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { control } from '../../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, orderOf, refundsOf } from '../../../testkit/payments/payment-rows.ts';
import { placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { until } from '../../../testkit/until.ts';
import { useGatewayFees } from '../support/gateway-fees.ts';

/**
 * Guards that the gateway's own fee, added to the buyer's payment, is neither ours nor a surplus: it is booked
 * separately.
 */

const fees = useGatewayFees();
const { price, fee, gross, eventWithFee, paid, balancesOf } = fees;

async function refundAll(event: TestEvent, placed: Placed, input = {}): Promise<void> {
  const organizer = { organizerId: event.organizer.id, organizerSlug: event.organizer.slug };
  await requestRefund(fees.world.deps, {
    actor: { kind: 'staff', id: 'stf_test', sessionId: 'ses_test', role: 'manager', ...organizer },
    orderId: placed.orderId,
    idempotencyKey: `key-of-the-refund-${placed.orderId}-${JSON.stringify(input)}`,
    input: { reason: 'asked for', ...input },
  });
}

describe('refunds without the fee', () => {
  test('return everything except the fee, and the order is refunded', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'qris');
    await refundAll(event, placed);
    await until(async () => {
      await work(fees.world, placed);
      return (await refundsOf(fees.world, placed)).every(({ status }) => status === 'done');
    });
    expect(await refundsOf(fees.world, placed)).toMatchObject([{ amount: price, status: 'done' }]);
    expect(await attemptsOf(fees.world, placed)).toMatchObject([
      { status: 'refunded', received: gross, refunded: price, gatewayFee: fee },
    ]);
    expect(await orderOf(fees.world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
    expect(await balancesOf(placed)).toEqual({ gateway: fee, gateway_fees: -fee });
  });

  test('become a task where the gateway refunds only the whole amount', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'shopeepay');
    await refundAll(event, placed);
    expect(await refundsOf(fees.world, placed)).toMatchObject([{ amount: price, status: 'manual_required' }]);
  });

  test('return the whole amount if a card payment is voided before it settles', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'credit_card');
    await refundAll(event, placed);
    await until(async () => {
      await work(fees.world, placed);
      return (await attemptsOf(fees.world, placed))[0]?.status === 'voided';
    });
    expect(await attemptsOf(fees.world, placed)).toMatchObject([{ received: gross, refunded: gross, gatewayFee: 0 }]);
    expect(await balancesOf(placed)).toEqual({});
  });

  test('return the whole amount if the bank charges it back', async () => {
    const event = await eventWithFee('nowhere', { buyerPaysFee: true });
    const placed = await paid(event, 'permata_va');
    await control(fees.world, `/payments/${placed.attemptId}/reverse`);
    await settle(fees.world, placed, 3);
    expect(await attemptsOf(fees.world, placed)).toMatchObject([
      { status: 'reversed', received: gross, refunded: gross, gatewayFee: 0 },
    ]);
    expect(await balancesOf(placed)).toEqual({});
  });

  test('staff may refund the fee, too, in the gateway’s dashboard', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'qris');
    await control(fees.world, `/payments/${placed.attemptId}/refund`, { amount: price + 1000 });
    await settle(fees.world, placed, 4);
    expect(await attemptsOf(fees.world, placed)).toMatchObject([{ refunded: price + 1000, gatewayFee: fee - 1000 }]);
    await control(fees.world, `/payments/${placed.attemptId}/refund`, {});
    await settle(fees.world, placed, 6);
    expect(await attemptsOf(fees.world, placed)).toMatchObject([
      { status: 'refunded', refunded: gross, gatewayFee: 0 },
    ]);
    expect(await balancesOf(placed)).toEqual({});
  });

  test('a chargeback costs the organiser the whole amount, including the fee', async () => {
    const event = await eventWithFee('metadata');
    const placed = await paid(event, 'credit_card');
    await control(fees.world, `/payments/${placed.attemptId}/chargeback`);
    await settle(fees.world, placed, 3);
    expect(await balancesOf(placed)).toMatchObject({ gateway_fees: -fee, chargebacks: gross });
  });

  test('late money is refunded without the fee', async () => {
    const event = await eventWithFee('metadata', { capacity: 1 });
    const late = await placeReady(fees.world, event);
    await control(fees.world, `/payments/${late.attemptId}/choose`, { method: 'qris' });
    await settle(fees.world, late, 1);
    await fees.world.db.execute(
      sql`update orders set expires_at = now() - interval '1 second' where id = ${late.orderId}`,
    );
    await expireHolds({ db: fees.world.db });
    await work(fees.world, late);
    const placed = await paid(event, 'qris');
    await control(fees.world, `/payments/${late.attemptId}/pay`, { late: true });
    await until(async () => {
      await work(fees.world, late);
      return (await refundsOf(fees.world, late)).some(({ status }) => status === 'done');
    });
    expect(await refundsOf(fees.world, late)).toMatchObject([{ reason: 'late_payment', amount: price }]);
    expect(await balancesOf(late)).toEqual({ gateway: fee, gateway_fees: -fee });
    expect(await orderOf(fees.world, placed)).toMatchObject({ status: 'paid' });
  });
});
