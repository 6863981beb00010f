import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { showSales } from '../../src/orders/desk/show-sales.ts';
import { gatewayFeesOf } from '../../src/payments/ledger/queries.ts';
import { readFact } from '../../src/payments/gateways/midtrans/read-fact.ts';
import { control } from '../../testkit/payments/payment-world.ts';
import { attemptsOf, orderOf, refundsOf, tasksOf } from '../../testkit/payments/payment-rows.ts';
import { placeReady, settle, work } from '../../testkit/payments/payment-jobs.ts';
import { until } from '../../testkit/until.ts';
import { useGatewayFees, type States } from './support/gateway-fees.ts';

/**
 * Guards that the gateway's own fee, added to the buyer's payment, is neither ours nor a surplus: it is booked
 * separately.
 */

const fees = useGatewayFees();
const { price, fee, gross, eventWithFee, paid, balancesOf } = fees;

test('the sales figures show what gateways have kept, apart from the revenue', async () => {
  const event = await eventWithFee('metadata');
  await paid(event, 'qris', { quantity: 2 });
  await paid(event, 'bca_va');
  await placeReady(fees.world, event);
  const actor = { kind: 'staff', id: 'stf_test', sessionId: 'ses_test', role: 'manager' } as const;
  const organizer = { organizerId: event.organizer.id, organizerSlug: event.organizer.slug };
  const sales = await showSales({ db: fees.world.db, gatewayFeesOf }, { ...actor, ...organizer }, event.id);
  expect(sales.total).toMatchObject({
    paid: 3,
    revenue: { amount: 3 * price, currency: 'IDR' },
    gatewayFees: { amount: 2 * fee, currency: 'IDR' },
  });
});

describe('an order is paid, and nothing is refunded', () => {
  test.each<[string, States, boolean, string]>([
    ['when the gateway states the fee', 'metadata', false, 'qris'],
    ['when it states it elsewhere', 'extra_info', false, 'bca_va'],
    ['when the account is known to add one', 'nowhere', true, 'bca_va'],
    ['when both are so', 'metadata', true, 'credit_card'],
  ])('%s', async (_name, states, buyerPaysFee, method) => {
    const event = await eventWithFee(states, { buyerPaysFee });
    const placed = await paid(event, method);
    expect(await orderOf(fees.world, placed)).toMatchObject({ status: 'paid', tickets: 1, flags: [] });
    expect(await attemptsOf(fees.world, placed)).toMatchObject([
      { amount: price, received: gross, gatewayFee: fee, refunded: 0 },
    ]);
    expect(await balancesOf(placed)).toEqual({ gateway: gross, gateway_fees: -fee, sales: -price });
    expect(await refundsOf(fees.world, placed)).toEqual([]);
    expect(await tasksOf(fees.world, placed)).toEqual([]);
  });
});

test('control: an unexplained amount is a surplus and is refunded', async () => {
  const event = await eventWithFee('nowhere');
  const placed = await paid(event, 'qris');
  await until(async () => {
    await work(fees.world, placed);
    return (await refundsOf(fees.world, placed)).some(({ status }) => status === 'done');
  });
  expect(await orderOf(fees.world, placed)).toMatchObject({ status: 'paid', flags: ['overpaid'] });
  expect(await refundsOf(fees.world, placed)).toMatchObject([{ reason: 'surplus', amount: fee }]);
});

test('when there is a surplus besides the fee, only the surplus is refunded', async () => {
  const event = await eventWithFee('metadata');
  const placed = await placeReady(fees.world, event);
  const surplus = 1000;
  await control(fees.world, `/payments/${placed.attemptId}/pay`, {
    method: 'qris',
    stated: { grossAmount: `${gross + surplus}.00` },
  });
  // The stated fee stays. The amount without it shows that the buyer paid more.
  const status = { original_amount: `${price + surplus}.00`, customer_imposed_payment_fee: fee };
  const fact = readFact({
    order_id: placed.attemptId,
    transaction_id: 't',
    merchant_id: 'm',
    currency: 'IDR',
    status_code: '200',
    transaction_status: 'settlement',
    gross_amount: `${gross + surplus}.00`,
    metadata: { extra_info: { gross_amount_info: status } },
  });
  expect(fact).toMatchObject({ amount: gross + surplus, fee });
  await settle(fees.world, placed, 2);
  await work(fees.world, placed);
  // The sandbox still states the requested amount, so everything above it counts as its fee.
  expect(await balancesOf(placed)).toMatchObject({ sales: -price });
});

describe('a fee that is claimed', () => {
  const sign = (body: Record<string, unknown>, serverKey: string) => ({
    ...body,
    signature_key: createHash('sha512')
      .update(`${String(body['order_id'])}${String(body['status_code'])}${String(body['gross_amount'])}${serverKey}`)
      .digest('hex'),
  });

  test('in a signed callback for the exact amount does not reduce it: the gateway is asked', async () => {
    const event = await eventWithFee('nowhere', { added: 0 });
    const placed = await placeReady(fees.world, event);
    const body = {
      order_id: placed.attemptId,
      transaction_id: 'trx',
      transaction_status: 'settlement',
      status_code: '200',
      gross_amount: `${price}.00`,
      currency: 'IDR',
      merchant_id: `M-FEE-${fees.accounts}`,
      payment_type: 'qris',
      metadata: { extra_info: { gross_amount_info: { original_amount: '1.00' } } },
    };
    const answer = await fetch(`${fees.world.url}/v1/callbacks/midtrans/${event.organizer.slug}`, {
      method: 'POST',
      body: JSON.stringify(sign(body, `server-key-with-fee-${fees.accounts}`)),
    });
    expect(answer.status).toBe(200);
    await settle(fees.world, placed, 1);
    expect(await orderOf(fees.world, placed)).toMatchObject({ status: 'pending_payment' });
    expect(await attemptsOf(fees.world, placed)).toMatchObject([{ received: 0, gatewayFee: 0 }]);
  });

  test.each([
    [{ original_amount: '150000.00' }, fee],
    [{ original_amount: 150_000, customer_imposed_payment_fee: 4440.4 }, fee],
    [{ original_amount: '150000' }, fee],
    [{ customer_imposed_payment_fee: '4440.00' }, fee],
    [{ original_amount: gross + 1 }, undefined],
    [{ original_amount: -1 }, undefined],
    [{ original_amount: '149999.50', customer_imposed_payment_fee: '4440.50' }, undefined],
    [{ original_amount: { $gt: 0 } }, undefined],
    [[], undefined],
  ])('%j is read as %s', (info, expected) => {
    const fact = readFact({
      order_id: 'pay_7K3M9XQ206FJ2V1H8C9QX4T0RBVE01',
      transaction_id: 't',
      merchant_id: 'm',
      status_code: '200',
      transaction_status: 'settlement',
      gross_amount: `${gross}.00`,
      extra_info: { gross_amount_info: info },
    });
    expect(fact?.amount).toBe(gross);
    expect(fact?.fee).toBe(expected);
  });
});
