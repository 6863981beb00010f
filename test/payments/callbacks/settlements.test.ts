import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import { createSettlements } from '../../../src/payments/callbacks/settlements.ts';
import { paymentInvariants } from '../../../src/payments/invariants.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { newId } from '../../../src/platform/ids.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { settlement, sign } from '../../../testkit/payments/callbacks.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { place, placeReady, untilLocked, work } from '../../../testkit/payments/payment-jobs.ts';
import { type Placed, callbacksOf, orderOf, refundsOf, stockOf } from '../../../testkit/payments/payment-rows.ts';
import { type PaymentWorld, createPaidEvent, openPaymentWorld } from '../../../testkit/payments/payment-world.ts';

/**
 * Guards that payments that arrive together are made, called back and settled together, each with the same result as
 * alone.
 */

let world: PaymentWorld;
beforeAll(async () => {
  world = await openPaymentWorld();
});
afterAll(async () => {
  // The gateway knows nothing of these callbacks, which are signed here.
  for (const invariant of [...paymentInvariants, ...orderInvariants]) {
    expect(await invariant.find(world.db), invariant.name).toEqual([]);
  }
  await world.close();
});

/** Flushes and items of a group commit since the process started. */
async function flushed(group: string): Promise<{ flushes: number; items: number }> {
  const { values } = (await registry.getSingleMetric('antre_group_commit_batch_size')?.get()) ?? { values: [] };
  const of = (ending: string) =>
    values.find(
      (row) => 'metricName' in row && String(row.metricName).endsWith(ending) && row.labels['group'] === group,
    )?.value ?? 0;
  return { flushes: of('_count'), items: of('_sum') };
}

