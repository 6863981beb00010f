import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../src/orders/index.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import {
  type PaymentWorld,
  control,
  createPaidEvent,
  expectCleanBooks,
  openPaymentWorld,
} from '../../testkit/payments/payment-world.ts';
import { type Placed, attemptsOf } from '../../testkit/payments/payment-rows.ts';
import { place } from '../../testkit/payments/payment-jobs.ts';
import { until } from '../../testkit/until.ts';

/**
 * Guards promises 2 to 5 together: many orders of one small event, a gateway that loses, repeats, reorders and forges
 * callbacks and drops answers, buyers who pay late, twice or not at all, and workers that run everything in any order
 * and several times. When all is quiet, each attempt has the gateway's state, and the books of both sides agree.
 */

let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld({ timeoutMs: 500 });
});
afterAll(() => world.close());

/** A small generator with a seed, so that a failure can be run again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const ordersCount = 60;

test.each([1, 2, 3])(
  'whatever happens, both sides agree in the end (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const event = await createPaidEvent(world, { categories: [{ capacity: 100 }] });
    await control(world, '/scenarios', {
      match: {},
      snap: { answer: 'reset_after', probability: 0.1 },
      refund: { answer: 'reset_after', probability: 0.2 },
      close: { answer: 'reset_after', probability: 0.1 },
      callback: { jitterMs: 60, duplicates: 1, reorder: seed === 2, drop: 0.15, forge: 'changed_status' },
    });
    const orders: Placed[] = [];
    for (let made = 0; made < ordersCount; made += 1)
      orders.push(await place(world, event, { quantity: 1 + Math.floor(random() * 2) }));
    await runJobs(random);
    for (const round of [1, 2, 3, 4]) {
      for (const placed of orders) await actOfWorld(placed, pick, round);
      await runJobs(random);
    }
    await control(world, '/scenarios', { match: {} });
    await fetch(`${world.sandbox.url}/control/scenarios`, { method: 'DELETE' });
    await quiet(random, event.id);
    for (const placed of orders) await expectAsAtGateway(placed);
    await expectCleanBooks(world);
  },
  60_000,
);

async function actOfWorld(placed: Placed, pick: <T>(items: readonly T[]) => T, round: number): Promise<void> {
  const method = pick(['qris', 'gopay', 'credit_card', 'bca_va', 'permata_va']);
  const act = pick([
    'pay',
    'pay',
    'choose',
    'deny',
    'late',
    'refund',
    'reverse',
    'chargeback',
    'settle',
    'end',
    'duplicate',
    'nothing',
  ]);
  switch (act) {
    case 'pay':
    case 'choose':
      await control(world, `/payments/${placed.attemptId}/${act}`, { method });
      break;
    case 'late':
      await control(world, `/payments/${placed.attemptId}/pay`, { late: true });
      break;
    case 'refund':
      await control(world, `/payments/${placed.attemptId}/refund`, pick([{}, { amount: 50_000 }]));
      break;
    case 'end':
      await world.db.execute(
        sql`update orders set expires_at = now() - interval '1 second' where id = ${placed.orderId} and ${round} > 1`,
      );
      await expireHolds({ db: world.db });
      break;
    case 'duplicate':
      await control(world, `/payments/${placed.attemptId}/callbacks`, { kind: 'duplicate', count: 2 });
      break;
    case 'nothing':
      break;
    default:
      await control(world, `/payments/${placed.attemptId}/${act}`);
  }
}

type Staged = { readonly id: string; readonly name: keyof PaymentWorld['handlers']; readonly payload: never };

/** Runs everything staged in random order, many at once, some of it twice; failed jobs stay staged. */
async function runJobs(random: () => number): Promise<number> {
  const staged = await rowsOf<Staged>(
    world.db,
    sql`select id::text, name, payload from outbox where name in ('order.placed', 'orders.placed', 'order.closing') or starts_with(name, 'payment.')`,
  );
  const shuffled = staged
    .flatMap((job) => (random() < 0.2 ? [job, job] : [job]))
    .map((job) => ({ job, at: random() }))
    .toSorted((one, other) => one.at - other.at);
  const next = shuffled.values();
  const run = async () => {
    for (const { job } of next) await runOne(job);
  };
  await Promise.all(Array.from({ length: 6 }, run));
  return staged.length;
}

async function runOne({ id, name, payload }: Staged): Promise<void> {
  try {
    await (world.handlers[name] as (given: never) => Promise<unknown>)(payload);
    await world.db.execute(sql`delete from outbox where id = ${id}`);
  } catch (error) {
    if (!(error instanceof RetryLater)) throw error;
  }
}

/** Lets the time of every pause pass until no job is staged and nothing is due. */
async function quiet(random: () => number, eventId: string): Promise<void> {
  // Confirmations of refunds and the gateway's own retries come within milliseconds here.
  await new Promise((resolve) => setTimeout(resolve, 500));
  // What a settlement report would show: money that was taken back, and the callback about it lost.
  await world.db.execute(
    sql`update payment_attempts set next_check_at = now() where received > 0 and event_id = ${eventId}`,
  );
  await until(async () => {
    await world.db.execute(
      sql`update payment_attempts set next_check_at = now() where next_check_at is not null and event_id = ${eventId}`,
    );
    await world.db.execute(
      sql`update refunds set next_check_at = now() where next_check_at is not null and event_id = ${eventId}`,
    );
    await world.handlers['payments.reconcile']();
    await runJobs(random);
    const [left] = await rowsOf<{ count: number }>(
      world.db,
      sql`
          select (
            (select count(*) from outbox where name in ('order.placed', 'orders.placed', 'order.closing') or starts_with(name, 'payment.'))
            + (select count(*) from refunds where status in ('requested', 'processing'))
            + (select count(*) from callbacks where status = 'received')
            + (select count(*) from orders where status = 'closing')
          )::int as count`,
    );
    return left?.count === 0;
  });
}

const expected: Readonly<Record<string, readonly string[]>> = {
  not_started: ['pending', 'expired', 'cancelled'],
  pending: ['pending'],
  capture: ['captured'],
  settlement: ['settled'],
  // A page that we ended and somebody tried all the same: no money either way.
  deny: ['denied', 'reversed', 'expired'],
  cancel: ['cancelled', 'voided'],
  expire: ['expired'],
  refund: ['refunded'],
  partial_refund: ['partially_refunded'],
  chargeback: ['charged_back'],
};

async function expectAsAtGateway(placed: Placed): Promise<void> {
  const response = await fetch(`${world.sandbox.url}/midtrans/transactions/${placed.attemptId}`);
  if (response.status !== 200) return;
  const theirs = (await response.json()) as { status: string };
  const [ours] = await attemptsOf(world, placed);
  expect(expected[theirs.status], `${placed.attemptId}: ${theirs.status} there, ${ours?.status} here`).toContain(
    ours?.status,
  );
}
