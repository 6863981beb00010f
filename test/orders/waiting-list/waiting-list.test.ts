import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { expireHolds } from '../../../src/orders/lifecycle/end-holds.ts';
import { availabilityOf, eventStockOf } from '../../../src/orders/pools/queries.ts';
import { confirmWithinHours, offerSeconds, offersPerRoundMax } from '../../../src/orders/waiting-list/limits.ts';
import { offerPlaces } from '../../../src/orders/waiting-list/offer-places.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { bearer, keyFor } from '../../../testkit/orders/order-desk.ts';
import { order, pay, tally } from '../../../testkit/orders/placing.ts';
import { categoryOf, useWaitingWorld } from '../support/waiting-world.ts';

/** Guards that returned places are offered in the order of joining, and that nobody skips the line. */

const world = await useWaitingWorld();

describe('the waiting list', () => {
  test('accepts people when the category is sold out, once per address, by the link in the mail', async () => {
    const event = await world.soldOut();
    const buyer = someBuyer();
    expect((await world.join(event, { buyer })).status).toBe(202);
    expect((await world.join(event, { buyer })).status).toBe(202);
    const [entry, ...others] = await world.entriesOf(event);
    expect([entry?.status, others]).toEqual(['unconfirmed', []]);
    const id = entry?.id ?? '';
    const mails = await rowsOf(
      world.open.db,
      sql`select 1 from deliveries where subject_id = ${id} and template = 'waiting_confirm'`,
    );
    expect(mails).toHaveLength(1);
    expect(await world.ask(`/v1/waiting-list/${id}`, undefined, world.tokenOf(id))).toMatchObject({
      status: 200,
      body: { status: 'unconfirmed', position: null },
    });
    expect((await world.ask(`/v1/waiting-list/${id}`)).status).toBe(404);
    expect((await world.ask(`/v1/waiting-list/${id}`, undefined, bearer('forged'))).status).toBe(404);
    await world.confirm(id);
    const second = await world.wait(event);
    expect((await world.ask(`/v1/waiting-list/${second}`, undefined, world.tokenOf(second))).body).toMatchObject({
      status: 'waiting',
      position: 2,
    });
    const key = await keyFor(world.desk, event.organizer, 'manager');
    const lines = await world.ask(
      `/v1/organizers/${event.organizer.slug}/events/${event.id}/waiting-list`,
      undefined,
      key,
    );
    expect(lines.body.data).toEqual([
      {
        ticketCategoryId: categoryOf(event),
        name: expect.any(String),
        isListed: true,
        waiting: 2,
        tickets: 2,
        waitingSince: expect.stringMatching(/^20.*Z$/),
        offers: { open: 0, taken: 0, lapsed: 0 },
      },
    ]);
  });

  test('shows the desk what became of its offers, and nothing of the people', async () => {
    const event = await world.soldOut(4);
    const names = [someBuyer(), someBuyer(), someBuyer(), someBuyer()];
    for (const buyer of names) await world.wait(event, { buyer });
    await world.giveBack(event, 3);
    expect(await world.offer()).toBe(3);
    const [taken, lapsed] = (await world.entriesOf(event)).map(({ orderId }) => orderId ?? '');
    await pay(world.open.db, taken ?? '');
    await world.open.db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${lapsed}`);
    await expireHolds(world.open);
    const key = await keyFor(world.desk, event.organizer, 'manager');
    const path = `/v1/organizers/${event.organizer.slug}/events/${event.id}/waiting-list`;
    const { body } = await world.ask(path, undefined, key);
    expect(body.data).toMatchObject([{ waiting: 1, tickets: 1, offers: { open: 1, taken: 1, lapsed: 1 } }]);
    for (const { email, name } of names) expect(JSON.stringify(body)).not.toMatch(new RegExp(`${email}|${name}`));
    expect(await world.offer()).toBe(1);
    expect((await world.ask(path, undefined, key)).body.data).toMatchObject([
      { waiting: 0, tickets: 0, waitingSince: null, offers: { open: 2, taken: 1, lapsed: 1 } },
    ]);
    const door = await keyFor(world.desk, event.organizer, 'door');
    expect((await world.ask(path, undefined, door)).status).toBe(403);
    const { organizer } = await createEvent(world.open.db);
    const foreign = `/v1/organizers/${organizer.slug}/events/${event.id}/waiting-list`;
    expect((await world.ask(foreign, undefined, await keyFor(world.desk, organizer, 'manager'))).status).toBe(404);
  });

  test('is refused where there are tickets left, and where the organizer has none', async () => {
    const event = await createEvent(world.open.db, { event: { hasWaitingList: true } });
    expect(await world.join(event)).toMatchObject({ status: 409, body: { code: 'waiting_list.not_needed' } });
    expect(await world.join(event, { quantity: 100 })).toMatchObject({
      status: 409,
      body: { code: 'order.limit_exceeded' },
    });
    await world.open.db.execute(sql`update events set tickets_per_buyer_max = 1 where id = ${event.id}`);
    expect(await world.join(event, { quantity: 2 })).toMatchObject({ body: { code: 'order.limit_exceeded' } });
    const closed = await createEvent(world.open.db, { categories: [{ capacity: 0 }] });
    expect(await world.join(closed)).toMatchObject({ status: 409, body: { code: 'waiting_list.closed' } });
    expect((await world.entriesOf(event)).length + (await world.entriesOf(closed)).length).toBe(0);
  });

  test('offers what returns in order of joining, held for its person, and mails the link', async () => {
    const event = await world.soldOut();
    const first = someBuyer();
    const [one, two] = [await world.wait(event, { buyer: first }), await world.wait(event)];
    expect(await world.offer()).toBe(0);
    await world.giveBack(event, 1);
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(event)).toEqual(['offered', 'waiting']);
    const [entry] = await world.entriesOf(event);
    const [held] = await rowsOf<{ email: string; status: string; seconds: number }>(
      world.open.db,
      sql`
        select buyer_email as email, status, extract(epoch from expires_at - placed_at)::float8 as seconds from orders
        where id = ${entry?.orderId}`,
    );
    expect(held).toMatchObject({ email: first.email, status: 'pending_payment', seconds: offerSeconds });
    const mails = await rowsOf<{ subject: string }>(
      world.open.db,
      sql`select subject_id as subject from deliveries where template = 'places_offered' and event_id = ${event.id}`,
    );
    expect(mails).toEqual([{ subject: one }]);
    expect(await world.offer()).toBe(0);
    expect((await world.ask(`/v1/waiting-list/${one}/departure`, {}, world.tokenOf(one))).status).toBe(204);
    expect(await world.statuses(event)).toEqual(['offered', 'waiting']);
    // An offer that nobody pays passes to the next.
    await world.open.db.execute(
      sql`update orders set expires_at = now() - interval '1 second' where id = ${entry?.orderId}`,
    );
    await expireHolds(world.open);
    expect(await world.offer()).toBe(1);
    expect((await world.entriesOf(event)).find(({ id }) => id === two)?.status).toBe('offered');
  });

  test.each([
    ['when it ends in an hour', '1 hour', 3600],
    ['for the hold of the event at least, when it ends sooner', '1 minute', 1800],
  ])('holds an offer until the sale ends, %s', async (_, left, seconds) => {
    const event = await world.soldOut();
    await world.wait(event);
    await world.giveBack(event, 1);
    await world.open.db.execute(sql`
      update ticket_categories set sale_closes_at = now() + ${left}::interval where event_id = ${event.id}`);
    expect(await world.offer()).toBe(1);
    const [entry] = await world.entriesOf(event);
    const [held] = await rowsOf<{ seconds: number }>(
      world.open.db,
      sql`select extract(epoch from expires_at - placed_at)::float8 as seconds from orders where id = ${entry?.orderId}`,
    );
    expect(held?.seconds).toBeLessThanOrEqual(seconds);
    expect(held?.seconds).toBeGreaterThan(seconds - 60);
  });

  test('keeps returned places from other buyers until nobody waits any more', async () => {
    const event = await world.soldOut();
    const id = await world.wait(event, { quantity: 2 });
    await world.giveBack(event, 1);
    expect(await world.offer()).toBe(0);
    await expect(order(world.deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
    expect(await availabilityOf(world.open.db, event.id)).toMatchObject([{ available: 0 }]);
    expect(await eventStockOf(world.open.db, event.id)).toMatchObject({
      capacity: 3,
      available: 0,
      held: 2,
      blocked: 1,
    });
    expect((await world.ask(`/v1/waiting-list/${id}/departure`, {}, world.tokenOf(id))).status).toBe(204);
    expect((await world.ask(`/v1/waiting-list/${id}`, undefined, world.tokenOf(id))).status).toBe(404);
    expect(await world.offer()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(order(world.deps, event)).resolves.toBeDefined();
  });

  test('offers places to smaller parties while a group does not fit, and the group keeps its place', async () => {
    const event = await world.soldOut(6);
    await world.wait(event, { quantity: 3 });
    await world.wait(event);
    await world.wait(event);
    await world.giveBack(event, 1);
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(event)).toEqual(['waiting', 'offered', 'waiting']);
    await world.giveBack(event, 3);
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(event)).toEqual(['offered', 'offered', 'waiting']);
  });

  test('does not stop the sale of a few places because somebody wants more', async () => {
    const event = await createEvent(world.open.db, { categories: [{ capacity: 2 }], event: { hasWaitingList: true } });
    expect(await world.join(event, { quantity: 3 })).toMatchObject({ status: 409 });
    expect(await world.join(event, { quantity: 2 })).toMatchObject({
      status: 409,
      body: { code: 'waiting_list.not_needed' },
    });
    await expect(order(world.deps, event)).resolves.toBeDefined();
  });

  test('offers each place once when two runs overlap', async () => {
    const event = await world.soldOut(6);
    for (let count = 0; count < 6; count += 1) await world.wait(event);
    await world.giveBack(event, 4);
    await Promise.all([world.offer(), world.offer(), world.offer()]);
    expect(await world.statuses(event)).toEqual(['offered', 'offered', 'offered', 'offered', 'waiting', 'waiting']);
    const orders = await rowsOf(
      world.open.db,
      sql`select 1 from orders where event_id = ${event.id} and status = 'pending_payment'`,
    );
    expect(orders).toHaveLength(6);
  });

  test('any number of turns that fail leave the people behind them their turn', async () => {
    const event = await world.soldOut();
    const last = await world.wait(event);
    const failing = 2 * offersPerRoundMax + 1;
    await world.open.db.execute(sql`
      insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status, joined_at)
      select event_id, 'wtl_failing_' || n, ticket_category_id, pool_id, 1, 'A', 'fails@x.test', 'fails' || n, '+628', 'id', 'waiting', joined_at - interval '1 hour'
      from waiting_entries cross join generate_series(1, ${failing}::integer) n where event_id = ${event.id}`);
    await world.giveBack(event, 1);
    const { placement } = world.desk.deps;
    const submit: typeof placement.submit = (eventId, item) =>
      item.email === 'fails@x.test' ? Promise.reject(new Error('this one fails')) : placement.submit(eventId, item);
    const statusOfLast = async () => (await world.entriesOf(event)).find(({ id }) => id === last)?.status;
    for (let passes = 0; passes < 3; passes += 1) {
      expect(await statusOfLast()).toBe('waiting');
      await expect(offerPlaces({ ...world.desk.deps, placement: { ...placement, submit } })).rejects.toThrow(
        'one fails',
      );
    }
    expect(await statusOfLast()).toBe('offered');
    await world.open.db.execute(sql`delete from waiting_entries where event_id = ${event.id}`);
  });

  test('ends with the event, and the data of its people is deleted; that of an address that nobody confirms, after a day', async () => {
    const event = await world.soldOut();
    await world.wait(event);
    await world.join(event);
    const createdAgo = (hours: number) =>
      world.open.db.execute(sql`
        update waiting_entries set created_at = now() - make_interval(hours => ${hours}) where event_id = ${event.id}`);
    for (const [hours, left] of [
      [confirmWithinHours - 1, 2],
      [confirmWithinHours + 1, 1],
    ] as const) {
      await createdAgo(hours);
      await world.offer();
      expect(await world.entriesOf(event)).toHaveLength(left);
    }
    await world.open.db.execute(sql`
      update events set doors_open_at = now() - interval '3 hours', starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'
      where id = ${event.id}`);
    await world.offer();
    expect(await world.entriesOf(event)).toEqual([]);
  });
});

describe('a race for places that return', () => {
  const hurry = async (event: TestEvent) => {
    const rush = tally(Array.from({ length: 20 }, () => order(world.deps, event)));
    const back = world.giveBack(event, 3).then(world.offer);
    const [counts] = await Promise.all([rush, back]);
    await world.offer();
    return counts['placed'] ?? 0;
  };

  test('control: without the mark on the pool, other buyers get them', async () => {
    const event = await world.soldOut();
    for (let count = 0; count < 3; count += 1) await world.wait(event);
    await world.giveBack(event, 3);
    await world.open.db.execute(sql`update stock set is_listed = false where event_id = ${event.id}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await hurry(event)).toBeGreaterThan(0);
  });

  test('the people who wait get them, and other buyers none', async () => {
    const event = await world.soldOut();
    for (let count = 0; count < 3; count += 1) await world.wait(event);
    expect(await hurry(event)).toBe(0);
    expect(await world.statuses(event)).toEqual(['offered', 'offered', 'offered']);
  });
});
