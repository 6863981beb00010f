import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { expireHolds, releaseHold } from '../../../src/orders/index.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, createPromoCode } from '../../../testkit/factories.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { useOrderLives } from '../support/order-lives.ts';

const lives = await useOrderLives();
const { db, deps } = lives;

const openAttempt = (orderId: string) =>
  db.execute(sql`insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status)
    select event_id, 'pay_' || substr(id, 5) || '01', id, organizer_id, 1, 'midtrans', 'any', total, currency, 'pending' from orders where id = ${orderId}`);

describe('the end of a hold', () => {
  /** Its lines have more tickets than its pool holds: giving them back would break the stock. */
  const breakOrder = (orderId: string) =>
    db.execute(sql`update order_lines set quantity = 1000 where order_id = ${orderId}`);
  const flagsOf = async (orderId: string) =>
    (await rowsOf<{ flags: string[] }>(db, sql`select flags from orders where id = ${orderId}`))[0]?.flags;

  test('a hold whose end breaks a constraint fails alone: its order is flagged, and the others end, in placement too', async () => {
    const event = await createEvent(db, { categories: [{ capacity: 4 }] });
    const placed = [];
    for (let count = 0; count < 4; count += 1) placed.push((await order(deps, event)).order.id);
    const [broken = '', ...whole] = placed;
    await breakOrder(broken);
    for (const id of placed.slice(0, 3)) await lives.overdue(id);
    expect(await expireHolds({ db })).toBe(2);
    expect(await flagsOf(broken)).toEqual(['hold_stuck']);
    expect(await lives.stateOf(event, whole[0] ?? '')).toMatchObject({ status: 'expired', available: 2, held: 2 });
    expect(await expireHolds({ db })).toBe(0);
    // Placement meets the last one itself.
    await breakOrder(whole[2] ?? '');
    await lives.overdue(whole[2] ?? '');
    expect((await order(deps, event, { quantity: 2 })).order.status).toBe('pending_payment');
    await expect(order(lives.anotherProcess(), event)).rejects.toMatchObject({ code: 'stock.sold_out' });
    expect(await flagsOf(whole[2] ?? '')).toEqual(['hold_stuck']);
    await db.execute(sql`update order_lines set quantity = 1 where event_id = ${event.id} and quantity = 1000`);
    await db.execute(sql`update orders set flags = '{}' where event_id = ${event.id}`);
    expect(await expireHolds({ db })).toBe(2);
  });

  test('reaches every event in turn, including one behind the backlog of another', async () => {
    const [busy, quiet] = [await createEvent(db), await createEvent(db)];
    const many = await Promise.all(Array.from({ length: 30 }, () => order(deps, busy)));
    for (const { order: placed } of many)
      await db.execute(sql`update orders set expires_at = now() - interval '1 hour' where id = ${placed.id}`);
    const { order: one } = await order(deps, quiet);
    await lives.overdue(one.id);
    await db.execute(sql`select expire_holds(10)`);
    expect(await lives.stateOf(quiet, one.id)).toMatchObject({ status: 'expired' });
    expect(await expireHolds({ db })).toBeGreaterThanOrEqual(20);
  });

  test('of the pool that is short is found within some calls among those of other pools', async () => {
    const event = await createEvent(db, { categories: [{ capacity: 100 }, { capacity: 3 }] });
    const linesOf = (index: number) => [{ ticketCategoryId: event.categories[index]?.id ?? '', quantity: 1 }];
    const place = async (index: number) => (await order(deps, event, { lines: linesOf(index) })).order.id;
    await Promise.all(Array.from({ length: 60 }, () => place(0)));
    const short = await Promise.all(Array.from({ length: 3 }, () => place(1)));
    await db.execute(sql`update orders set expires_at = now() - interval '1 hour' where event_id = ${event.id}`);
    for (const id of short) await lives.overdue(id);
    const reclaim = async (limit: number) =>
      (
        await rowsOf<{ count: number }>(
          db,
          sql`select reclaim_holds(${event.id}, ${`{${event.categories[1]?.poolId ?? ''}}`}::text[], ${limit}::integer) as count`,
        )
      )[0]?.count;
    // Two at a time, out of the twenty oldest: the others make way.
    let calls = 0;
    while ((await lives.stateOf(event, short[2] ?? ''))?.['status'] !== 'expired') {
      calls += 1;
      expect(calls).toBeLessThan(35);
      expect(await reclaim(2)).toBeGreaterThan(0);
    }
    // With all of them in one batch, only the pool that needs places gives back.
    expect(await reclaim(200)).toBe(0);
    const [row] = await rowsOf<{ pending: number }>(
      db,
      sql`select count(*)::int as pending from orders where event_id = ${event.id} and status = 'pending_payment'`,
    );
    expect(row?.pending).toBeGreaterThan(0);
    // Placement requests this by itself.
    expect((await order(deps, event, { lines: linesOf(1) })).order.status).toBe('pending_payment');
    await expireHolds({ db });
  });

  test('returns everything once if there is no open attempt', async () => {
    const event = await createEvent(db, { event: { ticketsPerBuyerMax: 4 } });
    const promo = await createPromoCode(db, event, { code: 'HEMAT', redemptionsMax: 5 });
    const { order: placed } = await order(deps, event, { quantity: 2, promoCode: 'HEMAT' });
    await lives.overdue(placed.id);
    expect(await expireHolds({ db })).toBe(1);
    expect(await lives.stateOf(event, placed.id)).toEqual({
      status: 'expired',
      available: 100,
      held: 0,
      sold: 0,
      blocked: 0,
      live: 0,
      network: 0,
      asker: 0,
      buyer: 0,
    });
    expect(await expireHolds({ db })).toBe(0);
    await lives.withOrder(placed.id, releaseHold);
    expect(await lives.stateOf(event, placed.id)).toMatchObject({ available: 100, held: 0 });
    const [code] = await rowsOf<{ redemptions: number }>(
      db,
      sql`select redemptions from promo_codes where id = ${promo}`,
    );
    expect(code?.redemptions).toBe(0);
  });

  test('closes an open attempt first and keeps the places until then', async () => {
    const event = await createEvent(db);
    const { order: placed } = await order(deps, event);
    await openAttempt(placed.id);
    await lives.overdue(placed.id);
    await expireHolds({ db });
    expect(await lives.stateOf(event, placed.id)).toMatchObject({ status: 'closing', held: 1, available: 99 });
    const staged = await rowsOf<{ name: string }>(
      db,
      sql`select name from outbox where payload->>'orderId' = ${placed.id} order by id`,
    );
    expect(staged.map((job) => job.name)).toEqual(['order.placed', 'order.closing']);
    expect(await lives.pay(placed.id)).toBe('paid');
    expect(await lives.stateOf(event, placed.id)).toMatchObject({ status: 'paid', sold: 1, live: 1 });
  });

  test('placement takes back expired holds that cannot be paid any more, and no others', async () => {
    const event = await createEvent(db, { categories: [{ capacity: 2 }] });
    const { order: forgotten } = await order(deps, event);
    const { order: paying } = await order(deps, event);
    await openAttempt(paying.id);
    await lives.overdue(forgotten.id);
    await lives.overdue(paying.id);
    await expect(order(deps, event)).resolves.toBeDefined();
    await expect(order(deps, event)).rejects.toMatchObject({ code: 'stock.sold_out' });
    expect(await lives.stateOf(event, forgotten.id)).toMatchObject({ status: 'expired', held: 2, available: 0 });
  });
});
