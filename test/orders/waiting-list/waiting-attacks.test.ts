import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { messagesPerHourMax } from '../../../src/notifications/deliveries/caps.ts';
import { entriesPerEventMax, poolsPerRoundMax } from '../../../src/orders/waiting-list/limits.ts';
import { offerPlaces } from '../../../src/orders/waiting-list/offer-places.ts';
import { availabilityOf } from '../../../src/orders/pools/queries.ts';
import { lockOrder, payOrder } from '../../../src/orders/index.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { serviceOverloaded } from '../../../src/platform/errors.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { categoryOf, useWaitingWorld } from '../support/waiting-world.ts';

/** Tries to take somebody else's place in a waiting list, and to stop a sale with it. */

const world = await useWaitingWorld();

describe('a form that somebody else sends with the address of a person', () => {
  const entryOf = async (event: TestEvent, phone: string) =>
    (await world.entriesOf(event)).find((entry) => entry.phone === phone);

  test.each(['before', 'after'])('%s the own one changes nothing of what the own link confirms', async (when) => {
    const event = await world.soldOut();
    const own = someBuyer();
    const forged = { ...own, phone: someBuyer().phone };
    for (const buyer of when === 'before' ? [forged, own] : [own, forged])
      expect((await world.join(event, { buyer, quantity: buyer === own ? 1 : 2 })).status).toBe(202);
    const [entry, other] = [await entryOf(event, own.phone), await entryOf(event, forged.phone)];
    expect(entry?.id).not.toBe(other?.id);
    const id = entry?.id ?? '';
    await world.confirm(id);
    expect(await entryOf(event, forged.phone)).toBeUndefined();
    expect((await world.confirm(other?.id ?? '')).status).toBe(404);
    expect((await world.join(event, { buyer: forged })).status).toBe(202);
    expect(await entryOf(event, forged.phone)).toBeUndefined();
    await world.giveBack(event, 1);
    expect(await world.offer()).toBe(1);
    const orders = await rowsOf(
      world.open.db,
      sql`select quantity, buyer_phone as phone from orders where event_id = ${event.id} and buyer_email = ${own.email}`,
    );
    expect(orders).toEqual([{ quantity: 1, phone: own.phone }]);
  });

  test('makes no entries beyond the mails that the address may be sent, and ends none', async () => {
    const event = await world.soldOut();
    const own = someBuyer();
    await world.join(event, { buyer: own });
    for (let sent = 0; sent < 8; sent += 1)
      expect((await world.join(event, { buyer: { ...own, phone: someBuyer().phone } })).status).toBe(202);
    expect((await world.entriesOf(event)).length).toBe(messagesPerHourMax.email.waiting_confirms);
    expect(await entryOf(event, own.phone)).toMatchObject({ status: 'unconfirmed' });
  });
});

test('any number of forms with addresses that nobody confirms keeps nobody out; confirmed ones fill the list', async () => {
  const event = await world.soldOut();
  const fill = (status: string) =>
    world.open.db.execute(sql`
      insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status, joined_at)
      select ${event.id}, ${`wtl_${status}_`} || n, ${categoryOf(event)}, ${event.categories[0]?.poolId ?? ''}, 1, 'A', 'a@x.test',
        ${status} || n, '+628', 'id', ${status}, case when ${status} = 'waiting' then now() end
      from generate_series(1, ${entriesPerEventMax}::integer) n`);
  await fill('unconfirmed');
  const buyer = someBuyer();
  expect((await world.join(event, { buyer })).status).toBe(202);
  const own = (await world.entriesOf(event)).find(({ email }) => email === buyer.email);
  await fill('waiting');
  const full = { status: 409, body: { code: 'waiting_list.full' } };
  expect(await world.join(event)).toMatchObject(full);
  expect(await world.confirm(own?.id ?? '')).toMatchObject(full);
  await world.open.db.execute(sql`delete from waiting_entries where event_id = ${event.id} and id = 'wtl_waiting_1'`);
  expect(await world.confirm(own?.id ?? '')).toMatchObject({ status: 200, body: { position: entriesPerEventMax } });
  await world.open.db.execute(sql`delete from waiting_entries where event_id = ${event.id}`);
});

