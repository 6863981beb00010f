import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { expireHolds, lockOrder, payOrder } from '../../../src/orders/index.ts';
import { indexOrders } from '../../../src/orders/search/index-orders.ts';
import { isEventAhead } from '../../../src/payments/order-queries.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { keyFor } from '../../../testkit/orders/order-desk.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { sellOrder, soldTicket } from '../../../testkit/orders/sold-order.ts';
import { categoryOf, useWaitingWorld } from '../support/waiting-world.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** A postponed event has no date: when its old one passes, nothing that depends on the date is over. */

const world = await useWaitingWorld();
const { open, deps, desk } = world;

const newEvent = () =>
  createEvent(open.db, { categories: [{ capacity: 9 }], event: { refundableUntilHours: 24, hasWaitingList: true } });

const passOldDate = ({ id }: TestEvent, isPostponed: boolean) =>
  open.db.execute(sql`
    update events set doors_open_at = now() - interval '60 days', starts_at = now() - interval '60 days', ends_at = now() - interval '59 days',
      sales = 'closed', postponed_at = case when ${isPostponed}::boolean then now() - interval '61 days' end
    where id = ${id}`);

/** What can be done until the event is over. Each prepares its event, and returns what is tried after the old date. */
const acts: Readonly<Record<string, (event: TestEvent) => Promise<() => Promise<boolean>>>> = {
  'a ticket is given to somebody': async (event) => {
    const sold = await sellOrder({ open, deps, desk }, event);
    const holder = { name: 'Budi', email: someBuyer().email };
    return async () => {
      const { body } = await world.ask(`/v1/orders/${sold.id}/transfers`, undefined, sold.headers);
      const ticketId = soldTicket(sold, 1);
      const { status } = await world.ask(`/v1/orders/${sold.id}/transfers`, { ticketId, holder }, sold.headers);
      return body.isOpen === true && status === 204;
    };
  },
  'a buyer cancels a paid order': async (event) => {
    const sold = await sellOrder({ open, deps, desk }, event);
    return async () => (await world.ask(`/v1/orders/${sold.id}/cancellation`, {}, { ...sold.headers })).status < 300;
  },
  'the desk gives tickets away': async (event) => {
    const headers = { ...(await keyFor(desk, event.organizer, 'manager')), 'idempotency-key': randomUUID() };
    const path = `/v1/organizers/${event.organizer.slug}/events/${event.id}/complimentary-orders`;
    const given = { buyer: someBuyer(), lines: [{ ticketCategoryId: categoryOf(event), quantity: 1 }], locale: 'id' };
    return async () => (await world.ask(path, given, headers)).status === 201;
  },
  'money comes after the hold has ended': async (event) => {
    const { order: placed } = await order(deps, event);
    await open.db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${placed.id}`);
    await expireHolds(open);
    return () =>
      transaction(open.db, async (tx) => {
        const locked = await lockOrder(tx, event.id, placed.id);
        return locked !== undefined && (await payOrder(tx, locked)) === 'paid_late';
      });
  },
  'places of a refund go on sale again': (event) => Promise.resolve(() => isEventAhead(open.db, event.id)),
  'an order comes into the search of the desk': async (event) => {
    const { order: placed } = await order(deps, event);
    return async () => {
      await indexOrders({ db: open.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
      return (await rowsOf(open.db, sql`select from order_searches where order_id = ${placed.id}`)).length === 1;
    };
  },
  'a person stays in the waiting list': async (event) => {
    await open.db.execute(sql`update stock set available = 0, sold = 9 where event_id = ${event.id}`);
    await world.wait(event);
    await open.db.execute(sql`update stock set available = 9, sold = 0 where event_id = ${event.id}`);
    return async () => {
      await world.offer();
      return (await world.statuses(event)).length === 1;
    };
  },
};

test.each(Object.entries(acts))('%s while the event is postponed; control: not once it is over', async (_, prepare) => {
  const [postponed, over] = [await newEvent(), await newEvent()];
  const [whenPostponed, whenOver] = [await prepare(postponed), await prepare(over)];
  await passOldDate(postponed, true);
  await passOldDate(over, false);
  expect([await whenPostponed(), await whenOver()]).toEqual([true, false]);
});
