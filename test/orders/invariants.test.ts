import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderInvariants } from '../../src/orders/invariants.ts';
import type { PlaceOrderDeps } from '../../src/orders/placement/place-order.ts';
import type { Db, OpenDb } from '../../src/platform/database/db.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../../testkit/factories.ts';
import { pay } from '../../testkit/orders/order-desk.ts';
import { openTestDb, order, placingDeps } from '../../testkit/orders/placing.ts';

/** A season of orders in every state, on which each truth holds; then one row at a time is falsified. */

let database: TestDatabase;
let open: OpenDb;
let owner: OpenDb;
let deps: PlaceOrderDeps;
let event: TestEvent;
let promoCodeId: string;
const ids = { pending: '', closing: '', paid: '', partial: '', refunded: '', expired: '', cancelled: '' };

beforeAll(async () => {
  database = await createTestDatabase();
  open = openTestDb(database.url);
  owner = openTestDb(database.directUrl, 1);
  deps = placingDeps(open);
  event = await createEvent(open.db, {
    event: { ticketsPerBuyerMax: 10 },
    categories: [{ capacity: 50, perBuyerMax: 8 }, { pool: 0 }, { capacity: 30, perBuyerMax: 5 }],
  });
  promoCodeId = await createPromoCode(open.db, event, { code: 'HEMAT', redemptionsMax: 5 });
  await placeSeason();
});
afterAll(async () => {
  await open.close();
  await owner.close();
  await database.close();
});

async function placeSeason(): Promise<void> {
  const { db } = open;
  const buyer = someBuyer();
  const lines = event.categories.map((category, index) => ({
    ticketCategoryId: category.id,
    quantity: index === 1 ? 2 : 1,
  }));
  for (const name of Object.keys(ids) as (keyof typeof ids)[]) {
    const own = name === 'pending' || name === 'paid' ? { buyer } : {};
    const promo = name === 'pending' || name === 'cancelled' ? { promoCode: 'HEMAT' } : {};
    ids[name] = (await order(deps, event, { lines, ...own, ...promo })).order.id;
  }
  for (const id of [ids.paid, ids.partial, ids.refunded]) await pay(db, id);
  await db.execute(
    sql`update orders set status = 'closing', close_reason = 'cancelled' where id in (${ids.closing}, ${ids.cancelled})`,
  );
  await db.execute(sql`select release_holds(array[${event.id}, ${event.id}], array[${ids.expired}, ${ids.cancelled}])`);
  await db.execute(sql`select revoke_tickets(${event.id}, ${ids.partial}, array(
    select min(id) from tickets where order_id = ${ids.partial}), true, 'refunded', 'test')`);
  await db.execute(sql`select revoke_tickets(${event.id}, ${ids.refunded}, null, false, 'refunded', 'test')`);
  // An event without limits keeps no counters of its buyers, and misses none.
  const plain = await createEvent(db);
  await pay(db, (await order(deps, plain, { quantity: 2 })).order.id);
}

async function violated(db: Db): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const invariant of orderInvariants) {
    const sentences = await invariant.find(db);
    if (sentences.length > 0) found[invariant.name] = sentences;
  }
  return found;
}