describe('a place in the line', () => {
  test('is not passed by money that comes after the hold has ended; control: it takes a place that nobody waits for', async () => {
    const event = await world.soldOut();
    const unpaid = await rowsOf<{ id: string }>(
      world.open.db,
      sql`select id from orders where event_id = ${event.id} order by placed_at`,
    );
    const payNext = () =>
      transaction(world.open.db, async (tx) => {
        const locked = await lockOrder(tx, event.id, unpaid.shift()?.id ?? '');
        return locked && payOrder(tx, locked);
      });
    await world.giveBack(event, 1);
    expect(await payNext()).toBe('paid_late');
    const group = await world.wait(event, { quantity: 2 });
    await world.wait(event);
    await world.giveBack(event, 1);
    expect(await payNext()).toBe('no_stock');
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(event)).toEqual(['waiting', 'offered']);
    // The place is free, and kept for the group that it is too small for.
    await world.giveBack(event, 1);
    expect(await payNext()).toBe('no_stock');
    expect((await world.ask(`/v1/waiting-list/${group}`, undefined, world.tokenOf(group))).body.position).toBe(1);
  });

  test('cannot be taken while the category is on free sale, so that a link that was kept ends no sale', async () => {
    const event = await world.soldOut();
    expect((await world.join(event)).status).toBe(202);
    const [entry] = await world.entriesOf(event);
    const id = entry?.id ?? '';
    await world.giveBack(event, 2);
    expect(await world.confirm(id)).toMatchObject({ status: 409, body: { code: 'waiting_list.not_needed' } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await order(world.deps, event);
    await order(world.deps, event);
    expect(await world.confirm(id)).toMatchObject({ status: 200, body: { status: 'waiting', position: 1 } });
  });

  test('of a category that is not sold now holds up nobody who waits for another one of the pool', async () => {
    const event = await createEvent(world.open.db, {
      categories: [{ capacity: 3 }, { pool: 0 }],
      event: { hasWaitingList: true },
    });
    const [early = '', regular = ''] = event.categories.map(({ id }) => id);
    for (let place = 0; place < 3; place += 1) await order(world.deps, event);
    await world.wait(event);
    await world.wait({ ...event, categories: event.categories.slice(1) });
    await world.giveBack(event, 1);
    await world.open.db.execute(
      sql`update ticket_categories set status = 'closed' where event_id = ${event.id} and id = ${early}`,
    );
    expect(await world.offer()).toBe(1);
    const offered = await rowsOf(
      world.open.db,
      sql`select ticket_category_id as id from waiting_entries where event_id = ${event.id} and status = 'offered'`,
    );
    expect(offered).toEqual([{ id: regular }]);
    const closesIn = (time: string) =>
      world.open.db.execute(sql`
        update ticket_categories set status = 'on_sale', sale_closes_at = now() + ${time}::interval
        where event_id = ${event.id} and id = ${early}`);
    // While its sale is over, the pool is on free sale. The person keeps the place in case it goes on.
    await closesIn('-1 second');
    await world.giveBack(event, 1);
    await world.offer();
    expect(await world.statuses(event)).toEqual(['waiting', 'offered']);
    expect(await availabilityOf(world.open.db, event.id)).toMatchObject([{ available: 1 }, { available: 1 }]);
    await closesIn('1 hour');
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(event)).toEqual(['offered', 'offered']);
  });

  test.each([
    [
      'that has ended',
      'ticket_categories',
      sql`sale_closes_at = now() - interval '1 second'`,
      sql`sale_closes_at = now() + interval '1 hour'`,
    ],
    ['that is paused', 'ticket_categories', sql`status = 'closed'`, sql`status = 'on_sale'`],
    ['of an event whose sales are closed', 'events', sql`sales = 'closed'`, sql`sales = 'open'`],
  ])('is not passed in the first moment when a sale goes on %s', async (_, table, end, goOn) => {
    const event = await world.soldOut();
    await world.wait(event);
    const id = sql.identifier(table === 'events' ? 'id' : 'event_id');
    const set = (change: ReturnType<typeof sql>) =>
      world.open.db.execute(sql`update ${sql.identifier(table)} set ${change} where ${id} = ${event.id}`);
    await set(end);
    expect(await world.join(event)).toMatchObject({ status: 409, body: { code: 'waiting_list.closed' } });
    await world.giveBack(event, 1);
    expect(await world.offer()).toBe(0);
    await set(goOn);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(order(world.deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(event)).toEqual(['offered']);
  });

  test('of a category that is not sold now does not end the sale of another one of the pool', async () => {
    const event = await createEvent(world.open.db, {
      categories: [{ capacity: 2 }, { pool: 0 }],
      event: { hasWaitingList: true },
    });
    const early = categoryOf(event);
    const regular = { ...event, categories: event.categories.slice(1) };
    await order(world.deps, event);
    await order(world.deps, event);
    await world.wait(event);
    const set = (status: string) =>
      world.open.db.execute(
        sql`update ticket_categories set status = ${status} where event_id = ${event.id} and id = ${early}`,
      );
    await set('closed');
    await world.giveBack(event, 2);
    expect(await world.offer()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(order(world.deps, regular)).resolves.toBeDefined();
    await set('on_sale');
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(event)).toEqual(['offered']);
  });
});

describe('lines that cannot move, of any number of pools', () => {
  /** In each pool one place is free, and a pair waits. */
  async function stuckLines(): Promise<TestEvent> {
    const event = await createEvent(world.open.db, { categories: [{ capacity: 1 }], event: { hasWaitingList: true } });
    await world.open.db.execute(sql`
      with more as (
        insert into pools (event_id, id, name)
        select ${event.id}, 'pol_stuck_' || n, 'Pool' from generate_series(1, ${poolsPerRoundMax}::integer) n returning event_id, id
      ), stocks as (
        insert into stock (event_id, pool_id, capacity, available, is_listed) select event_id, id, 1, 1, true from more
      )
      insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status, joined_at)
      select event_id, 'wtl_' || id, ${categoryOf(event)}, id, 2, 'A', 'a@x.test', id, '+628', 'id', 'waiting', now() from more`);
    return event;
  }

  test('hold up neither the offers nor the end of the lines of other events', async () => {
    const before = await stuckLines();
    const event = await world.soldOut();
    const id = await world.wait(event);
    const other = await world.soldOut();
    const otherId = await world.wait(other);
    const after = await stuckLines();
    await world.giveBack(event, 1);
    expect(await world.offer()).toBe(1);
    expect((await world.entriesOf(event)).find((entry) => entry.id === id)?.status).toBe('offered');
    expect((await world.ask(`/v1/waiting-list/${otherId}/departure`, {}, world.tokenOf(otherId))).status).toBe(204);
    await world.offer();
    const listed = await rowsOf(
      world.open.db,
      sql`select event_id from stock where is_listed and event_id in (${event.id}, ${other.id})`,
    );
    expect(listed).toEqual([]);
    await world.open.db.execute(sql`delete from waiting_entries where event_id in (${before.id}, ${after.id})`);
  });

  test('a line whose orders cannot be placed holds up no other one', async () => {
    const [broken, other] = [await world.soldOut(), await world.soldOut()].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (broken === undefined || other === undefined) throw new Error('two events were made');
    for (const event of [broken, other]) {
      await world.wait(event);
      await world.giveBack(event, 1);
    }
    const { placement } = world.desk.deps;
    const submit: typeof placement.submit = (eventId, item) =>
      eventId === broken.id ? Promise.reject(new Error('the lane is full')) : placement.submit(eventId, item);
    await expect(offerPlaces({ ...world.desk.deps, placement: { ...placement, submit } })).rejects.toThrow(
      'lane is full',
    );
    expect(await world.statuses(other)).toEqual(['offered']);
    expect(await world.offer()).toBe(1);
    expect(await world.statuses(broken)).toEqual(['offered']);
  });

  test.each([
    ['a turn that fails is passed, and keeps its place', new Error('this one fails'), ['offering', 'offered']],
    ['a busy service ends the turns of the line, and none is passed', serviceOverloaded(1), ['offering', 'waiting']],
  ])('%s', async (_what, fault, statuses) => {
    const event = await world.soldOut();
    const first = await world.wait(event);
    await world.wait(event);
    await world.giveBack(event, 1);
    const { placement } = world.desk.deps;
    const { email } = (await world.entriesOf(event)).find(({ id }) => id === first) ?? { email: '' };
    const submit: typeof placement.submit = (eventId, item) =>
      item.email === email ? Promise.reject(fault) : placement.submit(eventId, item);
    await expect(offerPlaces({ ...world.desk.deps, placement: { ...placement, submit } })).rejects.toBe(fault);
    expect(await world.statuses(event)).toEqual(statuses);
    await world.giveBack(event, 2);
    await world.offer();
    expect(await world.statuses(event)).toEqual(['offered', 'offered']);
  });
});
