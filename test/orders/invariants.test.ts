import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createEvent, someBuyer } from '../../testkit/factories.ts';
import { order, pay } from '../../testkit/orders/placing.ts';
import { namesOf, useSeason, violated } from './support/season.ts';

/** Guards that the invariants hold on orders in every state, and name each stock, order or ticket that is wrong. */

const { open, owner, deps, event, ids, violatedAfter } = await useSeason();

describe('the invariants of orders', () => {
  test('hold on orders in every state', async () => {
    expect(await violated(open.db)).toEqual({});
  });

  test('name a pool that does not add up', async () => {
    const poolId = event.categories[0]?.poolId ?? '';
    const found = await violatedAfter(
      sql`alter table stock drop constraint stock_conserved`,
      sql`update stock set available = available + 1 where pool_id = ${poolId}`,
    );
    expect(namesOf(found)).toEqual(['orders.stock_conserved']);
    expect(found['orders.stock_conserved']?.[0]).toContain(poolId);
  });

  test('name a counter below zero', async () => {
    const poolId = event.categories[2]?.poolId ?? '';
    const found = await violatedAfter(
      sql`alter table stock drop constraint stock_available_check`,
      sql`update stock set blocked = blocked + available + 1, available = -1 where pool_id = ${poolId}`,
    );
    expect(namesOf(found)).toEqual(['orders.stock_conserved']);
  });

  test.each(['held', 'sold'])('name a pool that counts one %s too many', async (counter) => {
    const poolId = event.categories[0]?.poolId ?? '';
    const found = await violatedAfter(
      sql`update stock set available = available - 1, ${sql.identifier(counter)} = ${sql.identifier(counter)} + 1 where pool_id = ${poolId}`,
    );
    expect(namesOf(found)).toEqual(['orders.stock_equals_rows']);
    expect(found['orders.stock_equals_rows']?.[0]).toContain(poolId);
  });

  test('name a paid order that lacks a ticket', async () => {
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
    'name a valid ticket of an order that is %s',
    async (state) => {
      const found = await violatedAfter(sql`
        insert into tickets (event_id, id, order_id, ticket_category_id, code)
        values (${event.id}, ${`tkt_${ids[state].slice(4)}099`}, ${ids[state]}, ${event.categories[0]?.id}, decode(repeat('ab', 16), 'hex'))`);
      expect(found['orders.tickets_match_order']?.[0]).toContain(ids[state]);
    },
  );

  test('name a ticket of a missing order', async () => {
    const found = await violatedAfter(sql`delete from orders where id = ${ids.paid}`);
    expect(found['orders.tickets_match_order']?.[0]).toMatch(`order ${ids.paid} is missing`);
  });

  test.each([sql`quantity = quantity + 1`, sql`subtotal = subtotal + 1, total = total + 1`])(
    'name an order that does not add up',
    async (change) => {
      const found = await violatedAfter(sql`update orders set ${change} where id = ${ids.partial}`);
      expect(namesOf(found)).toEqual(['orders.order_adds_up']);
      expect(found['orders.order_adds_up']?.[0]).toContain(ids.partial);
    },
  );

  test('name two tickets with one code, also in two events', async () => {
    const found = await violatedAfter(sql`
      update tickets set code = (select code from tickets where order_id = ${ids.paid} limit 1) where event_id <> ${event.id}
        and id = (select min(id) from tickets where event_id <> ${event.id})`);
    expect(namesOf(found)).toEqual(['orders.ticket_codes_unique']);
    expect(found['orders.ticket_codes_unique']?.[0]).toContain(`tkt_${ids.paid.slice(4)}`);
  });

  test('name a ticket whose id belongs to another order', async () => {
    const found = await violatedAfter(
      sql`update tickets set order_id = ${ids.partial} where order_id = ${ids.paid} and ticket_category_id = ${event.categories[0]?.id}`,
    );
    expect(found['orders.ids_name_their_event']?.[0]).toContain(`tkt_${ids.paid.slice(4)}`);
  });

  test('name a hold that outlives its time, and a closing one after a quarter of an hour', async () => {
    const late = (id: string, seconds: number) =>
      violatedAfter(sql`update orders set expires_at = now() - make_interval(secs => ${seconds}) where id = ${id}`);
    expect(await late(ids.pending, 4)).toEqual({});
    expect(await late(ids.closing, 890)).toEqual({});
    expect((await late(ids.pending, 6))['orders.holds_end']?.[0]).toContain(ids.pending);
    expect((await late(ids.closing, 901))['orders.holds_end']?.[0]).toContain(ids.closing);
  });

  test('name an ended order without the time of its end', async () => {
    const found = await violatedAfter(sql`update orders set closed_at = null where id = ${ids.expired}`);
    expect(found).toEqual({ 'orders.ended_orders_say_when': [`order ${ids.expired} is expired without its time`] });
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

  test('describe a broken database in a bounded number of sentences', async () => {
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
