import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { availabilityOf, eventStockOf } from '../../src/orders/pools/queries.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { createEvent } from '../../testkit/factories.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../testkit/orders/organizer-desk.ts';
import { order, pay, tally } from '../../testkit/orders/placing.ts';

let desk: OrganizerDesk;

beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

describe('pools', () => {
  test('are created, listed and resized, and each change is in the audit log', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const made = await desk.send('POST', `/events/${event.id}/pools`, { name: 'Tribune', capacity: 500, blocked: 20 });
    expect(made).toMatchObject({ status: 201, body: { name: 'Tribune', capacity: 500, available: 480, blocked: 20 } });
    const path = `/events/${event.id}/pools/${String(made.body.id)}`;
    expect((await desk.send('PATCH', path, { capacity: 600 })).body).toMatchObject({
      capacity: 600,
      available: 580,
      blocked: 20,
    });
    expect((await desk.send('PATCH', path, { blocked: 0 })).body).toMatchObject({
      capacity: 600,
      available: 600,
      blocked: 0,
    });
    expect((await desk.read(`/events/${event.id}/pools`)).data).toHaveLength(2);
    expect(await desk.auditOf(String(made.body.id))).toEqual(['pool.created', 'pool.changed', 'pool.changed']);
  });

  test('cannot be made smaller than what is sold, held and blocked; a refused change leaves no trace', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer, categories: [{ capacity: 10 }] });
    const poolId = event.categories[0]?.poolId ?? '';
    await order(desk.deps, event, { quantity: 4 });
    const { order: paid } = await order(desk.deps, event, { quantity: 3 });
    await pay(desk.open.db, paid.id);
    const path = `/events/${event.id}/pools/${poolId}`;
    expect((await desk.send('PATCH', path, { capacity: 7 })).body).toMatchObject({ available: 0, held: 4, sold: 3 });
    expect(await desk.send('PATCH', path, { capacity: 6 })).toMatchObject({
      status: 409,
      body: { code: 'pool.in_use' },
    });
    expect(await desk.send('PATCH', path, { blocked: 1 })).toMatchObject({ status: 409 });
    expect(await desk.auditOf(poolId)).toEqual(['pool.changed']);
  });

  test('of a published event keep places: the last pool with places is not emptied, even when two are emptied at once', async () => {
    const event = await createEvent(desk.open.db, {
      organizer: desk.organizer,
      categories: [{ capacity: 10 }, { capacity: 10 }],
    });
    const empty = (index: number) =>
      desk.send('PATCH', `/events/${event.id}/pools/${event.categories[index]?.poolId ?? ''}`, { capacity: 0 });
    const answers = await Promise.all([empty(0), empty(1)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'pool.needed' });
  });

  test('tell a waiting room how many tickets the last orders have, once there are enough of them', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer, categories: [{ capacity: 1000 }] });
    const place = (orders: number, quantity: number) =>
      Promise.all(Array.from({ length: orders }, () => order(desk.deps, event, { quantity })));
    const perOrder = async () => (await eventStockOf(desk.open.db, event.id)).ticketsPerOrder;
    await place(19, 3);
    expect(await perOrder()).toBeNull();
    await place(1, 3);
    expect(await perOrder()).toBe(3);
    await place(100, 1);
    expect(await perOrder()).toBe(1);
  });

  test('resized repeatedly during a rush still add up: nothing is oversold', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer, categories: [{ capacity: 30 }] });
    const poolId = event.categories[0]?.poolId ?? '';
    const orders = Array.from({ length: 60 }, () => order(desk.deps, event, { quantity: 1 }));
    const sizes = [40, 20, 35, 31, 45, 25, 40];
    const resizes = sizes.map((capacity) => desk.send('PATCH', `/events/${event.id}/pools/${poolId}`, { capacity }));
    const counts = await tally(orders);
    for (const answer of await Promise.all(resizes)) expect([200, 409]).toContain(answer.status);
    const [row] = await rowsOf<{ capacity: number; available: number; held: number }>(
      desk.open.db,
      sql`select capacity, available, held from stock where pool_id = ${poolId}`,
    );
    expect(row?.held).toBe(counts.placed);
    expect((row?.available ?? -1) + (row?.held ?? 0)).toBe(row?.capacity);
  });

  test.each([
    [{ name: 'X', capacity: -1 }],
    [{ name: 'X', capacity: 1.5 }],
    [{ name: 'X', capacity: '5' }],
    [{ name: 'X', capacity: 1e9 }],
    [{ name: 'X', capacity: 5, blocked: 6 }],
    [{ name: '', capacity: 5 }],
    [{ name: 'X', capacity: 5, sold: 3 }],
    [[]],
  ])('refuse %j', async (body) => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    expect(await desk.send('POST', `/events/${event.id}/pools`, body)).toMatchObject({ status: 400 });
  });

  test('show for each ticket category what may still be bought', async () => {
    const event = await createEvent(desk.open.db, {
      organizer: desk.organizer,
      categories: [{ capacity: 10 }, { pool: 0 }, { capacity: 3 }],
    });
    await order(desk.deps, event, { quantity: 4 });
    expect(await availabilityOf(desk.open.db, event.id)).toEqual([
      { ticketCategoryId: event.categories[0]?.id, available: 6, capacity: 10 },
      { ticketCategoryId: event.categories[1]?.id, available: 6, capacity: 10 },
      { ticketCategoryId: event.categories[2]?.id, available: 3, capacity: 3 },
    ]);
  });
});
