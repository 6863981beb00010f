import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { waitingAccessToken } from '../../../src/access/buyers/waiting-token.ts';
import { expireHolds } from '../../../src/orders/lifecycle/end-holds.ts';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import { availabilityOf, eventStockOf } from '../../../src/orders/pools/queries.ts';
import { offerSeconds } from '../../../src/orders/waiting-list/limits.ts';
import { offerPlaces } from '../../../src/orders/waiting-list/offer-places.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type OrderDesk, bearer, json, keyFor, openDesk, pay } from '../../../testkit/orders/order-desk.ts';
import { order, tally } from '../../../testkit/orders/placing.ts';
import { useOrderDatabase } from '../support/order-database.ts';

/** Guards that places which return are offered in the order of joining, and that nobody passes the line. */

const { open, deps } = await useOrderDatabase();
let desk: OrderDesk;
beforeEach(() => {
  desk = openDesk(open);
});
afterAll(async () => {
  const findings = await Promise.all(orderInvariants.map((invariant) => invariant.find(open.db)));
  expect(findings.flat()).toEqual([]);
});

type Buyer = ReturnType<typeof someBuyer>;

async function soldOut(capacity = 3, more: { price?: number } = {}): Promise<TestEvent> {
  const event = await createEvent(open.db, { categories: [{ capacity, ...more }], event: { hasWaitingList: true } });
  for (let place = 0; place < capacity; place += 1) await order(deps, event);
  return event;
}

const categoryOf = (event: TestEvent) => event.categories[0]?.id ?? '';

