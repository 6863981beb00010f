import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordSaleMinutes } from '../../src/desk/index.ts';
import type { z } from 'zod';
import type { saleFiguresSchema, saleMinutesSchema } from '../../src/desk/sales/schemas.ts';
import { type TestEvent, createEvent, createOrganizer } from '../../testkit/factories.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { createRoom } from '../../testkit/waiting-room/places.ts';
import { type HotWorld, openHotWorld } from '../drizzle/support/hot-world.ts';
import { runSale } from '../drizzle/support/sale.ts';

/** The desk's reads after a real sale: API, worker, gateway, messages and door. */

const sold = 2;
let world: HotWorld;
let event: TestEvent;
let room: TestEvent;
let manager: string;
let door: string;
let stranger: string;

beforeAll(async () => {
  world = await openHotWorld();
  const options = {
    event: { doorsOpenAt: new Date(Date.now() - 3_600_000) },
    categories: [{ capacity: 200 }],
  };
  event = await createEvent(world.db, options);
  room = await createEvent(world.db, options);
  await createRoom(world.db, { event: room });
  await world.connectGateway(event);
  await runSale(world, { event, room, count: sold });
  manager = await world.keyOf(event, 'manager');
  door = await world.keyOf(event, 'door');
  stranger = await world.keyOf(await createEvent(world.db, { organizer: await createOrganizer(world.db) }), 'manager');
}, 120_000);
afterAll(() => world.close());

const at = (path: string, token = manager) => world.request(`/v1/organizers/${event.organizer.slug}${path}`, { token });
const idsIn = async (status: string) =>
  (
    await world.admin<
      { id: string }[]
    >`select id from orders where event_id = ${event.id} and status = ${status} order by id`
  ).map(({ id }) => id);

type Story = { data: { at: string; kind: string; by: { kind: string } | null; detail: Record<string, unknown> }[] };

