import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { lockOrder } from '../../../src/orders/lifecycle/queries.ts';
import { releaseHold } from '../../../src/orders/lifecycle/end-holds.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { type TestEventOptions, createEvent } from '../../../testkit/factories.ts';
import { type OrderDesk, bearer, keyFor, openDesk, read, tokenOf } from '../../../testkit/orders/order-desk.ts';
import { order, pay } from '../../../testkit/orders/placing.ts';
import { useOrderDatabase } from '../support/order-database.ts';

const { open, deps } = await useOrderDatabase();
let desk: OrderDesk;
beforeEach(() => {
  desk = openDesk(open);
});

async function place(event: TestEventOptions['event'] = {}, categories: TestEventOptions['categories'] = [{}]) {
  const created = await createEvent(open.db, { event, categories });
  const { order: placed } = await order(deps, created, { quantity: 2 });
  return { event: created, orderId: placed.id };
}

async function cancel(orderId: string) {
  const answer = await desk.app.request(`/v1/orders/${orderId}/cancellation`, {
    method: 'POST',
    headers: bearer(tokenOf(desk, orderId)),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function facts(orderId: string) {
  const [row] = await rowsOf<{ status: string; close_reason: string | null; live: number; closing: number }>(
    open.db,
    sql`select status, close_reason,
          (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as live,
          (select count(*)::int from outbox b where b.name = 'order.closing' and b.payload->>'orderId' = o.id) as closing
        from orders o where id = ${orderId}`,
  );
  return row;
}

const stockOf = async (eventId: string) =>
  (await rowsOf(open.db, sql`select available, held, sold from stock where event_id = ${eventId}`))[0];

async function admitOne(orderId: string) {
  await open.db.execute(sql`
    insert into admissions (event_id, ticket_id, admitted_at, actor_id, device_id, scan_id)
    select event_id, id, now(), 'stf', 'dev', 'scan' from tickets where order_id = ${orderId} limit 1`);
}

describe('an order that is not paid', () => {
  test('closes once for any number of requests, and its places return when no payment can come', async () => {
    const { event, orderId } = await place();
    for (let round = 0; round < 3; round += 1) {
      expect(await cancel(orderId)).toMatchObject({ status: 202, body: { status: 'closing' } });
    }
    expect(await facts(orderId)).toEqual({ status: 'closing', close_reason: 'cancelled', live: 0, closing: 1 });
    expect(await stockOf(event.id)).toEqual({ available: 98, held: 2, sold: 0 });
    await transaction(open.db, async (tx) => {
      const locked = await lockOrder(tx, event.id, orderId);
      if (locked !== undefined) await releaseHold(tx, locked);
    });
    expect(await cancel(orderId)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await stockOf(event.id)).toEqual({ available: 100, held: 0, sold: 0 });
    // The buyer knows.
    const told = sql`select 1 from outbox where name = 'order.cancelled' and payload ->> 'orderId' = ${orderId}`;
    expect(await rowsOf(open.db, told)).toEqual([]);
  });

  test('closes once for twenty concurrent requests', async () => {
    const { orderId } = await place();
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(orderId)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(await facts(orderId)).toMatchObject({ closing: 1 });
  });

  test('cannot be cancelled after it has expired', async () => {
    const { orderId } = await place();
    await open.db.execute(sql`select release_holds(array[event_id], array[id]) from orders where id = ${orderId}`);
    expect(await cancel(orderId)).toMatchObject({
      status: 409,
      body: { code: 'order.not_cancellable', reason: 'ended' },
    });
  });

  test('that is paid at the same moment ends as either paid or cancelled', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { event, orderId } = await place({ refundableUntilHours: null });
      const [answer] = await Promise.all([cancel(orderId), pay(open.db, orderId)]);
      // Money that came while closing still pays; what was paid first may not be cancelled.
      expect([202, 409]).toContain(answer.status);
      expect(await facts(orderId)).toMatchObject({ status: 'paid', live: 2 });
      expect(await stockOf(event.id)).toEqual({ available: 98, held: 0, sold: 2 });
    }
  });
});

describe('a paid order', () => {
  test('is refunded as long as its event allows, once', async () => {
    const { orderId } = await place({ refundableUntilHours: 24 });
    await pay(open.db, orderId);
    expect(await cancel(orderId)).toMatchObject({ status: 202, body: { status: 'refunded' } });
    expect(await cancel(orderId)).toMatchObject({ status: 200 });
    expect(desk.world.refundsRequested).toEqual([orderId]);
    expect(await facts(orderId)).toMatchObject({ status: 'refunded', live: 0 });
  });

  test.each([
    ['where the event refunds nothing', { refundableUntilHours: null }, 'not_refundable'],
    ['when it is too late', { refundableUntilHours: 73 }, 'too_late'],
  ])('is not cancelled %s', async (_, event, reason) => {
    const { orderId } = await place(event);
    await pay(open.db, orderId);
    expect(await cancel(orderId)).toMatchObject({ status: 409, body: { code: 'order.not_cancellable', reason } });
    expect(desk.world.refundsRequested).toEqual([]);
    expect(await facts(orderId)).toMatchObject({ status: 'paid', live: 2 });
  });

  test('is not cancelled once a ticket was used, neither by its buyer nor at the desk', async () => {
    const { event, orderId } = await place({ refundableUntilHours: 24 });
    await pay(open.db, orderId);
    await admitOne(orderId);
    expect(await cancel(orderId)).toMatchObject({ status: 409, body: { reason: 'checked_in' } });
    const manager = await keyFor(desk, event.organizer, 'manager');
    const answer = await desk.app.request(`/v1/organizers/${event.organizer.slug}/orders/${orderId}/cancellation`, {
      method: 'POST',
      headers: manager,
    });
    expect([answer.status, (await read(answer)).reason]).toEqual([409, 'checked_in']);
  });

  test('that was free is cancelled at once, without a refund', async () => {
    const { event, orderId } = await place({ refundableUntilHours: 0 }, [{ price: 0 }]);
    expect(await cancel(orderId)).toMatchObject({ status: 200, body: { status: 'refunded' } });
    expect(desk.world.refundsRequested).toEqual([]);
    expect(await stockOf(event.id)).toEqual({ available: 100, held: 0, sold: 0 });
  });

  test('is cancelled at the desk whatever its buyer may do, and the audit log names who did it', async () => {
    const { event, orderId } = await place({ refundableUntilHours: null });
    await pay(open.db, orderId);
    const manager = await keyFor(desk, event.organizer, 'manager');
    const path = `/v1/organizers/${event.organizer.slug}/orders/${orderId}/cancellation`;
    for (const status of [202, 200]) {
      expect((await desk.app.request(path, { method: 'POST', headers: manager })).status).toBe(status);
    }
    expect(await facts(orderId)).toMatchObject({ status: 'refunded', live: 0 });
    const audit = await rowsOf(open.db, sql`select act, actor_kind from audit_log where subject_id = ${orderId}`);
    expect(audit).toEqual([{ act: 'order.cancelled', actor_kind: 'api_key' }]);
  });
});