async function ask(path: string, body?: unknown, headers: Record<string, string> = {}) {
  const request = body === undefined ? { headers } : json(body);
  const answer = await desk.app.request(path, { ...request, headers: { ...request.headers, ...headers } });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

const join = (event: TestEvent, { buyer = someBuyer(), quantity = 1 }: { buyer?: Buyer; quantity?: number } = {}) =>
  ask(`/v1/events/${event.slug}/waiting-list`, { ticketCategoryId: categoryOf(event), quantity, buyer });

const entriesOf = (event: TestEvent) =>
  rowsOf<{ id: string; email: string; status: string; orderId: string | null }>(
    open.db,
    sql`select id, email, status, order_id as "orderId" from waiting_entries where event_id = ${event.id} order by joined_at nulls last, id`,
  );
const tokenOf = (id: string) => bearer(waitingAccessToken(desk.deps.config.ORDER_TOKEN_SECRET, id));

/** Joins and opens the link of the mail. @returns the entry's id */
async function wait(event: TestEvent, of: { buyer?: Buyer; quantity?: number } = {}): Promise<string> {
  const buyer = of.buyer ?? someBuyer();
  expect((await join(event, { ...of, buyer })).status).toBe(202);
  const id = (await entriesOf(event)).find((entry) => entry.status === 'unconfirmed')?.id ?? '';
  expect((await ask(`/v1/waiting-list/${id}/confirmation`, {}, tokenOf(id))).status).toBe(200);
  return id;
}

/** Ends so many holds of the event at once, as the sweeper does. */
async function giveBack(event: TestEvent, count: number): Promise<void> {
  await open.db.execute(sql`
    update orders set expires_at = now() - interval '1 second' where event_id = ${event.id} and id in (
      select id from orders where event_id = ${event.id} and status = 'pending_payment' order by placed_at limit ${count})`);
  await expireHolds(open);
}

const offer = () => offerPlaces(desk.deps);
const statuses = async (event: TestEvent) => (await entriesOf(event)).map(({ status }) => status);

describe('the waiting list', () => {
  test('accepts people when the category is sold out, once per address, by the link in the mail', async () => {
    const event = await soldOut();
    const buyer = someBuyer();
    expect((await join(event, { buyer })).status).toBe(202);
    expect((await join(event, { buyer })).status).toBe(202);
    const [entry, ...others] = await entriesOf(event);
    expect([entry?.status, others]).toEqual(['unconfirmed', []]);
    const id = entry?.id ?? '';
    const mails = await rowsOf(
      open.db,
      sql`select 1 from deliveries where subject_id = ${id} and template = 'waiting_confirm'`,
    );
    expect(mails).toHaveLength(1);
    expect(await ask(`/v1/waiting-list/${id}`, undefined, tokenOf(id))).toMatchObject({
      status: 200,
      body: { status: 'unconfirmed', position: null },
    });
    expect((await ask(`/v1/waiting-list/${id}`)).status).toBe(404);
    expect((await ask(`/v1/waiting-list/${id}`, undefined, bearer('forged'))).status).toBe(404);
    await ask(`/v1/waiting-list/${id}/confirmation`, {}, tokenOf(id));
    const second = await wait(event);
    expect((await ask(`/v1/waiting-list/${second}`, undefined, tokenOf(second))).body).toMatchObject({
      status: 'waiting',
      position: 2,
    });
    const key = await keyFor(desk, event.organizer, 'manager');
    const lines = await ask(`/v1/organizers/${event.organizer.slug}/events/${event.id}/waiting-list`, undefined, key);
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
    const event = await soldOut(4);
    const names = [someBuyer(), someBuyer(), someBuyer(), someBuyer()];
    for (const buyer of names) await wait(event, { buyer });
    await giveBack(event, 3);
    expect(await offer()).toBe(3);
    const [taken, lapsed] = (await entriesOf(event)).map(({ orderId }) => orderId ?? '');
    await pay(open.db, taken ?? '');
    await open.db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${lapsed}`);
    await expireHolds(open);
    const key = await keyFor(desk, event.organizer, 'manager');
    const path = `/v1/organizers/${event.organizer.slug}/events/${event.id}/waiting-list`;
    const { body } = await ask(path, undefined, key);
    expect(body.data).toMatchObject([{ waiting: 1, tickets: 1, offers: { open: 1, taken: 1, lapsed: 1 } }]);
    for (const { email, name } of names) expect(JSON.stringify(body)).not.toMatch(new RegExp(`${email}|${name}`));
    expect(await offer()).toBe(1);
    expect((await ask(path, undefined, key)).body.data).toMatchObject([
      { waiting: 0, tickets: 0, waitingSince: null, offers: { open: 2, taken: 1, lapsed: 1 } },
    ]);
    const door = await keyFor(desk, event.organizer, 'door');
    expect((await ask(path, undefined, door)).status).toBe(403);
    const { organizer } = await createEvent(open.db);
    const foreign = `/v1/organizers/${organizer.slug}/events/${event.id}/waiting-list`;
    expect((await ask(foreign, undefined, await keyFor(desk, organizer, 'manager'))).status).toBe(404);
  });

  test('is refused where there are tickets left, and where the organizer has none', async () => {
    const event = await createEvent(open.db, { event: { hasWaitingList: true } });
    expect(await join(event)).toMatchObject({ status: 409, body: { code: 'waiting_list.not_needed' } });
    expect(await join(event, { quantity: 100 })).toMatchObject({ status: 409, body: { code: 'order.limit_exceeded' } });
    const closed = await createEvent(open.db, { categories: [{ capacity: 0 }] });
    expect(await join(closed)).toMatchObject({ status: 409, body: { code: 'waiting_list.closed' } });
    expect((await entriesOf(event)).length + (await entriesOf(closed)).length).toBe(0);
  });

  test('offers what returns in order of joining, held for its person, and mails the link', async () => {
    const event = await soldOut();
    const first = someBuyer();
    const [one, two] = [await wait(event, { buyer: first }), await wait(event)];
    expect(await offer()).toBe(0);
    await giveBack(event, 1);
    expect(await offer()).toBe(1);
    expect(await statuses(event)).toEqual(['offered', 'waiting']);
    const [entry] = await entriesOf(event);
    const [held] = await rowsOf<{ email: string; status: string; seconds: number }>(
      open.db,
      sql`
        select buyer_email as email, status, extract(epoch from expires_at - placed_at)::float8 as seconds from orders
        where id = ${entry?.orderId}`,
    );
    expect(held).toMatchObject({ email: first.email, status: 'pending_payment', seconds: offerSeconds });
    const mails = await rowsOf<{ subject: string }>(
      open.db,
      sql`select subject_id as subject from deliveries where template = 'places_offered' and event_id = ${event.id}`,
    );
    expect(mails).toEqual([{ subject: one }]);
    expect(await offer()).toBe(0);
    // An offer that nobody pays passes to the next.
    await open.db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${entry?.orderId}`);
    await expireHolds(open);
    expect(await offer()).toBe(1);
    expect((await entriesOf(event)).find(({ id }) => id === two)?.status).toBe('offered');
  });

  test('keeps returned places from other buyers until nobody waits any more', async () => {
    const event = await soldOut();
    const id = await wait(event, { quantity: 2 });
    await giveBack(event, 1);
    expect(await offer()).toBe(0);
    await expect(order(deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
    expect(await availabilityOf(open.db, event.id)).toMatchObject([{ available: 0 }]);
    expect(await eventStockOf(open.db, event.id)).toMatchObject({ capacity: 3, available: 0, held: 2, blocked: 1 });
    expect((await ask(`/v1/waiting-list/${id}/departure`, {}, tokenOf(id))).status).toBe(204);
    expect((await ask(`/v1/waiting-list/${id}`, undefined, tokenOf(id))).status).toBe(404);
    expect(await offer()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(order(deps, event)).resolves.toBeDefined();
  });

  test('offers places to smaller parties while a group does not fit, and the group keeps its place', async () => {
    const event = await soldOut(6);
    await wait(event, { quantity: 3 });
    await wait(event);
    await wait(event);
    await giveBack(event, 1);
    expect(await offer()).toBe(1);
    expect(await statuses(event)).toEqual(['waiting', 'offered', 'waiting']);
    await giveBack(event, 3);
    expect(await offer()).toBe(1);
    expect(await statuses(event)).toEqual(['offered', 'offered', 'waiting']);
  });

  test('does not stop the sale of a few places because somebody wants more', async () => {
    const event = await createEvent(open.db, { categories: [{ capacity: 2 }], event: { hasWaitingList: true } });
    expect(await join(event, { quantity: 3 })).toMatchObject({ status: 409 });
    expect(await join(event, { quantity: 2 })).toMatchObject({
      status: 409,
      body: { code: 'waiting_list.not_needed' },
    });
    await expect(order(deps, event)).resolves.toBeDefined();
  });

  test('offers each place once when two runs overlap', async () => {
    const event = await soldOut(6);
    for (let count = 0; count < 6; count += 1) await wait(event);
    await giveBack(event, 4);
    await Promise.all([offer(), offer(), offer()]);
    expect(await statuses(event)).toEqual(['offered', 'offered', 'offered', 'offered', 'waiting', 'waiting']);
    const orders = await rowsOf(
      open.db,
      sql`select 1 from orders where event_id = ${event.id} and status = 'pending_payment'`,
    );
    expect(orders).toHaveLength(6);
  });

  test('ends with the event, and the data of its people is deleted', async () => {
    const event = await soldOut();
    await wait(event);
    await open.db.execute(sql`
      update events set doors_open_at = now() - interval '3 hours', starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'
      where id = ${event.id}`);
    await offer();
    expect(await entriesOf(event)).toEqual([]);
  });
});

describe('a race for places that return', () => {
  const hurry = async (event: TestEvent) => {
    const rush = tally(Array.from({ length: 20 }, () => order(deps, event)));
    const back = giveBack(event, 3).then(offer);
    const [counts] = await Promise.all([rush, back]);
    await offer();
    return counts['placed'] ?? 0;
  };

  test('control: without the mark on the pool, other buyers get them', async () => {
    const event = await soldOut();
    for (let count = 0; count < 3; count += 1) await wait(event);
    await giveBack(event, 3);
    await open.db.execute(sql`update stock set is_listed = false where event_id = ${event.id}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await hurry(event)).toBeGreaterThan(0);
  });

  test('the people who wait get them, and other buyers none', async () => {
    const event = await soldOut();
    for (let count = 0; count < 3; count += 1) await wait(event);
    expect(await hurry(event)).toBe(0);
    expect(await statuses(event)).toEqual(['offered', 'offered', 'offered']);
  });
});
