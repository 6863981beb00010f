import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { expireHolds } from '../../src/orders/index.ts';
import { checkAttempt, requestRefund } from '../../src/payments/index.ts';
import { failedLooksBeforeTask, failedLooksMax, refundTriesMax } from '../../src/payments/limits.ts';
import { sendRefund } from '../../src/payments/refunds/send-refund.ts';
import { createCallGuard } from '../../src/platform/resilience/call-guard.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf, orderOf, refundsOf, tasksOf } from '../../testkit/payments/payment-rows.ts';
import { hurry, place, placeReady, settle, work } from '../../testkit/payments/payment-jobs.ts';
import { until } from '../../testkit/until.ts';

/** Guards that a question that the gateway did not answer is asked again, and uses up none of the planned ones. */

const pauseMs = 100;
const world = await usePaymentWorld({ guard: createCallGuard({ toward: 'gateway', pauseMs }) });
afterEach(async () => {
  await fetch(`${world.sandbox.url}/control/scenarios`, { method: 'DELETE' });
});

/** Everything that does not count as an answer. 401 says nothing about the payment. */
const silences = [500, 503, 401, 'hang', 'reset'] as const;
type Silence = (typeof silences)[number];

async function silence({ attemptId }: Placed, answer: Silence, times?: number): Promise<void> {
  await control(world, '/scenarios', {
    match: { orderId: attemptId },
    status: { answer, ...(times === undefined ? {} : { times }) },
    callback: { drop: true },
  });
}

/** The time of the next look has come, and a worker takes it. */
async function look(placed: Placed): Promise<void> {
  await hurry(world, placed);
  await world.handlers['payments.reconcile']();
  await work(world, placed);
}

/** Looks until one is answered. The breaker and the retry budget may delay some. */
async function lookUntil(placed: Placed, holds: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    await look(placed);
    return holds();
  });
}

/** A transfer that has settled: it is looked at once more, in case the bank takes it back. */
async function settledTransfer(): Promise<Placed> {
  const placed = await placeReady(world, await createPaidEvent(world));
  await control(world, `/payments/${placed.attemptId}/pay`, { method: 'permata_va' });
  await settle(world, placed, 2);
  return placed;
}

/** An attempt that was closed, of which only the last look is left. */
async function closedAttempt(): Promise<Placed> {
  const placed = await placeReady(world, await createPaidEvent(world));
  await control(world, `/payments/${placed.attemptId}/choose`, { method: 'qris' });
  await settle(world, placed, 1);
  await world.db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${placed.orderId}`);
  await expireHolds({ db: world.db });
  await work(world, placed);
  await look(placed);
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'expired', checks: 1 }]);
  return placed;
}

describe.each(silences)('a question to the gateway that ends in %s', (answer) => {
  test('about a settled transfer is repeated until the reversal is known', async () => {
    const placed = await settledTransfer();
    await silence(placed, answer, 1);
    await control(world, `/payments/${placed.attemptId}/reverse`);
    await look(placed);
    expect(await attemptsOf(world, placed)).toMatchObject([
      { status: 'settled', checks: 0, failedLooks: 1, nextCheckAt: expect.any(Date) },
    ]);
    await lookUntil(placed, async () => (await orderOf(world, placed)).status === 'cancelled');
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'reversed' }]);
  });

  test('as the last one about a closed attempt is repeated until the money is known', async () => {
    const placed = await closedAttempt();
    await silence(placed, answer, 1);
    await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
    await look(placed);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'expired', checks: 1, failedLooks: 1 }]);
    await lookUntil(placed, async () => (await orderOf(world, placed)).status === 'paid');
  });

  test('about an earlier try does not end the attempt', async () => {
    const placed = await place(world, await createPaidEvent(world));
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      snap: { answer: 'reset_after', times: 1 },
      status: { answer, times: 1 },
    });
    await expect(world.handlers['order.placed'](placed)).rejects.toBeInstanceOf(RetryLater);
    await hurry(world, placed);
    await expect(world.handlers['order.placed'](placed)).rejects.toBeInstanceOf(RetryLater);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'unknown', failure: null }]);
    await until(async () => {
      await hurry(world, placed);
      await work(world, placed);
      return (await attemptsOf(world, placed))[0]?.status === 'pending';
    });
  });
});

test('control: an answered question uses up the plan, and a later reversal is not found', async () => {
  const placed = await settledTransfer();
  await look(placed);
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'settled', checks: 1, nextCheckAt: null }]);
});

/** The dependencies of a worker after the organiser has set another account at the gateway. */
async function withAnotherAccount(placed: Placed): Promise<typeof world.deps> {
  const other = { merchantId: `M-${placed.orderId}`, serverKey: `key-of-${placed.orderId}` };
  await fetch(`${world.sandbox.url}/control/midtrans/accounts/${other.merchantId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ serverKey: other.serverKey }),
  });
  const accounts = {
    ...world.deps.accounts,
    of: async (row: { gateway: string; organizerId: string }) => {
      const account = await world.deps.accounts.of(row);
      const { merchantId, serverKey } = other;
      return (
        account && { ...account, merchantId, credentials: { serverKey, clientKey: '' }, acceptedKeys: [serverKey] }
      );
    },
  };
  return { ...world.deps, accounts };
}

test('an account in which the gateway does not know the payment does not count as an answer', async () => {
  const placed = await settledTransfer();
  await checkAttempt(await withAnotherAccount(placed), placed);
  expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'settled', checks: 0, failedLooks: 1 }]);
});

