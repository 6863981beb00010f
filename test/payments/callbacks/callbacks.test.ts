import { connect } from 'node:net';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { callbackKeyDays, callbackPayloadDays } from '../../../src/payments/limits.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { postCallback, saidBy, settlement, sign } from '../../../testkit/payments/callbacks.ts';
import {
  type PaymentWorld,
  control,
  createPaidEvent,
  usePaymentWorld,
} from '../../../testkit/payments/payment-world.ts';
import { requestBegun } from '../../../testkit/request-begun.ts';
import { attemptsOf, callbacksOf, orderOf } from '../../../testkit/payments/payment-rows.ts';
import { place, placeReady, settle, work } from '../../../testkit/payments/payment-jobs.ts';

/**
 * Guards promise 3: a callback answered with 200 is on disk and applied once; a forged or wrong one changes nothing.
 */

const world = await usePaymentWorld();
const event = await createPaidEvent(world);

const post = (body: unknown, slug = event.organizer.slug) => postCallback(world, slug, body);

describe('the answer', () => {
  test('to a new callback is 200 once it is stored with its job, and to a repetition 200 without another job', async () => {
    const placed = await placeReady(world, event);
    const body = sign(settlement(placed));
    expect(await saidBy(await post(body))).toBe('200 stored');
    expect(await saidBy(await post(body))).toBe('200 duplicate');
    const jobs = await rowsOf(
      world.db,
      sql`select 1 from outbox j join callbacks c on c.id::text = j.payload ->> 'callbackId' where c.attempt_id = ${placed.attemptId}`,
    );
    expect(jobs).toHaveLength(1);
    const [stored] = await rowsOf<{ payload: string }>(
      world.db,
      sql`
        select convert_from(p.payload, 'UTF8') as payload from callback_payloads p
        join callbacks c on c.id = p.callback_id where c.attempt_id = ${placed.attemptId}`,
    );
    expect(JSON.parse(stored?.payload ?? '')).toEqual(body);
    // Nothing was paid at the gateway, so the callback's job is deleted, not run.
    await world.db.execute(
      sql`delete from outbox where payload ->> 'callbackId' in (select id::text from callbacks where attempt_id = ${placed.attemptId})`,
    );
  });

  test('to a wrong signature is 400, and for an unknown organiser the same', async () => {
    const placed = await placeReady(world, event);
    const forged = sign(settlement(placed), 'not the key');
    expect(await saidBy(await post(forged))).toBe('400 callback.signature_invalid');
    expect(await saidBy(await post(forged, 'nobody-at-all'))).toBe('400 callback.signature_invalid');
    expect(await saidBy(await post(sign(settlement(placed)), 'nobody-at-all'))).toBe('400 callback.signature_invalid');
    expect(await callbacksOf(world, placed)).toEqual([]);
  });

  test.each([
    ['no JSON', 'transaction_status=settlement'],
    ['an array', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['wrong types', JSON.stringify({ order_id: 1, status_code: 200, gross_amount: 150000, signature_key: [] })],
    [
      'an amount without its fraction',
      JSON.stringify(sign({ order_id: 'x', status_code: '200', gross_amount: '150000' })),
    ],
  ])('of %s is 400', async (_name, body) => {
    expect(await saidBy(await post(body))).toBe('400 callback.malformed');
  });

  test('to more than 64 kB is 413, and nothing is stored', async () => {
    const response = await post(`{"a":"${'x'.repeat(66_000)}"}`);
    expect(await saidBy(response)).toBe('413 callback.too_large');
  });

  test('to a truncated body is that of a malformed body, not of a failed write', async () => {
    const counts = async () => ({ malformed: await counted('malformed'), unavailable: await counted('unavailable') });
    const before = await counts();
    const { hostname, port } = new URL(world.url);
    const begun = requestBegun(Number(port));
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/callbacks/midtrans/${event.organizer.slug} HTTP/1.1\r\nhost: a\r\ncontent-length: 500\r\n\r\n{"order_id":`,
    );
    await begun;
    socket.resetAndDestroy();
    await expect.poll(counts).toEqual({ ...before, malformed: before.malformed + 1 });
  });

  test('is 503 and never 500 when the database is away', async () => {
    const placed = await placeReady(world, event);
    const started = performance.now();
    const locked = await withLockedInbox(world, () => post(sign(settlement(placed))));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(locked.status).toBe(503);
    expect(locked.headers.get('retry-after')).not.toBeNull();
    // A refused callback may still have been written, by a call that kept waiting. The gateway sends it again anyway.
    expect((await post(sign(settlement(placed)))).status).toBe(200);
    expect(await callbacksOf(world, placed)).toHaveLength(1);
  });
});

/** How many callbacks were answered with this outcome. */
async function counted(outcome: string): Promise<number> {
  const { values } = (await registry.getSingleMetric('antre_payment_callbacks_total')?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
}

/** Blocks all writes to the inbox, as if the database had stopped. The room's own time limits must end the wait. */
async function withLockedInbox<T>(given: PaymentWorld, act: () => Promise<T>): Promise<T> {
  const [held, locked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const locking = given.db.transaction(async (tx) => {
    await tx.execute(sql`lock table callbacks in access exclusive mode`);
    locked.resolve();
    await held.promise;
  });
  await Promise.race([locked.promise, locking]);
  try {
    return await act();
  } finally {
    held.resolve();
    await locking;
  }
}

describe('number and order', () => {
  test('a hundred copies at once are applied once', async () => {
    const placed = await placeReady(world, event);
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    await settle(world, placed, 2);
    const before = await counted('duplicate');
    await control(world, `/payments/${placed.attemptId}/callbacks`, { kind: 'duplicate', count: 100 });
    await expect.poll(() => counted('duplicate'), { timeout: 10_000 }).toBe(before + 100);
    await work(world, placed);
    expect(await callbacksOf(world, placed)).toHaveLength(2);
    expect(await attemptsOf(world, placed)).toMatchObject([{ received: 150_000 }]);
  });

  test('one callback run ten times at once by several workers pays once', async () => {
    const placed = await placeReady(world, event);
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, callback: { pending: false } });
    await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
    let callbackId = '';
    while (callbackId === '') {
      const [row] = await rowsOf<{ id: string }>(
        world.db,
        sql`select id::text from callbacks where attempt_id = ${placed.attemptId}`,
      );
      callbackId = row?.id ?? '';
    }
    await Promise.all(Array.from({ length: 10 }, () => world.handlers['payment.apply_callback']({ callbackId })));
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ received: 150_000 }]);
  });

  test('a callback that arrives before our own row is written pays, and the payment page does not overwrite it', async () => {
    const placed = await place(world, event);
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      snap: { delayMs: 0 },
      autoPay: { afterMs: 0, method: 'qris' },
    });
    await work(world, placed);
    await settle(world, placed, 2);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'paid', tickets: 1 });
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'settled', received: 150_000 }]);
  });

  test('the same body after the raw payloads are gone is still a duplicate', async () => {
    const placed = await placeReady(world, event);
    const body = sign(settlement(placed, { transaction_status: 'pending', status_code: '201' }));
    expect(await saidBy(await post(body))).toBe('200 stored');
    await work(world, placed);
    await world.db.execute(sql`delete from callback_payloads`);
    expect(await saidBy(await post(body))).toBe('200 duplicate');
  });
});

test('a callback whose job was given up gets another one, but none that is new or has a job, alone or among others', async () => {
  const received = async (minutes: number) => {
    const [row] = await rowsOf<{ id: string }>(
      world.db,
      sql`insert into callbacks (gateway, organizer_id, dedup_key, received_at)
          values ('midtrans', ${event.organizer.id}, sha256(gen_random_uuid()::text::bytea), now() - make_interval(mins => ${minutes})) returning id::text`,
    );
    return row?.id ?? '';
  };
  const [givenUp, fresh, alone, among] = [
    await received(31),
    await received(29),
    await received(31),
    await received(31),
  ];
  const ref = (callbackId: string) => ({ callbackId, attemptId: 'pay_7K3M9XQ206FJ2V1H8C9QX4T0RBVE01' });
  const stagedFor = async () => {
    const jobs = await rowsOf<{ id: string }>(
      world.db,
      sql`select payload ->> 'callbackId' as id from outbox where name = 'payment.apply_callback' and payload ->> 'callbackId' in (${givenUp}, ${fresh}, ${alone}, ${among})`,
    );
    return jobs.map(({ id }) => id).toSorted();
  };
  const stage = (name: string, payload: unknown) =>
    world.db.execute(sql`insert into outbox (name, payload) values (${name}, ${JSON.stringify(payload)}::jsonb)`);
  await stage('payment.apply_callback', ref(alone));
  await stage('payment.apply_callbacks', { eventId: event.id, callbacks: [ref(among)] });
  for (const _ of [1, 2]) {
    await world.handlers['payments.reconcile']();
    expect(await stagedFor()).toEqual([givenUp, alone].toSorted());
  }
  const own = sql`(${givenUp}, ${fresh}, ${alone}, ${among})`;
  await world.db.execute(sql`
    delete from outbox where payload ->> 'callbackId' in ${own} or payload @> ${JSON.stringify({ callbacks: [ref(among)] })}::jsonb`);
  await world.db.execute(sql`delete from callbacks where id::text in ${own}`);
});

test('old callbacks are forgotten once they were applied, and raw payloads sooner', async () => {
  const store = (days: number, status: string) =>
    world.db.execute(sql`
      insert into callbacks (gateway, organizer_id, dedup_key, status, received_at)
      values ('midtrans', ${event.organizer.id}, ${`old ${days} ${status}`}::text::bytea, ${status}, now() - make_interval(days => ${days}))`);
  const of = sql`where gateway = 'midtrans' and encode(dedup_key, 'escape') like 'old %'`;
  for (const days of [callbackKeyDays - 1, callbackKeyDays + 1])
    for (const status of ['received', 'applied', 'ignored', 'refused']) await store(days, status);
  for (const days of [callbackPayloadDays - 1, callbackPayloadDays + 1])
    await world.db.execute(sql`
      insert into callback_payloads (callback_id, payload, received_at) values (${-days}, '', now() - make_interval(days => ${days}))`);
  await world.handlers['payments.maintain']();
  const left = sql`select status from callbacks ${of} and received_at < now() - make_interval(days => ${callbackKeyDays})`;
  expect(await rowsOf(world.db, left)).toEqual([{ status: 'received' }]);
  expect(await rowsOf(world.db, sql`select 1 from callbacks ${of}`)).toHaveLength(5);
  const payloads = sql`select callback_id::int as id from callback_payloads where callback_id < 0`;
  expect(await rowsOf(world.db, payloads)).toEqual([{ id: 1 - callbackPayloadDays }]);
  const next = sql`select to_regclass('callback_payloads_' || to_char(current_date + 1, 'YYYYMMDD')) is not null as made`;
  expect(await rowsOf(world.db, next)).toEqual([{ made: true }]);
  await world.db.execute(sql`delete from callbacks ${of}`);
});
