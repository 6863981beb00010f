import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { bearer } from '../../../testkit/orders/order-desk.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order, pay, testHashSecret } from '../../../testkit/orders/placing.ts';

/** Guards that a mistyped phone, which belongs to a stranger, is corrected like a mistyped email. */

let desk: OrganizerDesk;
beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

const correct = (orderId: string, change: object) => desk.send('PATCH', `/orders/${orderId}/buyer`, change);

async function paidOrder(event: TestEvent, buyer = someBuyer()) {
  const { order: placed } = await order(desk.deps, event, { buyer });
  await pay(desk.open.db, placed.id);
  return placed;
}

async function findings(): Promise<string[]> {
  return (await Promise.all(orderInvariants.map((invariant) => invariant.find(desk.open.db)))).flat();
}

test('a corrected phone gets the order, and the link and the codes that the stranger has are dead', async () => {
  const event = await createEvent(desk.open.db, { organizer: desk.organizer });
  const placed = await paidOrder(event);
  const codes = () => rowsOf(desk.open.db, sql`select code from tickets where order_id = ${placed.id}`);
  const before = await codes();
  const answer = await correct(placed.id, { phone: '0812 3456 7890' });
  expect(answer).toMatchObject({ status: 200, body: { buyer: { phone: '+6281234567890' } } });
  const open = async (version: number) => {
    const token = orderAccessToken(desk.deps.orderTokenSecret, placed.id, version);
    return (await desk.ask(`/v1/orders/${placed.id}`, { headers: bearer(token) })).status;
  };
  expect([await open(1), await open(2)]).toEqual([404, 200]);
  expect(await codes()).not.toEqual(before);
  const [row] = await rowsOf<{ keys: string[] }>(
    desk.open.db,
    sql`select buyer_keys as keys from orders where id = ${placed.id}`,
  );
  expect(row?.keys[1]).toBe(buyerKey(testHashSecret, 'phone', '+6281234567890'));
  const sent = await rowsOf(desk.open.db, sql`select template from deliveries where subject_id = ${placed.id}`);
  expect(sent).toEqual([{ template: 'tickets' }]);
  const log = sql`select changes from audit_log where subject_id = ${placed.id} and act = 'order.buyer_corrected'`;
  expect(await rowsOf(desk.open.db, log)).toEqual([{ changes: { phone: 'changed', linkVersion: { from: 1, to: 2 } } }]);

  // In another spelling it is the same number. Together with the email it is one correction.
  await correct(placed.id, { phone: '+62 812-3456-7890' });
  await correct(placed.id, { phone: '91234567', phoneCountry: 'SG', email: 'both@example.test' });
  expect([await open(2), await open(3)]).toEqual([404, 200]);
  expect((await correct(placed.id, {})).status).toBe(400);
});

test('a number that cannot be read, and one that its buyer has confirmed, stay as they are', async () => {
  const event = await createEvent(desk.open.db, { organizer: desk.organizer });
  const [placed, confirmed] = [await paidOrder(event), await paidOrder(event)];
  expect(await correct(placed.id, { phone: '123456' })).toMatchObject({
    status: 400,
    body: { code: 'request.invalid', errors: [{ path: 'phone', code: 'phone.invalid' }] },
  });
  await desk.open.db.execute(sql`update orders set confirmed_key = buyer_keys[2] where id = ${confirmed.id}`);
  expect(await correct(confirmed.id, { phone: someBuyer().phone })).toMatchObject({
    status: 409,
    body: { code: 'order.buyer_not_correctable', reason: 'confirmed' },
  });
  expect((await correct(confirmed.id, { email: 'another@example.test' })).status).toBe(200);
});

test('paid tickets count for the corrected phone, up to the limit of a buyer', async () => {
  const event = await createEvent(desk.open.db, {
    organizer: desk.organizer,
    event: { ticketsPerBuyerMax: 2 },
    categories: [{ price: 1000, perBuyerMax: 2 }],
  });
  const full = someBuyer();
  await paidOrder(event, full);
  await paidOrder(event, { ...full, email: someBuyer().email });
  const placed = await paidOrder(event);
  const { order: open } = await order(desk.deps, event, { buyer: someBuyer() });
  expect(await correct(placed.id, { phone: full.phone })).toMatchObject({
    status: 409,
    body: { code: 'order.limit_exceeded' },
  });
  expect(await findings()).toEqual([]);
  for (const { id } of [placed, open]) expect((await correct(id, { phone: someBuyer().phone })).status).toBe(200);
  expect(await findings()).toEqual([]);
});
