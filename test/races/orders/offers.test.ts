import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { expireHolds } from '../../../src/orders/index.ts';
import { releaseHold } from '../../../src/orders/lifecycle/end-holds.ts';
import { type OfferDeps, offerPlaces } from '../../../src/orders/waiting-list/offer-places.ts';
import { sha256Hex } from '../../../src/platform/crypto.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, someBuyer } from '../../../testkit/factories.ts';
import { openTestDb, placingDeps } from '../../../testkit/orders/placing.ts';
import { useWaitingWorld } from '../../orders/support/waiting-world.ts';
import { asControl } from '../support/race-database.ts';
import { pay, sleep, withOrder } from '../support/steps.ts';
import { withoutGuard } from '../support/without-guard.ts';

/** Guards offers of a waiting list against whatever happens at the same moment: other rounds, people who leave, payments, second forms. */

vi.setConfig({ testTimeout: 60_000 });

const world = await useWaitingWorld();
const { db } = world.open;
const other = openTestDb(world.url, 6);
afterAll(() => other.close());
/** Two worker processes: each has a lane and a pool of its own. */
const processes: readonly OfferDeps[] = [
  world.desk.deps,
  { ...world.desk.deps, db: other.db, placement: placingDeps(other).placement },
];

const depart = (id: string) => world.ask(`/v1/waiting-list/${id}/departure`, {}, world.tokenOf(id));
const entryOf = async (event: TestEvent, id: string) => (await world.entriesOf(event)).find((entry) => entry.id === id);
const offerMails = async (event: TestEvent) =>
  (
    await rowsOf<{ id: string }>(
      db,
      sql`select subject_id as id from deliveries where template = 'places_offered' and event_id = ${event.id}`,
    )
  ).map(({ id }) => id);

type Submit = OfferDeps['placement']['submit'];
const withSubmit = (deps: OfferDeps, submit: (next: Submit) => Submit): OfferDeps => ({
  ...deps,
  placement: { ...deps.placement, submit: submit(deps.placement.submit) },
});

/** The orders of the people who waited, by the status. */
async function ordersOf(event: TestEvent, emails: readonly string[]) {
  const rows = await rowsOf<{ id: string; email: string; status: string }>(
    db,
    sql`select id, buyer_email as email, status from orders where event_id = ${event.id}`,
  );
  return rows.filter(({ email }) => emails.includes(email));
}

/** Ends the holds that are being closed, as the job does. */
async function closeOrders(event: TestEvent): Promise<void> {
  const closing = await rowsOf<{ id: string }>(
    db,
    sql`select id from orders where event_id = ${event.id} and status = 'closing'`,
  );
  for (const { id } of closing) await withOrder(db, id, releaseHold);
}

describe('a person who leaves', () => {
  test.each([['before'], ['after']])(
    '%s the order of the offer is placed, in the moment of the offer, is told of none, and the places go on to the next',
    async (when) => {
      const event = await world.soldOut();
      const buyer = someBuyer();
      const [first, second] = [await world.wait(event, { buyer }), await world.wait(event)];
      await world.giveBack(event, 1);
      const leaving = withSubmit(world.desk.deps, (next) => async (eventId, item) => {
        const isFirst = item.email === buyer.email;
        if (isFirst && when === 'before') expect((await depart(first)).status).toBe(204);
        const placed = await next(eventId, item);
        if (isFirst && when === 'after') expect((await depart(first)).status).toBe(204);
        return placed;
      });
      await offerPlaces(leaving);
      expect(await entryOf(event, first)).toBeUndefined();
      expect((await ordersOf(event, [buyer.email])).map(({ status }) => status)).toEqual(['closing']);
      await closeOrders(event);
      await world.offer();
      expect((await entryOf(event, second))?.status).toBe('offered');
      expect(await offerMails(event)).toEqual([second]);
    },
  );

  test('after a turn that has failed is off the list, and gets no offer later', async () => {
    const event = await world.soldOut();
    const buyer = someBuyer();
    const id = await world.wait(event, { buyer });
    await world.giveBack(event, 1);
    const fault = new Error('this turn fails');
    const failing = withSubmit(world.desk.deps, () => () => Promise.reject(fault));
    await expect(offerPlaces(failing)).rejects.toBe(fault);
    expect((await entryOf(event, id))?.status).toBe('offering');
    expect((await depart(id)).status).toBe(204);
    expect(await world.entriesOf(event)).toEqual([]);
    await world.offer();
    expect(await ordersOf(event, [buyer.email])).toEqual([]);
  });
});

describe('rounds of two processes at the same moment, while a third of the people leave', () => {
  const [places, people] = [8, 12];

  async function race(keyOf?: () => string) {
    const event = await world.soldOut(people);
    const buyers = Array.from({ length: people }, () => someBuyer());
    const ids: string[] = [];
    for (const buyer of buyers) ids.push(await world.wait(event, { buyer }));
    await world.giveBack(event, places);
    const rounds = [...processes, ...processes].map((deps) =>
      offerPlaces(
        keyOf === undefined
          ? deps
          : withSubmit(deps, (next) => (eventId, item) => next(eventId, { ...item, key_hash: keyOf() })),
      ),
    );
    const left = ids.filter((_, place) => place % 3 === 0);
    const departures = left.map((id) => sleep(Math.random() * 60).then(() => depart(id)));
    for (const { status } of await Promise.all(departures)) expect(status).toBe(204);
    await Promise.all(rounds);
    return { event, ids, left, emails: buyers.map(({ email }) => email) };
  }

  test('each person gets one order at most, whoever left is told of none, and all places are offered', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { event, left, emails } = await race();
      const own = await ordersOf(event, emails);
      expect(new Set(own.map(({ email }) => email)).size).toBe(own.length);
      await closeOrders(event);
      await world.offer();
      const entries = await world.entriesOf(event);
      const offered = entries.filter(({ status }) => status === 'offered');
      expect(offered).toHaveLength(Math.min(places, entries.length));
      expect((await offerMails(event)).toSorted()).toEqual(offered.map(({ id }) => id).toSorted());
      const gone = left.filter((id) => !entries.some((entry) => entry.id === id));
      const stays = new Set(entries.map(({ email }) => email));
      const held = (await ordersOf(event, emails)).filter(({ status }) => status === 'pending_payment');
      expect(held.filter(({ email }) => !stays.has(email))).toEqual([]);
      expect(gone.length + entries.length).toBe(people);
    }
  });

  test('control: with a key for each order instead of each person, some get two', asControl, async () => {
    const { event, emails } = await race(() => sha256Hex(randomUUID()));
    const own = await ordersOf(event, emails);
    expect(new Set(own.map(({ email }) => email)).size).toBeLessThan(own.length);
  });
});

