import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createGatewayBudget, watchPaymentBacklog } from '../../../src/payments/index.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { createTestRedis } from '../../../testkit/services/redis.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import {
  control,
  createPaidEvent,
  openPaymentWorld,
  usePaymentWorld,
} from '../../../testkit/payments/payment-world.ts';
import { attemptsOf, orderOf, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import { hurry, place, placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { until } from '../../../testkit/until.ts';

/** Guards promise 1: a slow, silent, busy or wrong gateway costs nobody money, places or others' time. */

const world = await usePaymentWorld();
let event: TestEvent;
afterEach(async () => {
  await fetch(`${world.sandbox.url}/control/scenarios`, { method: 'DELETE' });
});

async function freshEvent(): Promise<TestEvent> {
  event = await createPaidEvent(world);
  return event;
}

async function snapCalls(attemptId: string): Promise<number> {
  const response = await fetch(`${world.sandbox.url}/midtrans/transactions/${attemptId}`);
  return response.status === 200 ? 1 : 0;
}

describe('an unknown outcome', () => {
  test.each(['hang_after', 'reset_after', 'hang', 'reset', 500, 503] as const)(
    'by %s is read back and repeated under the same id; the buyer has one page',
    async (answer) => {
      const placed = await place(world, await freshEvent());
      await control(world, '/scenarios', { match: { orderId: placed.attemptId }, snap: { answer, times: 1 } });
      await expect(world.handlers['order.placed'](placed)).rejects.toBeInstanceOf(RetryLater);
      expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'unknown', redirectUrl: null }]);
      await hurry(world, placed);
      await work(world, placed);
      const [attempt, ...others] = await attemptsOf(world, placed);
      expect(others).toEqual([]);
      expect(attempt).toMatchObject({ status: 'pending' });
      expect((await fetch(attempt?.redirectUrl ?? '')).status).toBe(200);
      expect(await snapCalls(placed.attemptId)).toBe(1);
    },
  );

  test('whose money has arrived is adopted', async () => {
    const placed = await place(world, await freshEvent());
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      snap: { answer: 'reset_after', times: 1 },
      autoPay: { afterMs: 0, method: 'qris' },
      callback: { drop: true },
    });
    await expect(world.handlers['order.placed'](placed)).rejects.toBeInstanceOf(RetryLater);
    await until(() => world.sandbox.journal.captures().some(({ orderId }) => orderId === placed.attemptId));
    await hurry(world, placed);
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
  });

  test('leaves no transaction open at a gateway that does not answer', async () => {
    const placed = await place(world, await freshEvent());
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, snap: { answer: 'hang', times: 1 } });
    const running = world.handlers['order.placed'](placed).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const [busy] = await rowsOf<{ count: number }>(
      world.db,
      sql`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction'`,
    );
    expect(busy?.count).toBe(0);
    await running;
    await hurry(world, placed);
    await work(world, placed);
  });
});

describe('a refusal', () => {
  test('with 429 is retried later and uses up no attempt', async () => {
    const placed = await place(world, await freshEvent());
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, snap: { answer: 429, times: 1 } });
    await expect(world.handlers['order.placed'](placed)).rejects.toMatchObject({ name: 'RetryLater' });
    await hurry(world, placed);
    await work(world, placed);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'pending', number: 1 }]);
  });

  test('of the key fails the attempt, and the organiser is told once', async () => {
    const broken = await createPaidEvent(world, {
      account: { merchantId: 'M-WRONG', serverKey: 'wrong-key-of-nobody' },
    });
    const first = await place(world, broken);
    const second = await place(world, broken);
    await work(world, first);
    await work(world, second);
    expect(await attemptsOf(world, first)).toMatchObject([{ status: 'failed', failure: 'http_401' }]);
    expect([...(await tasksOf(world, first)), ...(await tasksOf(world, second))]).toMatchObject([
      { kind: 'payment_refused' },
    ]);
    expect(await orderOf(world, first)).toMatchObject({ status: 'pending_payment' });
  });

  test('an organiser without an account fails the attempt, and is told', async () => {
    const { createEvent } = await import('../../../testkit/factories.ts');
    const placed = await place(world, await createEvent(world.db));
    await work(world, placed);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'failed', failure: 'no_account' }]);
  });
});

describe('the breaker', () => {
  test('opens for the organiser whose gateway is silent, and for nobody else', async () => {
    const silent = await createPaidEvent(world);
    const orders = await Promise.all(Array.from({ length: 6 }, () => place(world, silent)));
    for (const { attemptId } of orders)
      await control(world, '/scenarios', { match: { orderId: attemptId }, snap: { answer: 'hang' } });
    const asked = performance.now();
    await Promise.all(
      orders.slice(0, 5).map((placed) => world.handlers['order.placed'](placed).catch(() => undefined)),
    );
    const started = performance.now();
    const waitedMs = started - asked;
    const last = orders.at(-1);
    if (last === undefined) throw new Error('no order');
    await expect(world.handlers['order.placed'](last)).rejects.toThrow('circuit of the gateway is open');
    expect(performance.now() - started, 'it does not wait for the gateway').toBeLessThan(waitedMs);
    const other = await placeReady(world, await createPaidEvent(world));
    expect(await attemptsOf(world, other)).toMatchObject([{ status: 'pending' }]);
  });
});