describe('the story of an order', () => {
  test('has holds, payments, callbacks, tickets, messages, scans and notes, in order of time', async () => {
    const [id = ''] = await idsIn('paid');
    const text = 'Comes with a <b>wheelchair</b>\nand a friend';
    const note = await world.request(`/v1/organizers/${event.organizer.slug}/orders/${id}/notes`, {
      token: manager,
      body: { text },
    });
    expect(note.status, note.text).toBe(201);
    const { body } = await at(`/orders/${id}/story`);
    const { data } = body as Story;
    const kinds = data.map(({ kind }) => kind);
    for (const kind of [
      'order.placed',
      'payment.begun',
      'callback.received',
      'order.paid',
      'tickets.issued',
      'message.queued',
      'message.sent',
      'scan',
      'note',
    ]) {
      expect(kinds, kind).toContain(kind);
    }
    expect(data.map((entry) => entry.at)).toEqual(data.map((entry) => entry.at).toSorted());
    expect(data.filter(({ kind }) => kind === 'scan').map(({ detail }) => detail['result'])).toEqual([
      'admitted',
      'admitted',
    ]);
    expect(data.find(({ kind }) => kind === 'note')).toMatchObject({ by: { kind: 'api_key' }, detail: { text } });
    const [order] = await world.admin`select buyer_email, buyer_phone from orders where id = ${id}`;
    for (const secret of [order?.['buyer_email'], order?.['buyer_phone'], event.slug]) {
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  });

  test('tells causes before what they made happen, and together what happened together', async () => {
    const [id = ''] = await idsIn('paid');
    const { data } = (await at(`/orders/${id}/story`)).body as Story;
    const kinds = data.map(({ kind }) => kind);
    const causes = [
      'order.placed',
      'payment.begun',
      'callback.received',
      'order.paid',
      'tickets.issued',
      'message.queued',
    ];
    expect(causes.toSorted((one, other) => kinds.indexOf(one) - kinds.indexOf(other))).toEqual(causes);
    expect(data.filter(({ kind }) => kind === 'tickets.issued').map(({ detail }) => detail['tickets'])).toEqual([2]);
  });

  test('tells what has one instant in the order of causes', async () => {
    const [id = ''] = await idsIn('refunded');
    const instant = new Date(Math.floor(Date.now() / 1000) * 1000);
    await world.admin`update orders set placed_at = ${instant}, paid_at = ${instant}, closed_at = ${instant} where id = ${id}`;
    await world.admin`update payment_attempts set created_at = ${instant}, updated_at = ${instant} where order_id = ${id}`;
    await world.admin`update callbacks set received_at = ${instant} where attempt_id like ${`pay_${id.slice(4)}%`}`;
    await world.admin`update tickets set issued_at = ${instant}, revoked_at = ${instant} where order_id = ${id}`;
    await world.admin`update refunds set created_at = ${instant}, done_at = ${instant} where order_id = ${id}`;
    await world.admin`update deliveries set created_at = ${instant}, accepted_at = ${instant}, delivered_at = ${instant} where subject_id = ${id}`;
    await world.admin`update audit_log set at = ${instant} where subject_id = ${id}`;
    const told = (await at(`/orders/${id}/story`)).body as Story;
    expect(new Set(told.data.map((entry) => entry.at))).toEqual(new Set([instant.toISOString()]));
    expect([...new Set(told.data.map(({ kind }) => kind))]).toEqual([
      'order.placed',
      'payment.begun',
      'callback.received',
      'order.paid',
      'tickets.issued',
      'refund.requested',
      'tickets.revoked',
      'order.ended',
      'refund.done',
      'message.queued',
      'message.sent',
      'message.delivered',
      'audit',
    ]);
  });

  test('says who cancelled, and what was refunded', async () => {
    const [id = ''] = await idsIn('refunded');
    const { data } = (await at(`/orders/${id}/story`)).body as Story;
    const kinds = data.map(({ kind }) => kind);
    for (const kind of ['refund.requested', 'tickets.revoked', 'audit']) expect(kinds, kind).toContain(kind);
    expect(data.find(({ kind }) => kind === 'audit')).toMatchObject({
      by: { kind: 'api_key' },
      detail: { act: 'order.cancelled' },
    });
  });

  test('is shown to managers of its organiser only', async () => {
    const [id = ''] = await idsIn('paid');
    expect((await at(`/orders/${id}/story`, door)).status).toBe(403);
    expect((await at(`/orders/${id}/story`, stranger)).status).toBe(404);
    expect((await at(`/orders/${id.replace(/.$/, id.endsWith('0') ? '1' : '0')}/story`)).status).toBe(404);
    expect((await at('/orders/nonsense/story')).status).toBe(404);
  });

  test('never scans a whole table', async () => {
    const [id = ''] = await idsIn('paid');
    await world.admin`
      select pg_stat_statements_reset(0::oid, (select oid from pg_database where datname = current_database()), 0)`;
    for (let n = 0; n < 5; n += 1) await at(`/orders/${id}/story`);
    const [row] = await world.admin<{ pages: number }[]>`
      select (shared_blks_hit + shared_blks_read)::float8 / calls as pages from pg_stat_statements where query like '%told (at, kind%'
        and query not like '%pg_stat_statements%'`;
    expect(row?.pages).toBeLessThan(400);
  });
});

describe('attendees', () => {
  test('show who has entered, page by page', async () => {
    const first = (await at(`/events/${event.id}/attendees?limit=3`)).body as {
      data: { ticketId: string; presence: string; email?: string }[];
      nextCursor: string;
    };
    const rest = (await at(`/events/${event.id}/attendees?cursor=${first.nextCursor}`)).body as typeof first;
    const all = [...first.data, ...rest.data];
    const [count] = await world.admin`select count(*)::int as n from tickets where event_id = ${event.id}`;
    expect(new Set(all.map(({ ticketId }) => ticketId)).size).toBe(count?.['n']);
    const inside = (await at(`/events/${event.id}/attendees?presence=in`)).body as typeof first;
    expect(inside.data).toHaveLength(2 * sold);
    expect(((await at(`/events/${event.id}/attendees?presence=not_yet`)).body as typeof first).data).toEqual([]);
    expect(all.every(({ email }) => email !== undefined)).toBe(true);
    expect(JSON.stringify((await at(`/events/${event.id}/attendees`, door)).body)).not.toContain('email');
    expect((await at(`/events/${event.id}/attendees`, stranger)).status).toBe(404);
    expect((await at(`/events/${event.id}/attendees?presence=here`)).status).toBe(400);
  });
});

/** The end of the minute that runs now. */
const endOfMinute = () => (Math.floor(Date.now() / 60_000) + 1) * 60_000;
const recordAt = (time: number) =>
  recordSaleMinutes({ db: world.db, clock: { now: () => new Date(time) }, log: silentLog });

describe('the figures of a sale', () => {
  test('match what was sold, refunded, sent and scanned', async () => {
    const { body, text } = await at(`/events/${event.id}/sales/figures`);
    const figures = body as z.output<typeof saleFiguresSchema>;
    const [pool] = figures.pools;
    const [stock] = await world.admin`select available, held, sold from stock where event_id = ${event.id}`;
    expect(pool, text).toMatchObject({ ...stock, capacity: 200 });
    expect(figures.funnel).toMatchObject({ held: 0, instructed: 0, paid: sold, refunded: sold, cancelled: sold });
    // Also those of the minute that runs, which is not written yet.
    const [placed] = await world.admin`select count(*)::int as orders from orders where event_id = ${event.id}`;
    expect(figures.minutes.reduce((sum, { orders }) => sum + orders, 0)).toBe(placed?.['orders']);
    expect(figures.checkIns).toMatchObject({ admitted: 2 * sold, inside: 2 * sold });
    expect(figures.checkIns.gates.reduce((sum, gate) => sum + gate.entries, 0)).toBe(2 * sold);
    const { received, refunded, gatewayFees, net } = figures.money;
    expect(net.amount).toBe(received.amount - refunded.amount - gatewayFees.amount);
    expect(received.amount).toBeGreaterThan(0);
    expect(figures.messages.length).toBeGreaterThan(0);
    for (const status of [
      await at(`/events/${event.id}/sales/figures`, door),
      await at(`/events/${event.id}/sales/minutes`, door),
    ]) {
      expect(status.status).toBe(403);
    }
    expect((await at(`/events/${event.id}/sales/figures`, stranger)).status).toBe(404);
  });

  test('are stored once for each minute, and can be read again', async () => {
    const [expired = '', held = ''] = await idsIn('cancelled');
    await world.admin`update orders set status = 'expired' where id = ${expired}`;
    await world.admin`update orders set status = 'pending_payment', closed_at = null, expires_at = now() + interval '1 hour' where id = ${held}`;
    const end = endOfMinute();
    await Promise.all([recordAt(end + 1000), recordAt(end + 1000)]);
    await Promise.all([recordAt(end + 16_000), recordAt(end + 16_000)]);
    expect(await recordAt(end + 16_000)).toBe(0);
    const { data, isComplete } = (await at(`/events/${event.id}/sales/minutes`)).body as z.output<
      typeof saleMinutesSchema
    >;
    const sum = (of: (minute: (typeof data)[number]) => number) =>
      data.reduce((total, minute) => total + of(minute), 0);
    const [placed] = await world.admin`
      select count(*)::int as orders, sum(quantity)::int as tickets, count(paid_at)::int as paid from orders where event_id = ${event.id}`;
    expect({ orders: sum((m) => m.orders), tickets: sum((m) => m.tickets), paid: sum((m) => m.paidOrders) }).toEqual(
      placed,
    );
    expect(isComplete).toBe(true);
    expect(data.at(-1)?.funnel).toEqual({ held: 1, instructed: 0, paid: placed?.['paid'], expired: 1 });
    // A page that begins later goes on with the sums.
    const last = (await at(`/events/${event.id}/sales/minutes?from=${data.at(-1)?.at}`)).body as { data: unknown[] };
    expect(last.data).toEqual(data.slice(-1));
    const late = (await at(`/events/${event.id}/sales/minutes?from=2199-01-01T00:00:00Z`)).body as { data: unknown[] };
    expect(late.data).toEqual([]);
  });

  test('that stand at the end of a minute are read then, called by that time, and never read later', async () => {
    await world.admin`delete from sale_minutes`;
    const end = endOfMinute();
    const before = Date.now();
    await recordAt(end + 1000);
    const after = Date.now();
    const [stood] = await world.admin`select available, held, sold from stock where event_id = ${event.id}`;
    await world.admin`update stock set available = available - 3, held = held + 3 where event_id = ${event.id}`;
    try {
      // Until its last orders are there, the minute is not told.
      const minutes = async () =>
        ((await at(`/events/${event.id}/sales/minutes`)).body as z.output<typeof saleMinutesSchema>).data;
      expect((await minutes()).map((one) => one.at)).not.toContain(new Date(end - 60_000).toISOString());
      await recordAt(end + 16_000);
      const last = (await minutes()).at(-1);
      expect(last).toMatchObject({ at: new Date(end - 60_000).toISOString(), ...stood });
      const readAt = Date.parse(last?.readAt ?? '');
      expect(readAt >= before - 1 && readAt <= after + 1).toBe(true);

      await world.admin`delete from sale_minutes`;
      await recordAt(end + 40_000);
      expect((await minutes()).at(-1)).toMatchObject({ readAt: null, available: null, held: null, sold: null });
    } finally {
      await world.admin`update stock set available = available + 3, held = held - 3 where event_id = ${event.id}`;
    }
  });

  test('of an event that cannot be written keep no other event from its own', async () => {
    await world.admin`delete from sale_minutes`;
    // Somebody waits, which is written.
    await world.admin`update waiting_rooms set phase = 'pre_queue', places = 1 where event_id = ${room.id}`;
    await world.admin.unsafe(`alter table sale_minutes add constraint none_of_it check (event_id <> '${event.id}')`);
    const end = endOfMinute();
    await expect(recordAt(end + 1000)).rejects.toThrow('sale_minutes');
    await expect(recordAt(end + 16_000)).rejects.toThrow('sale_minutes');
    expect(await world.admin`select distinct event_id from sale_minutes where is_counted`).toEqual([
      { event_id: room.id },
    ]);
    await world.admin`alter table sale_minutes drop constraint none_of_it`;
  });
});