async function store(event: TestEvent, body: unknown): Promise<void> {
  const response = await fetch(`${world.url}/v1/callbacks/midtrans/${event.organizer.slug}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

/** Runs the jobs of all stored callbacks at once, as the places of a worker do. */
async function applyAll(): Promise<void> {
  const jobs = await rowsOf<{ name: 'payment.apply_callback' | 'payment.apply_callbacks'; payload: never }>(
    world.db,
    sql`delete from outbox where name in ('payment.apply_callback', 'payment.apply_callbacks') returning name, payload`,
  );
  await Promise.all(jobs.map(({ name, payload }) => world.handlers[name](payload)));
}

const shownOf = async (placed: Placed) => {
  const [order] = await rowsOf<{ status: string; tickets: number; mails: number; jobs: number }>(
    world.db,
    sql`
      select o.status,
        (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as tickets,
        (select count(*)::int from deliveries d where d.subject_id = o.id and d.template = 'tickets') as mails,
        (select count(*)::int from outbox j join deliveries d
           on d.id = j.payload ->> 'deliveryId' and j.name = 'delivery.send_tickets'
           or j.payload -> 'deliveryIds' ? d.id and j.name = 'deliveries.send_tickets'
         where d.subject_id = o.id) as jobs
      from orders o where o.id = ${placed.orderId}`,
  );
  return order;
};

test('forty payments of one event are made and settled by a few calls, each with its tickets and the message about them', async () => {
  const event = await createPaidEvent(world, { event: { ticketsPerBuyerMax: 4 } });
  await world.db.execute(sql`
    insert into webhook_endpoints (id, organizer_id, url, types, secret)
    values (${newId('whe')}, ${event.organizer.id}, 'https://hooks.example.com/', '{order.paid}', 'sealed')`);
  const placed = await Promise.all(Array.from({ length: 40 }, () => place(world, event)));
  const before = { claims: await flushed('attempt_claims'), settlements: await flushed('settlements') };
  await Promise.all(placed.map((one) => world.handlers['order.placed'](one)));
  const attempts = await rowsOf<{ status: string; checks: number; ready: boolean }>(
    world.db,
    sql`select a.status, a.checks, o.expires_at > o.placed_at + (o.hold_ends_max_at - o.placed_at) / 2 as ready
        from payment_attempts a join orders o on o.id = a.order_id where a.event_id = ${event.id} and a.redirect_url is not null`,
  );
  expect(attempts).toEqual(placed.map(() => ({ status: 'pending', checks: 0, ready: true })));
  await Promise.all(placed.map((one) => store(event, sign(settlement(one)))));
  await applyAll();

  for (const one of placed) {
    expect(await shownOf(one)).toEqual({ status: 'paid', tickets: 1, mails: 1, jobs: 1 });
    expect(await callbacksOf(world, one)).toEqual([{ status: 'applied', outcome: 'settled' }]);
  }
  expect(await stockOf(world, { eventId: event.id })).toEqual({ available: 60, held: 0, sold: 40, blocked: 0 });
  const [counters] = await rowsOf<{ paid: number; facts: number }>(
    world.db,
    sql`select (select sum(quantity)::int from limit_counters where event_id = ${event.id} and counter_key like 'b:%') as paid,
               (select count(*)::int from outbox where name = 'order.paid' and payload ->> 'eventId' = ${event.id}) as facts`,
  );
  const [hooks] = await rowsOf<{ webhooks: number; subjects: number; sent: number }>(
    world.db,
    sql`select count(*)::int as webhooks, count(distinct m.subject_id)::int as subjects, count(d.webhook_id)::int as sent
        from webhooks m left join webhook_deliveries d on d.webhook_id = m.id where m.event_id = ${event.id}`,
  );
  expect(hooks).toEqual({ webhooks: 40, subjects: 40, sent: 40 });
  // By email and by phone, without a job that only stages the messages.
  expect(counters).toEqual({ paid: 80, facts: 0 });
  const sends = await rowsOf<{ mails: number }>(
    world.db,
    sql`select coalesce(jsonb_array_length(payload -> 'deliveryIds'), 1) as mails from outbox
        where name in ('delivery.send_tickets', 'deliveries.send_tickets') and payload ->> 'eventId' = ${event.id}`,
  );
  expect(sends.length).toBeLessThan(20);
  expect(Math.max(...sends.map(({ mails }) => mails))).toBe(10);
  const claims = await flushed('attempt_claims');
  const settlements = await flushed('settlements');
  expect(claims.items - before.claims.items).toBe(40);
  expect(settlements.items - before.settlements.items).toBe(40);
  expect(claims.flushes - before.claims.flushes).toBeLessThan(20);
  expect(settlements.flushes - before.settlements.flushes).toBeLessThan(20);
});

test('an uncommon case is decided on its own, and does not affect the callbacks beside it', async () => {
  const event = await createPaidEvent(world, { event: { ticketsPerBuyerMax: 1 } });
  const sibling = { name: 'Ayu Lestari', email: 'ayu.sibling@example.test', phone: '+6281200009999' };
  const [common, short, twice, first, second] = await Promise.all([
    placeReady(world, event),
    placeReady(world, event),
    placeReady(world, event),
    placeReady(world, event, { buyer: sibling, network: '203.0.113.7' }),
    placeReady(world, event, { buyer: sibling, network: '203.0.113.8' }),
  ]);
  await Promise.all(
    [
      settlement(common),
      settlement(short, { gross_amount: '149999.00' }),
      settlement(twice),
      settlement(first),
      settlement(second),
    ].map((callback) => store(event, sign(callback))),
  );
  await store(event, sign(settlement(twice, { transaction_status: 'capture' })));
  await applyAll();
  for (const one of [short, first, second]) await work(world, one, 3);

  expect(await shownOf(common)).toMatchObject({ status: 'paid', tickets: 1, mails: 1 });
  // The gateway was asked, and knows of no payment.
  expect(await orderOf(world, short)).toMatchObject({ status: 'pending_payment', flags: [], tickets: 0 });
  expect(await callbacksOf(world, short)).toEqual([{ status: 'ignored', outcome: 'not_known_at_gateway' }]);
  expect(await shownOf(twice)).toMatchObject({ status: 'paid', tickets: 1, mails: 1 });
  expect((await callbacksOf(world, twice)).map(({ status }) => status).toSorted()).toEqual(['applied', 'ignored']);
  // One buyer with two orders and a limit of one: the first order gets its ticket, the other its money back.
  const both = [await shownOf(first), await shownOf(second)];
  expect(both.filter((one) => one?.status === 'paid')).toHaveLength(1);
  expect([...(await refundsOf(world, first)), ...(await refundsOf(world, second))]).toHaveLength(1);
  expect(await stockOf(world, { eventId: event.id })).toMatchObject({ sold: 3 });
});

test('a payment of a cancelled event is an uncommon case', async () => {
  const event = await createPaidEvent(world);
  const placed = await placeReady(world, event);
  await world.db.execute(sql`update events set status = 'cancelled' where id = ${event.id}`);
  await store(event, sign(settlement(placed)));
  await applyAll();
  expect(await shownOf(placed)).toMatchObject({ tickets: 0, mails: 0 });
  expect(await refundsOf(world, placed)).toHaveLength(1);
  await work(world, placed, 3);
});

test('a stored callback of another organizer, or one that was applied, settles nothing', async () => {
  const [event, other] = [await createPaidEvent(world), await createPaidEvent(world)];
  const placed = await placeReady(world, event);
  const [foreign] = await rowsOf<{ id: string }>(
    world.db,
    sql`insert into callbacks (gateway, organizer_id, dedup_key, attempt_id)
        values ('midtrans', ${other.organizer.id}, '\\x01', ${placed.attemptId}) returning id::text`,
  );
  const account = await world.deps.accounts.of({ gateway: 'midtrans', organizerId: event.organizer.id });
  if (account === undefined) throw new Error('the organizer has an account');
  const fact = {
    attemptId: placed.attemptId,
    gatewayReference: 'trx',
    merchantId: account.merchantId,
    amount: 150_000,
    currency: 'IDR',
    statedAmount: '150000.00',
    isExact: true,
    fee: undefined,
    state: 'settled',
    signedClass: 'success',
    method: 'qris',
    instructions: {},
    refunds: [],
    refundedTotal: undefined,
  } as const;
  const settlements = createSettlements(world.deps);
  expect(await settlements.settle(Number(foreign?.id), account, fact)).toBe(false);
  expect(await orderOf(world, placed)).toMatchObject({ status: 'pending_payment', tickets: 0 });
  await world.db.execute(sql`delete from callbacks where id = ${Number(foreign?.id)}`);

  await store(event, sign(settlement(placed)));
  const [own] = await rowsOf<{ id: string }>(
    world.db,
    sql`select id::text from callbacks where attempt_id = ${placed.attemptId}`,
  );
  expect(await settlements.settle(Number(own?.id), { ...account, merchantId: 'M999' }, fact)).toBe(false);
  expect(await settlements.settle(Number(own?.id), account, fact)).toBe(true);
  expect(await settlements.settle(Number(own?.id), account, fact)).toBe(false);
  await applyAll();
  expect(await shownOf(placed)).toMatchObject({ status: 'paid', tickets: 1, mails: 1 });
});

/** Sets a limit as an organizer does, and commits once what `starts` has begun waits for the stock. */
async function limitDuring(event: TestEvent, starts: () => Promise<void>): Promise<void> {
  let started: Promise<void> | undefined;
  await transaction(world.db, async (tx) => {
    await tx.execute(sql`update events set tickets_per_buyer_max = 4 where id = ${event.id}`);
    await tx.execute(sql`select recount_buyers(${event.id})`);
    started = starts();
    await untilLocked(world);
  });
  await started;
}

const countedAsPaid = async (db: PaymentWorld['db'], event: TestEvent): Promise<number | null | undefined> => {
  const [row] = await rowsOf<{ paid: number | null }>(
    db,
    sql`select sum(quantity)::int as paid from limit_counters where event_id = ${event.id} and counter_key like 'b:%'`,
  );
  return row?.paid;
};

test('a payment that is settled while a limit is set counts towards it', async () => {
  const event = await createPaidEvent(world);
  const placed = await placeReady(world, event);
  await store(event, sign(settlement(placed)));
  await limitDuring(event, applyAll);
  expect(await shownOf(placed)).toMatchObject({ status: 'paid', tickets: 1 });
  // By email and by phone.
  expect(await countedAsPaid(world.db, event)).toBe(2);
});

test('a payment that takes the general way counts towards it too', async () => {
  const event = await createPaidEvent(world);
  const placed = await placeReady(world, event);
  let counted: number | null | undefined;
  await limitDuring(event, () =>
    transaction(world.db, async (tx) => {
      await tx.execute(sql`select pay_order(${event.id}, ${placed.orderId})`);
      counted = await countedAsPaid(tx, event);
      throw new Error('no money has come');
    }).catch(() => {}),
  );
  expect(counted).toBe(2);
});

test('an order that somebody else holds keeps its attempts free, while others of its event wait for the stock', async () => {
  const event = await createPaidEvent(world);
  const placed = [await placeReady(world, event), await placeReady(world, event)];
  const [held] = placed;
  for (const one of placed) await store(event, sign(settlement(one)));
  let settled: Promise<void> | undefined;
  await transaction(world.db, async (tx) => {
    // As the single path: the order, the stock, and then the order's other attempts. A settlement that has one would wait in a circle.
    await tx.execute(sql`select from orders where event_id = ${event.id} and id = ${held?.orderId} for update`);
    await tx.execute(sql`select from stock where event_id = ${event.id} for update`);
    settled = applyAll();
    await untilLocked(world, '%apply_settlements%');
    await tx.execute(sql`set local lock_timeout = '300ms'`);
    await tx.execute(sql`update payment_attempts set checks = checks where id = ${held?.attemptId}`);
  });
  await settled;
  for (const one of placed) expect(await shownOf(one)).toMatchObject({ status: 'paid', tickets: 1 });
});