describe('the rate', () => {
  test('is shared through Redis, and later calls are postponed further', async () => {
    const urls = await createTestRedis();
    const log = world.deps.log;
    const [one, two] = [openCacheRedis(urls.cacheUrl, log), openCacheRedis(urls.cacheUrl, log)];
    await Promise.all([one, two].map((redis) => new Promise((resolve) => redis.once('ready', resolve))));
    const first = createGatewayBudget({ redis: one, createsPerSecond: 10 });
    const second = createGatewayBudget({ redis: two, createsPerSecond: 10 });
    const waits = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? first : second).acquire('create', 'midtrans', 'org_x'),
      ),
    );
    expect(waits.filter((seconds) => seconds === 0)).toHaveLength(10);
    expect(Math.max(...waits)).toBeGreaterThan(5);
    expect(await first.acquire('create', 'midtrans', 'org_y')).toBe(0);

    one.disconnect();
    two.disconnect();
    const alone = await Promise.all(Array.from({ length: 20 }, () => first.acquire('create', 'midtrans', 'org_z')));
    expect(alone.filter((seconds) => seconds === 0)).toHaveLength(2);
    await urls.close();
  });

  test('when used up postpones the job and sends nothing', async () => {
    const slow = await openPaymentWorld({ createsPerSecond: 1 });
    const crowd = await createPaidEvent(slow);
    const orders = await Promise.all(Array.from({ length: 5 }, () => place(slow, crowd)));
    const results = await Promise.allSettled(orders.map((placed) => slow.handlers['order.placed'](placed)));
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(3);
    for (const placed of orders)
      expect((await attemptsOf(slow, placed))[0]?.status ?? 'creating').toMatch(/creating|pending/);
    await slow.close();
  });

  test('decides together with the staged orders whether another order is accepted', async () => {
    await world.db.execute(sql`delete from outbox where name in ('order.placed', 'orders.placed')`);
    const crowded = await createPaidEvent(world);
    // Placed together, up to ten share a job.
    await Promise.all(Array.from({ length: 40 }, () => place(world, crowded)));
    const backlog = watchPaymentBacklog({ db: world.db, log: world.deps.log, createsPerSecond: 1 });
    await until(() => backlog.isPaymentBusy(crowded.organizer.id, 60));
    expect(backlog.isPaymentBusy(crowded.organizer.id, 900)).toBe(false);
    expect(backlog.isPaymentBusy('org_of_somebody_else', 60)).toBe(false);
    await world.db.execute(sql`delete from outbox where name in ('order.placed', 'orders.placed')`);
    await until(() => !backlog.isPaymentBusy(crowded.organizer.id, 60));
    backlog.close();
  });

  test('however fast it is, no more orders are accepted when no worker has taken one for a third of the hold', async () => {
    const crowded = await createPaidEvent(world);
    const placed = await place(world, crowded);
    const backlog = watchPaymentBacklog({ db: world.db, log: world.deps.log, createsPerSecond: 1000 });
    const job = sql`name = 'order.placed' and payload ->> 'orderId' = ${placed.orderId}`;
    await world.db.execute(sql`update outbox set available_at = now() - interval '25 seconds' where ${job}`);
    await until(() => backlog.isPaymentBusy(crowded.organizer.id, 60));
    expect(backlog.isPaymentBusy(crowded.organizer.id, 900)).toBe(false);
    // A payment that a worker keeps retrying does not close the sale.
    await world.db.execute(sql`update outbox set relays = 1 where ${job}`);
    await until(() => !backlog.isPaymentBusy(crowded.organizer.id, 60));
    backlog.close();
    await world.db.execute(sql`delete from outbox where ${job}`);
  });
});

describe('a missing callback', () => {
  test('is made up for by the reconciler, which asks the gateway', async () => {
    const placed = await placeReady(world, await freshEvent());
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { drop: true } });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    expect(await orderOf(world, placed)).toMatchObject({ status: 'pending_payment' });
    await hurry(world, placed);
    await world.handlers['payments.reconcile']();
    await work(world, placed);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
  });

  test('an attempt whose worker died before the call is sent by the reconciler', async () => {
    const fresh = await freshEvent();
    const placed = await place(world, fresh);
    await world.db.execute(sql`
      insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, checks, next_check_at)
      values (${placed.eventId}, ${placed.attemptId}, ${placed.orderId}, ${fresh.organizer.id}, 1, 'midtrans', 'any', 150000, 'IDR', 'creating', 1, now())`);
    await world.db.execute(sql`delete from outbox where payload ->> 'orderId' = ${placed.orderId}`);
    await world.handlers['payments.reconcile']();
    await hurry(world, placed);
    await work(world, placed);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'pending' }]);
  });

  test('the gateway is asked about a card until it has settled', async () => {
    const placed = await placeReady(world, await freshEvent());
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'credit_card' });
    await settle(world, placed, 2);
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { drop: true } });
    await control(world, `/payments/${placed.attemptId}/settle`);
    await hurry(world, placed);
    await world.handlers['payments.reconcile']();
    await work(world, placed);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'settled', nextCheckAt: null }]);
  });
});
