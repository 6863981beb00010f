import { sql } from 'drizzle-orm';
import { rowsOf } from '../../src/platform/database/db.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { callbackEveryMs } from '../../src/payments/limits.ts';
import type { PlaceOrderDeps } from '../../src/orders/placement/place-order.ts';
import type { TestEvent } from '../factories.ts';
import { type OrderOptions, order, placingDeps } from '../orders/placing.ts';
import { until } from '../until.ts';
import { type Placed, callbacksOf } from './payment-rows.ts';
import type { PaymentWorld } from './payment-world.ts';

/** An order as buyers place it. Its payment is staged and not started. */
export async function place(world: PaymentWorld, event: TestEvent, options: OrderOptions = {}): Promise<Placed> {
  const deps: PlaceOrderDeps = placingDeps(world.open);
  const { order: placed } = await order(deps, event, options);
  return { eventId: event.id, orderId: placed.id, attemptId: `pay_${placed.id.slice(4)}01` };
}

/** An order whose payment page is ready. */
export async function placeReady(world: PaymentWorld, event: TestEvent, options: OrderOptions = {}): Promise<Placed> {
  const placed = await place(world, event, options);
  await world.handlers['order.placed'](placed);
  await splitJobs(world);
  await world.db.execute(
    sql`delete from outbox where name = 'order.placed' and payload ->> 'orderId' = ${placed.orderId}`,
  );
  return placed;
}

/** Gives each order and callback of a job that stands for several a job of its own, because tests act on one order at a time. */
async function splitJobs({ db }: Pick<PaymentWorld, 'db'>): Promise<void> {
  await db.execute(sql`
    with taken as (delete from outbox where name in ('orders.placed', 'payment.apply_callbacks') returning payload)
    insert into outbox (name, payload)
    select 'order.placed', jsonb_build_object('eventId', payload -> 'eventId', 'orderId', item)
    from taken cross join lateral jsonb_array_elements(payload -> 'orderIds') as item
    union all
    select 'payment.apply_callback', item from taken cross join lateral jsonb_array_elements(payload -> 'callbacks') as item`);
}

type Staged = { readonly id: string; readonly name: keyof PaymentWorld['handlers']; readonly payload: never };

/**
 * Runs the staged jobs of these orders until none is due, as a worker would. A job that asks for a later time is delayed by
 * a hundredth of it, and given up after `triesMax`.
 */
export async function work(world: PaymentWorld, placed: Placed, triesMax = 20): Promise<void> {
  const names = Object.keys(world.handlers).filter((name) => !name.startsWith('payments.'));
  for (let tries = 0; tries < triesMax; tries += 1) {
    await splitJobs(world);
    const due = await rowsOf<Staged>(
      world.db,
      sql`
        select id::text, name, payload from outbox o
        where name in (${sql.join(
          names.map((name) => sql`${name}`),
          sql`, `,
        )})
          and (payload ->> 'orderId' = ${placed.orderId}
            or starts_with(payload ->> 'attemptId', ${placed.attemptId.slice(0, -2)})
            or exists (select 1 from callbacks c where c.id::text = payload ->> 'callbackId'
                       and starts_with(c.attempt_id, ${placed.attemptId.slice(0, -2)}))
            or exists (select 1 from refunds r where r.id = payload ->> 'refundId' and r.order_id = ${placed.orderId}))
        order by o.id`,
    );
    if (due.length === 0) return;
    for (const { id, name, payload } of due) await runOne(world, id, name, payload);
  }
}

async function runOne(world: PaymentWorld, id: string, name: Staged['name'], payload: never): Promise<void> {
  try {
    await (world.handlers[name] as (given: never) => Promise<unknown>)(payload);
    await world.db.execute(sql`delete from outbox where id = ${id}`);
  } catch (error) {
    if (!(error instanceof RetryLater)) throw error;
    await new Promise((resolve) => setTimeout(resolve, Math.min(50, error.seconds * 10)));
  }
}

/** Makes the next check of an order's attempts due. */
export async function hurry(world: PaymentWorld, { orderId }: Placed): Promise<void> {
  await world.db.execute(
    sql`update payment_attempts set next_check_at = now() where order_id = ${orderId} and next_check_at is not null`,
  );
}

/** Waits until the gateway's callbacks are in the inbox, and runs the jobs that they stage. */
export async function settle(world: PaymentWorld, placed: Placed, callbacks: number): Promise<void> {
  await until(async () => (await callbacksOf(world, placed)).length >= callbacks);
  // The inbox collects, so another callback of the same act may be stored a little later.
  for (let [before, now] = [-1, 0]; before !== now; ) {
    before = now;
    await work(world, placed);
    await new Promise((resolve) => setTimeout(resolve, 2 * callbackEveryMs));
    now = (await callbacksOf(world, placed)).length;
  }
}

/** Waits until a statement of the world's database, with this text, waits for a lock. */
export async function untilLocked(world: PaymentWorld, text = '%'): Promise<void> {
  const waiting = sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like ${text}`;
  await until(async () => (await rowsOf(world.db, waiting)).length > 0);
}