test('has a bounded pause, becomes a task for a person after a day, and an answer ends both', async () => {
  const placed = await settledTransfer();
  const failed = async (times: number) => {
    await world.db.execute(
      sql`update payment_attempts set failed_looks = ${times - 1}, next_check_at = now() where id = ${placed.attemptId}`,
    );
    await silence(placed, 401, 1);
    await lookUntil(placed, async () => (await attemptsOf(world, placed))[0]?.failedLooks === times);
    const [attempt] = await attemptsOf(world, placed);
    return attempt?.nextCheckAt === null ? null : ((attempt?.nextCheckAt?.getTime() ?? 0) - Date.now()) / 1000;
  };
  expect(await failed(1)).toBeLessThanOrEqual(30);
  expect(await tasksOf(world, placed)).toEqual([]);
  expect(await failed(failedLooksBeforeTask)).toBeLessThanOrEqual(3600);
  expect(await tasksOf(world, placed)).toMatchObject([
    { kind: 'gateway_silent', subjectId: placed.attemptId, detail: { reason: 'http_401' }, resolvedAt: null },
  ]);
  expect(await failed(failedLooksMax)).toBeNull();
  await world.db.execute(sql`update payment_attempts set next_check_at = now() where id = ${placed.attemptId}`);
  await lookUntil(placed, async () => (await attemptsOf(world, placed))[0]?.failedLooks === 0);
  expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'gateway_silent', resolvedBy: 'system' }]);
});

/** A refund that the organiser's staff has asked for, and that no worker has sent. */
async function askedRefund(): Promise<Placed> {
  const event = await createPaidEvent(world);
  const placed = await placeReady(world, event);
  await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
  await settle(world, placed, 2);
  const { id: organizerId, slug: organizerSlug } = event.organizer;
  await requestRefund(world.deps, {
    actor: { kind: 'staff', id: 'stf_test', sessionId: 'ses_test', organizerId, organizerSlug, role: 'manager' },
    orderId: placed.orderId,
    idempotencyKey: 'a-key-of-sixteen-characters',
    input: { reason: 'asked for' },
  });
  return placed;
}

describe('a refund', () => {
  test('whose confirmation cannot be fetched is asked for again at growing intervals', async () => {
    const placed = await settledTransfer();
    const [attempt] = await attemptsOf(world, placed);
    const refundId = `rfd_${placed.orderId.slice(4, 24)}`;
    await world.db.execute(sql`
      insert into refunds (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status,
        gateway_refund_key, requested_by, next_check_at)
      values (${placed.eventId}, ${refundId}, ${placed.orderId}, ${placed.attemptId}, ${attempt?.organizerId}, 1, 'IDR', 'external',
        'processing', 'somewhere', 'gateway', now())`);
    await silence(placed, 401, 1);
    await world.handlers['payment.send_refund']({ eventId: placed.eventId, refundId });
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'processing', failedLooks: 1, tries: 0 }]);
    await world.handlers['payment.send_refund']({ eventId: placed.eventId, refundId });
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'processing', failedLooks: 0 }]);
    await world.db.execute(sql`delete from refunds where id = ${refundId}`);
  });

  test('does not become a task while the gateway’s own list cannot be read', async () => {
    const placed = await askedRefund();
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      refund: { answer: 412, times: 6 },
      status: { answer: 401, times: 5 },
    });
    await until(async () => {
      await work(world, placed);
      return (await refundsOf(world, placed)).some(({ status }) => status === 'done' || status === 'manual_required');
    });
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done' }]);
    expect(await tasksOf(world, placed)).toEqual([]);
  });

  test('that the gateway leaves unanswered for hours is a task for a person, and an answer ends it', async () => {
    const placed = await askedRefund();
    await world.db.execute(
      sql`update refunds set failed_looks = ${failedLooksBeforeTask - 1} where order_id = ${placed.orderId}`,
    );
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 503, times: 1 } });
    await work(world, placed, 1);
    const [refund] = await refundsOf(world, placed);
    expect(refund).toMatchObject({ status: 'requested', failedLooks: failedLooksBeforeTask });
    const task = { kind: 'gateway_silent', subjectId: refund?.id };
    expect(await tasksOf(world, placed)).toMatchObject([{ ...task, resolvedAt: null }]);
    await until(async () => {
      await work(world, placed);
      return (await refundsOf(world, placed))[0]?.status === 'done';
    });
    expect(await refundsOf(world, placed)).toMatchObject([{ failedLooks: 0 }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ ...task, resolvedBy: 'system' }]);
  });

  test('of a payment that another account has taken is given to a person after as many tries', async () => {
    const placed = await askedRefund();
    const deps = await withAnotherAccount(placed);
    const [refund] = await refundsOf(world, placed);
    const send = () => sendRefund(deps, { eventId: placed.eventId, refundId: refund?.id ?? '' });
    await expect(send()).rejects.toBeInstanceOf(RetryLater);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'requested', refusals: 1 }]);
    await world.db.execute(sql`update refunds set refusals = ${refundTriesMax - 1} where order_id = ${placed.orderId}`);
    await send();
    expect(await refundsOf(world, placed)).toMatchObject([
      { status: 'manual_required', failure: 'not_known_at_gateway' },
    ]);
    expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'refund_manual', resolvedAt: null }]);
  });
});