describe('offers that end while their people pay, and more people wait', () => {
  const places = 20;
  const [spreadMs, aroundMs] = [400, 60];

  async function race(roundEveryMs: number) {
    const event = await world.soldOut(places);
    for (let count = 0; count < 2 * places; count += 1) await world.wait(event);
    await world.giveBack(event, places);
    expect(await world.offer()).toBe(places);
    const ids = (await world.entriesOf(event)).flatMap(({ orderId }) => orderId ?? []);
    await db.execute(sql`
      update orders o set expires_at = clock_timestamp() + make_interval(secs => h.n * ${spreadMs / 1000 / places}::float8)
      from unnest(${sql.param(`{${ids.join(',')}}`)}::text[]) with ordinality as h(id, n) where o.id = h.id`);
    const until = performance.now() + spreadMs + 3 * aroundMs;
    const repeat = async (act: () => Promise<unknown>, pauseMs: number) => {
      for (; performance.now() < until; await sleep(pauseMs)) await act();
    };
    const told = new Map<string, string>();
    await Promise.all([
      ...ids.map(async (id, place) => {
        await sleep((spreadMs * (place + 1)) / places + aroundMs * (2 * Math.random() - 1));
        told.set(id, await pay(db, id));
      }),
      ...[0, 1].map(() => repeat(() => expireHolds({ db }), 5)),
      ...processes.map((deps) => repeat(() => offerPlaces(deps), roundEveryMs)),
    ]);
    await expireHolds({ db });
    await world.offer();
    return { event, ids, told };
  }

  test('each place is paid by its person or offered to the next, and nobody who pays late passes the line', async () => {
    const { event, ids, told } = await race(10);
    const paid = ids.filter((id) => told.get(id) === 'paid');
    expect([...told.values()].filter((outcome) => outcome !== 'paid' && outcome !== 'no_stock')).toEqual([]);
    const live = await rowsOf<{ id: string; status: string; tickets: number }>(
      db,
      sql`select id, status, (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as tickets
          from orders o where event_id = ${event.id} and status in ('paid', 'pending_payment')`,
    );
    expect(live).toHaveLength(places);
    expect(live.filter(({ status }) => status === 'paid').map(({ id, tickets }) => [id, tickets])).toEqual(
      expect.arrayContaining(paid.map((id) => [id, 1])),
    );
    expect(live.filter(({ status }) => status === 'paid')).toHaveLength(paid.length);
    const offers = (await world.entriesOf(event)).filter(({ status }) => status === 'offered');
    expect(offers).toHaveLength(places + (places - paid.length));
  });

  test(
    'control: if ended orders take places that people wait for, late payments pass the line',
    asControl,
    async () => {
      await withoutGuard(world.directUrl, 'can_take_again', [[' or s.is_listed', '']]);
      const { told } = await race(100);
      expect([...told.values()]).toContain('paid_late');
    },
  );
});

describe('a person who sends two forms for groups of different size, and opens both links at once', () => {
  test('waits once, with one of the two sizes', async () => {
    const event = await world.soldOut();
    for (let round = 0; round < 10; round += 1) {
      const buyer = someBuyer();
      const forms = await Promise.all([1, 2, 1].map((quantity) => world.join(event, { buyer, quantity })));
      expect(forms.map(({ status }) => status)).toEqual([202, 202, 202]);
      const links = (await world.entriesOf(event)).filter(({ email }) => email === buyer.email);
      const opened = await Promise.all([...links, ...links].map(({ id }) => world.confirm(id)));
      expect(opened.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
      const kept = (await world.entriesOf(event)).filter(({ email }) => email === buyer.email);
      expect(kept.map(({ status }) => status)).toEqual(['waiting']);
    }
  });

  test('control: looked for before it is written, both wait', asControl, async () => {
    const own = openTestDb(world.directUrl, 4);
    try {
      await own.db.execute(sql`create table if not exists control_entries (email_key text, n integer, status text)`);
      await own.db.execute(sql`truncate control_entries`);
      await own.db.execute(sql`insert into control_entries values ('a', 1, 'unconfirmed'), ('a', 2, 'unconfirmed')`);
      const open = async (n: number) => {
        const waiting = await rowsOf(own.db, sql`select from control_entries where status = 'waiting'`);
        await sleep(20);
        if (waiting.length === 0)
          await own.db.execute(sql`update control_entries set status = 'waiting' where n = ${n}`);
      };
      await Promise.all([open(1), open(2)]);
      expect(await rowsOf(own.db, sql`select n from control_entries where status = 'waiting'`)).toHaveLength(2);
    } finally {
      await own.close();
    }
  });
});