/** Falsifies rows past every constraint, looks, and takes it all back. */
async function violatedAfter(...statements: SQL[]): Promise<Record<string, string[]>> {
  let found: Record<string, string[]> = {};
  const undo = new Error('taken back');
  await owner.db
    .transaction(async (tx) => {
      const db = tx as unknown as Db;
      for (const statement of statements) await db.execute(statement);
      found = await violated(db);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found;
}

const namesOf = (found: Record<string, string[]>) => Object.keys(found).toSorted();

describe('the truths about orders', () => {
  test('hold on orders in every state', async () => {
    expect(await violated(open.db)).toEqual({});
  });

  test('a pool that does not add up is named', async () => {
    const poolId = event.categories[0]?.poolId ?? '';
    const found = await violatedAfter(
      sql`alter table stock drop constraint stock_conserved`,
      sql`update stock set available = available + 1 where pool_id = ${poolId}`,
    );
    expect(namesOf(found)).toEqual(['orders.stock_conserved']);
    expect(found['orders.stock_conserved']?.[0]).toContain(poolId);
  });

  test('a counter below zero is named', async () => {
    const poolId = event.categories[2]?.poolId ?? '';
    const found = await violatedAfter(
      sql`alter table stock drop constraint stock_available_check`,
      sql`update stock set blocked = blocked + available + 1, available = -1 where pool_id = ${poolId}`,
    );
    expect(namesOf(found)).toEqual(['orders.stock_conserved']);
  });

  test.each(['held', 'sold'])('a pool that counts one %s too many is named', async (counter) => {
    const poolId = event.categories[0]?.poolId ?? '';
    const found = await violatedAfter(
      sql`update stock set available = available - 1, ${sql.identifier(counter)} = ${sql.identifier(counter)} + 1 where pool_id = ${poolId}`,
    );
    expect(namesOf(found)).toEqual(['orders.stock_equals_rows']);
    expect(found['orders.stock_equals_rows']?.[0]).toContain(poolId);
  });

  test('a paid order that lacks a ticket is named', async () => {
    const found = await violatedAfter(
      sql`delete from tickets where id = (select min(id) from tickets where order_id = ${ids.paid})`,
    );
    expect(namesOf(found)).toEqual([
      'orders.buyer_limits_recounted',
      'orders.stock_equals_rows',
      'orders.tickets_match_order',
    ]);
    expect(found['orders.tickets_match_order']?.[0]).toContain(ids.paid);
  });

  test.each(['pending', 'closing', 'refunded', 'expired', 'cancelled'] as const)(
    'a valid ticket of an order that is %s is named',
    async (state) => {
      const found = await violatedAfter(sql`
        insert into tickets (event_id, id, order_id, ticket_category_id, code)
        values (${event.id}, ${`tkt_${ids[state].slice(4)}099`}, ${ids[state]}, ${event.categories[0]?.id}, decode(repeat('ab', 16), 'hex'))`);
      expect(found['orders.tickets_match_order']?.[0]).toContain(ids[state]);
    },
  );

  test('a ticket of no order is named', async () => {
    const found = await violatedAfter(sql`delete from orders where id = ${ids.paid}`);
    expect(found['orders.tickets_match_order']?.[0]).toMatch(`order ${ids.paid} is missing`);
  });

  test.each([sql`quantity = quantity + 1`, sql`subtotal = subtotal + 1, total = total + 1`])(
    'an order that does not add up is named',
    async (change) => {
      const found = await violatedAfter(sql`update orders set ${change} where id = ${ids.partial}`);
      expect(namesOf(found)).toEqual(['orders.order_adds_up']);
      expect(found['orders.order_adds_up']?.[0]).toContain(ids.partial);
    },
  );

  test('two tickets with one code are named, also in two events', async () => {
    const found = await violatedAfter(sql`
      update tickets set code = (select code from tickets where order_id = ${ids.paid} limit 1) where event_id <> ${event.id}
        and id = (select min(id) from tickets where event_id <> ${event.id})`);
    expect(namesOf(found)).toEqual(['orders.ticket_codes_unique']);
    expect(found['orders.ticket_codes_unique']?.[0]).toContain(`tkt_${ids.paid.slice(4)}`);
  });

  test('a ticket under another order than its id names is named', async () => {
    const found = await violatedAfter(
      sql`update tickets set order_id = ${ids.partial} where order_id = ${ids.paid} and ticket_category_id = ${event.categories[0]?.id}`,
    );
    expect(found['orders.ids_name_their_event']?.[0]).toContain(`tkt_${ids.paid.slice(4)}`);
  });

  test('a hold that outlives its time is named, one that closes only after a quarter of an hour', async () => {
    const late = (id: string, seconds: number) =>
      violatedAfter(sql`update orders set expires_at = now() - make_interval(secs => ${seconds}) where id = ${id}`);
    expect(await late(ids.pending, 4)).toEqual({});
    expect(await late(ids.closing, 890)).toEqual({});
    expect((await late(ids.pending, 6))['orders.holds_end']?.[0]).toContain(ids.pending);
    expect((await late(ids.closing, 901))['orders.holds_end']?.[0]).toContain(ids.closing);
  });

  test('an order that ended without saying when is named', async () => {
    const found = await violatedAfter(sql`update orders set closed_at = null where id = ${ids.expired}`);
    expect(found).toEqual({ 'orders.ended_orders_say_when': [`order ${ids.expired} is expired without its time`] });
  });

  test.each([sql`quantity = quantity + 1`, sql`quantity = 0`])(
    'a network whose holds are miscounted is named',
    async (change) => {
      const found = await violatedAfter(
        sql`update limit_counters set ${change} where counter_key like 'n:%' and event_id = ${event.id}`,
      );
      expect(namesOf(found)).toEqual(['orders.network_holds_recounted']);
    },
  );

  test('a network whose counter is gone is named', async () => {
    const found = await violatedAfter(sql`delete from limit_counters where counter_key like 'n:%'`);
    expect(namesOf(found)).toEqual(['orders.network_holds_recounted']);
  });

  test.each([
    ['counted short for the event', sql`update limit_counters set quantity = quantity - 1 where counter_key = `, ''],
    ['counted over for a category', sql`update limit_counters set quantity = quantity + 1 where counter_key = `, 0],
    ['not counted at all', sql`delete from limit_counters where counter_key = `, 2],
  ])('a buyer %s is named', async (_, change, category) => {
    const suffix = category === '' ? '' : `:${event.categories[Number(category)]?.id}`;
    const found = await violatedAfter(
      sql`${change} (select 'b:' || buyer_keys[2] || ${suffix}::text from orders where id = ${ids.paid})`,
    );
    expect(namesOf(found)).toEqual(['orders.buyer_limits_recounted']);
    const asker = sql`asker_key(confirmed_key, buyer_keys[1], buyer_keys[2], network_key)`;
    const askersFound = await violatedAfter(
      sql`${change} (select ${asker} || ${suffix}::text from orders where id = ${ids.paid})`,
    );
    expect(namesOf(askersFound)).toEqual(['orders.buyer_limits_recounted']);
  });

  test('a counter left over from a limit that was lifted is no fault', async () => {
    expect(
      await violatedAfter(sql`update ticket_categories set per_buyer_max = null where id = ${event.categories[2]?.id}`),
    ).toEqual({});
  });

  test('a promo code that is miscounted, or redeemed too often, is named', async () => {
    const miscounted = await violatedAfter(sql`update promo_codes set redemptions = 2 where id = ${promoCodeId}`);
    expect(namesOf(miscounted)).toEqual(['orders.promo_redemptions_recounted']);
    expect(miscounted['orders.promo_redemptions_recounted']?.[0]).toContain(promoCodeId);
    const tooOften = await violatedAfter(
      sql`alter table promo_codes drop constraint promo_codes_limit, drop constraint promo_codes_redemptions_max_check`,
      sql`update promo_codes set redemptions_max = 0 where id = ${promoCodeId}`,
    );
    expect(tooOften['orders.promo_redemptions_recounted']?.[0]).toContain(promoCodeId);
  });

  test('hold at every moment while orders are placed, paid and given up', async () => {
    const rush = await createEvent(open.db, { event: { ticketsPerBuyerMax: 4 }, categories: [{ capacity: 60 }] });
    const buyers = Array.from({ length: 10 }, someBuyer);
    const rushing = new Set([rush.id]);
    const crowd = Promise.allSettled(
      Array.from({ length: 120 }, async (_, index) => {
        const { id } = (await order(deps, rush, { buyer: buyers[index % 10] ?? someBuyer() })).order;
        if (index % 3 === 0) await pay(open.db, id);
        if (index % 3 === 1) await open.db.execute(sql`select release_holds(array[${rush.id}], array[${id}])`);
        if (index % 6 === 0)
          await open.db.execute(sql`select revoke_tickets(${rush.id}, ${id}, null, true, 'refunded', 'test')`);
      }),
    ).finally(() => {
      rushing.clear();
    });
    let looks = 0;
    for (; rushing.size > 0; looks += 1) expect(await violated(owner.db)).toEqual({});
    await crowd;
    expect(looks).toBeGreaterThan(1);
    expect(await violated(owner.db)).toEqual({});
  });

  test('a broken world is described in a bounded number of sentences', async () => {
    const found = await violatedAfter(
      sql`update orders set quantity = quantity + 1`,
      sql`insert into orders (
            event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone, buyer_keys, confirmed_key, network_key,
            locale, currency, quantity, subtotal, discount, fees, total, promo_code_id, placed_at, expires_at, hold_ends_max_at, paid_at, closed_at,
            close_reason, flags)
          select event_id, id || n::text, organizer_id, status, lpad(n::text, 32, '0')::uuid, fingerprint,
            buyer_name, buyer_email, buyer_phone, buyer_keys, confirmed_key, network_key, locale, currency, quantity, subtotal, discount, fees, total,
            promo_code_id, placed_at, expires_at, hold_ends_max_at, paid_at, closed_at, close_reason, flags
          from orders cross join generate_series(1, 50) n where id = ${ids.expired}`,
    );
    expect(found['orders.order_adds_up']).toHaveLength(20);
  });
});
