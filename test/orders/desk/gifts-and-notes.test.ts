import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notesMax } from '../../../src/orders/desk/write-note.ts';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { json } from '../../../testkit/orders/order-desk.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order } from '../../../testkit/orders/placing.ts';

let desk: OrganizerDesk;

beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(async () => {
  for (const { name, find } of orderInvariants) expect(await find(desk.open.db), name).toEqual([]);
  await desk.close();
});

async function give(
  event: TestEvent,
  body: Record<string, unknown>,
  key: string = randomUUID(),
  headers = desk.manager,
) {
  const init = json(body);
  const answer = await desk.request(`/events/${event.id}/complimentary-orders`, {
    ...init,
    headers: { ...init.headers, ...headers, 'idempotency-key': key },
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { id: string; code: string; total: { amount: number } },
  };
}

const linesOf = (event: TestEvent, quantity: number) => [{ ticketCategoryId: event.categories[0]?.id, quantity }];
const stockOf = async (event: TestEvent) =>
  (await rowsOf(desk.open.db, sql`select available, held, sold from stock where event_id = ${event.id}`))[0];

describe('complimentary orders', () => {
  test('cost nothing, take places, issue tickets, and have one entry in the audit log', async () => {
    const event = await createEvent(desk.open.db, {
      organizer: desk.organizer,
      categories: [{ capacity: 5, price: 100_000 }],
    });
    const key = randomUUID();
    const body = { buyer: someBuyer(), lines: linesOf(event, 2), locale: 'en' };
    const first = await give(event, body, key);
    expect(first).toMatchObject({
      status: 201,
      body: { status: 'paid', total: { amount: 0 }, subtotal: { amount: 200_000 } },
    });
    expect(await give(event, body, key)).toEqual(first);
    for (const other of [{ lines: linesOf(event, 1) }, { buyer: someBuyer() }, { locale: 'id' }])
      expect((await give(event, { ...body, ...other }, key)).body.code).toBe('idempotency.key_reused');
    expect(await stockOf(event)).toEqual({ available: 3, held: 0, sold: 2 });
    expect(await desk.auditOf(first.body.id)).toEqual(['order.given_away']);
    const tickets = await rowsOf(desk.open.db, sql`select 1 from tickets where order_id = ${first.body.id}`);
    expect(tickets).toHaveLength(2);
  });

  test('never oversell when staff and buyers take the last places at once', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer, categories: [{ capacity: 10 }] });
    const asks = Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0
        ? give(event, { buyer: someBuyer(), lines: linesOf(event, 1), locale: 'id' }).then(
            ({ status }) => status === 201,
          )
        : order(desk.deps, event).then(
            () => true,
            () => false,
          ),
    );
    expect((await Promise.all(asks)).filter(Boolean)).toHaveLength(10);
    expect(await stockOf(event)).toMatchObject({ available: 0 });
  });

  test('need no open sale, but an event that is published and not over', async () => {
    const closed = await createEvent(desk.open.db, { organizer: desk.organizer });
    await desk.open.db.execute(sql`update ticket_categories set status = 'closed' where event_id = ${closed.id}`);
    const body = { buyer: someBuyer(), lines: linesOf(closed, 1), locale: 'id' };
    expect((await give(closed, body)).status).toBe(201);
    await expect(order(desk.deps, closed)).rejects.toMatchObject({ code: 'sale.not_open' });
    await desk.open.db.execute(sql`update events set status = 'cancelled' where id = ${closed.id}`);
    expect((await give(closed, { ...body, buyer: someBuyer() })).body.code).toBe('sale.not_open');
  });

  test('need a manager of the organiser, an idempotency key and a valid body', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const body = { buyer: someBuyer(), lines: linesOf(event, 1), locale: 'id' };
    expect((await give(event, body, randomUUID(), desk.door)).status).toBe(403);
    expect((await give(event, body, randomUUID(), desk.stranger)).status).toBe(404);
    expect((await give(event, body, 'short')).status).toBe(400);
    expect((await give(event, { ...body, lines: linesOf(event, 99) })).body.code).toBe('order.limit_exceeded');
    expect((await give(event, { ...body, promoCode: 'X' })).status).toBe(400);
    const alien = { ...body, lines: [{ ticketCategoryId: 'cat_00000000000000000000', quantity: 1 }] };
    expect((await give(event, alien)).body.code).toBe('order.category_unknown');
  });
});

describe('notes', () => {
  test('are kept as written, up to a limit', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const { order: placed } = await order(desk.deps, event);
    const write = (text: string, headers = desk.manager) => {
      const init = json({ text });
      return desk.request(`/orders/${placed.id}/notes`, { ...init, headers: { ...init.headers, ...headers } });
    };
    expect((await write('First')).status).toBe(201);
    expect((await write('')).status).toBe(400);
    expect((await write('x'.repeat(2001))).status).toBe(400);
    expect((await write('No', desk.door)).status).toBe(403);
    expect((await write('No', desk.stranger)).status).toBe(404);
    await expect(desk.open.db.execute(sql`update order_notes set text = 'Other'`)).rejects.toThrow();
    await expect(desk.open.db.execute(sql`delete from order_notes`)).rejects.toThrow();
    const answers = await Promise.all(Array.from({ length: notesMax + 4 }, (_, n) => write(`Note ${n}`)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(notesMax - 1);
    expect(answers.find(({ status }) => status === 409)?.status).toBe(409);
  });
});
