import { describe, expect, test } from 'vitest';
import { placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { type Placed, callbacksOf, orderOf, refundsOf, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import { buyerToken, control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { until } from '../../../testkit/until.ts';
import { refunding } from '../support/refunding.ts';

/**
 * Guards that a buyer gets no money twice if somebody refunds at the gateway's dashboard what the service still owes,
 * because the gateway has put its refund off or a person was asked to pay it.
 */

const world = await usePaymentWorld();
const refunds = refunding(world);

/** A refund of this amount of 300,000 rupiah that is still to be paid: the gateway lacks balance, or cannot send it. */
async function owing(amount: number | undefined, method = 'qris'): Promise<Placed> {
  const { event, placed } = await refunds.paidOrder({ method });
  await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 414, times: 2 } });
  await refunds.ask(event, placed, { reason: 'x', ...(amount === undefined ? {} : { amount }) });
  await work(world, placed, 1);
  return placed;
}

/** An order whose first payment came after the second one. It is owed, and the gateway lacks balance for it. */
async function paidTwice(): Promise<Placed> {
  const placed = await placeReady(world, await createPaidEvent(world));
  await control(world, `/payments/${placed.attemptId}/choose`, { method: 'qris' });
  await settle(world, placed, 1);
  await fetch(`${world.url}/v1/orders/${placed.orderId}/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${buyerToken(placed)}` },
    body: JSON.stringify({ method: 'gopay' }),
  });
  await work(world, placed);
  const second = { ...placed, attemptId: placed.attemptId.replace(/01$/, '02') };
  await control(world, `/payments/${second.attemptId}/pay`, { method: 'gopay' });
  await settle(world, second, 2);
  await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 414, times: 2 } });
  await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
  await until(async () => {
    await work(world, placed, 1);
    return (await refundsOf(world, placed)).length > 0;
  });
  return placed;
}

/** Somebody refunds at the dashboard, and the gateway's callbacks about it are applied. */
async function atDashboard(placed: Placed, amount: number): Promise<void> {
  const before = (await callbacksOf(world, placed)).length;
  await control(world, `/payments/${placed.attemptId}/refund`, { amount });
  await until(async () => (await callbacksOf(world, placed)).length >= before + 2);
  await work(world, placed, 1);
}

/** What became of each refund, once nothing waits for the gateway. */
async function ends(placed: Placed): Promise<[reason: string, amount: number, status: string][]> {
  const isWaiting = async () =>
    (await refundsOf(world, placed)).some(({ status }) => status === 'requested' || status === 'processing');
  await until(async () => {
    await work(world, placed);
    return !(await isWaiting());
  });
  return (await refundsOf(world, placed)).map(({ reason, amount, status }) => [reason, amount, status]);
}

const sentTo = ({ attemptId }: Placed): number =>
  world.sandbox.journal
    .refunds()
    .filter(({ orderId }) => orderId === attemptId)
    .reduce((sum, { amount }) => sum + Number(amount), 0);

describe('a refund at the dashboard', () => {
  test('of what a waiting refund would give is that refund', async () => {
    const placed = await owing(undefined);
    await atDashboard(placed, 300_000);
    expect(await ends(placed)).toEqual([['requested', 300_000, 'done']]);
    expect(sentTo(placed)).toBe(300_000);
    expect(await tasksOf(world, placed)).toEqual([]);
  });

  test('leaves a waiting refund alone while there is enough for both', async () => {
    const placed = await owing(100_000);
    await atDashboard(placed, 100_000);
    expect((await ends(placed)).toSorted()).toEqual([
      ['external', 100_000, 'done'],
      ['requested', 100_000, 'done'],
    ]);
    expect(sentTo(placed)).toBe(200_000);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 2 });
  });

  test('of a part of it leaves the rest to be refunded', async () => {
    const placed = await owing(undefined);
    await atDashboard(placed, 100_000);
    expect(await ends(placed)).toEqual([
      ['requested', 300_000, 'failed'],
      ['external', 100_000, 'done'],
      ['requested', 200_000, 'done'],
    ]);
    expect(sentTo(placed)).toBe(300_000);
    expect(await tasksOf(world, placed)).toEqual([]);
  });

  test('of a part of what a person was asked to pay leaves a task for the rest', async () => {
    const placed = await owing(undefined, 'bca_va');
    await atDashboard(placed, 100_000);
    expect(await ends(placed)).toEqual([
      ['requested', 300_000, 'failed'],
      ['external', 100_000, 'done'],
      ['requested', 200_000, 'manual_required'],
    ]);
    expect(await tasksOf(world, placed)).toMatchObject([
      { kind: 'refund_manual', detail: { amount: 300_000 }, resolvedBy: 'system' },
      { kind: 'refund_manual', detail: { amount: 200_000 }, resolvedAt: null },
    ]);
  });

  test('of a part of a second payment leaves the order, which the other one has paid, as it is', async () => {
    const placed = await paidTwice();
    await atDashboard(placed, 50_000);
    expect(await ends(placed)).toEqual([
      ['double_payment', 150_000, 'failed'],
      ['external', 50_000, 'done'],
      ['double_payment', 100_000, 'done'],
    ]);
    expect(sentTo(placed)).toBe(150_000);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
  });
});
