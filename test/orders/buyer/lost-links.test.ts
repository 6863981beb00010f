import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { orderCode } from '../../../src/platform/ids.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { json } from '../../../testkit/orders/order-desk.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { useBuyerOrders } from '../support/buyer-orders.ts';

/** Guards that a buyer finds a lost order again, and that the answer does not reveal whether an order exists. */

const orders = await useBuyerOrders();
let desk: ReturnType<typeof orders.newDesk>;
beforeEach(() => {
  desk = orders.newDesk();
});

const stagedFor = async (orderId: string) =>
  (
    await rowsOf<{ name: string }>(
      orders.open.db,
      sql`select name from outbox where payload->>'orderId' = ${orderId} order by id`,
    )
  ).map((row) => row.name);

describe('finding a lost link', () => {
  const lookUp = (email: string, code: string) => desk.app.request('/v1/orders/lookups', json({ email, code }));

  test('stages one mail for the right email and code, however they are typed', async () => {
    const buyer = { ...someBuyer(), email: 'ayu.lestari@gmail.com' };
    const placed = await orders.place({ buyer });
    const code = orderCode(placed.id);
    for (const [email, typed] of [
      [buyer.email, code],
      ['AyuLestari+x@GMAIL.com', code.toLowerCase().replace('-', '')],
    ] as const) {
      expect((await lookUp(email, typed)).status).toBe(202);
    }
    expect(await stagedFor(placed.id)).toEqual(['order.placed', 'order.link_requested', 'order.link_requested']);
  });

  test('gives one answer, after one delay, when there is nothing to find or the limit is reached', async () => {
    const buyer = someBuyer();
    const placed = await orders.place({ buyer });
    const time = async (email: string, code: string) => {
      const started = performance.now();
      const answer = await lookUp(email, code);
      return { status: answer.status, body: await answer.text(), ms: performance.now() - started };
    };
    const answers = [
      await time(buyer.email, orderCode(placed.id)),
      await time('nobody@example.test', orderCode(placed.id)),
    ];
    answers.push(await time(buyer.email, '00000-00000'), await time(buyer.email, 'UUUUU-UUUUU'));
    for (const { status, body, ms } of answers) {
      expect([status, body]).toEqual([202, '']);
      expect(ms).toBeGreaterThanOrEqual(240);
    }
    // Excess requests are refused at the same time whether or not the order exists.
    desk.world.mayLookUp = false;
    for (const email of [buyer.email, 'nobody@example.test']) {
      const { status, body, ms } = await time(email, orderCode(placed.id));
      expect([status, body]).toEqual([429, expect.stringContaining('order.lookup_limited')]);
      expect(ms).toBeGreaterThanOrEqual(240);
    }
    desk.world.mayLookUp = true;
    expect(await stagedFor(placed.id)).toEqual(['order.placed', 'order.link_requested']);
    expect(desk.world.lookedUp.join()).not.toContain('@');
  });

  test('is counted by email and code, so guesses of other codes do not block the right buyer', async () => {
    const buyer = { ...someBuyer(), email: `r.dewi${Date.now()}@gmail.com` };
    const code = orderCode((await orders.place({ buyer })).id);
    desk.world.lookedUp.length = 0;
    await lookUp(buyer.email, code);
    await lookUp(buyer.email.toUpperCase().replace('.', ''), code.toLowerCase());
    await lookUp(buyer.email, 'ZZZZZ-ZZZZZ');
    const [first, again, guess] = desk.world.lookedUp;
    expect(again).toBe(first);
    expect(guess).not.toBe(first);
  });

  test('finds the paid orders of an email or a phone without their code, and no order that is unpaid or over', async () => {
    const buyer = someBuyer();
    const free = await createEvent(orders.open.db, { categories: [{ price: 0 }] });
    const over = await createEvent(orders.open.db, { categories: [{ price: 0 }] });
    const { order: paid } = await order(orders.deps, free, { buyer });
    const { order: past } = await order(orders.deps, over, { buyer });
    const unpaid = await orders.place({ buyer });
    await orders.open.db.execute(sql`
      update events set ends_at = now() - interval '1 hour', starts_at = now() - interval '3 hours',
        doors_open_at = now() - interval '4 hours' where id = ${over.id}`);
    const found = (id: string) => stagedFor(id).then((names) => names.filter((name) => name === 'order.found').length);
    for (const asked of [{ email: buyer.email.toUpperCase() }, { phone: buyer.phone.replace('+62', '0') }]) {
      expect((await desk.app.request('/v1/orders/lookups', json(asked))).status).toBe(202);
    }
    expect([await found(paid.id), await found(unpaid.id), await found(past.id)]).toEqual([2, 0, 0]);
    await desk.app.request('/v1/orders/lookups', json({ email: someBuyer().email }));
    expect(await found(paid.id)).toBe(2);
    expect(desk.world.lookedUp.join()).not.toContain('@');
  });

  test('refuses a malformed email or phone, and unknown fields', async () => {
    for (const body of [
      { email: 'no', code: '0000000000' },
      { phone: '12' },
      { code: '0000000000' },
      { email: 'a@b.example', phone: '081234567890' },
      { email: 'a@b.example', code: '0000000000', x: 1 },
    ]) {
      expect((await desk.app.request('/v1/orders/lookups', json(body))).status).toBe(400);
    }
  });
});
