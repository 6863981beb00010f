import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { createScanLane, scanTicket } from '../../../src/check-in/index.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { bearer, json } from '../../../testkit/orders/order-desk.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order, pay, testHashSecret } from '../../../testkit/orders/placing.ts';
import { testTicketKeys } from '../../../testkit/check-in/ticket-keys.ts';

/** Guards that a corrected address gets the order, that the old one opens nothing any more, and that limits follow the name. */

let desk: OrganizerDesk;
beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

const correct = (orderId: string, email: unknown) => desk.send('PATCH', `/orders/${orderId}/buyer`, { email });
const second = (orderId: string) => orderAccessToken(desk.deps.orderTokenSecret, orderId, 2);

async function paidOrder(event: TestEvent, buyer = someBuyer(), key?: string) {
  const { order: placed } = await order(desk.deps, event, { buyer, ...(key === undefined ? {} : { key }) });
  await pay(desk.open.db, placed.id);
  return placed;
}

const deliveriesOf = (orderId: string) =>
  rowsOf<{ template: string; version: number; key: string; share: string | null }>(
    desk.open.db,
    sql`select template, version, recipient_key as key, share from deliveries where subject_id = ${orderId} order by created_at, id`,
  );

async function findings(): Promise<string[]> {
  return (await Promise.all(orderInvariants.map((invariant) => invariant.find(desk.open.db)))).flat();
}

/** Every way in that an order's link opens. */
const ways = (id: string): [method: string, path: string, body?: unknown][] => [
  ['GET', `/v1/orders/${id}`],
  ['GET', `/v1/orders/${id}/tickets`],
  ['GET', `/v1/orders/${id}/tickets.pdf`],
  ['GET', `/v1/orders/${id}/calendar.ics`],
  ['GET', `/v1/orders/${id}/tickets/tkt_unknown/qr.svg`],
  ['POST', `/v1/orders/${id}/session`],
  ['POST', `/v1/orders/${id}/cancellation`, {}],
];

describe('a corrected address', () => {
  test('gets the tickets with a new link; the old link and its cookie answer as for an unknown order', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const placed = await paidOrder(event);
    const old = orderAccessToken(desk.deps.orderTokenSecret, placed.id, 1);
    const cookie = (await desk.ask(`/v1/orders/${placed.id}/session`, { method: 'POST', headers: bearer(old) })).headers
      .get('set-cookie')
      ?.split(';')[0];
    const answer = await correct(placed.id, 'Right@Example.test');
    expect(answer).toMatchObject({ status: 200, body: { id: placed.id, buyer: { email: 'Right@example.test' } } });
    const unknown = await desk.ask(`/v1/orders/ord_${'0'.repeat(28)}`, { headers: bearer(old) });
    const { code } = (await unknown.json()) as { code: string };
    for (const [method, path, body] of ways(placed.id)) {
      for (const headers of [bearer(old), { cookie: cookie ?? '', 'sec-fetch-site': 'same-origin' }]) {
        const given = await desk.ask(path, {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        expect([method, path, given.status, ((await given.json()) as { code: string }).code]).toEqual([
          method,
          path,
          404,
          code,
        ]);
      }
    }
    expect((await desk.ask(`/v1/orders/${placed.id}`, { headers: bearer(second(placed.id)) })).status).toBe(200);
    const newKey = buyerKey(testHashSecret, 'email', 'right@example.test');
    expect(await deliveriesOf(placed.id)).toEqual([{ template: 'tickets', version: 1, key: newKey, share: null }]);
    const [audit] = await rowsOf<{ text: string }>(
      desk.open.db,
      sql`select row_to_json(a)::text as text from audit_log a where subject_id = ${placed.id} and act = 'order.buyer_corrected'`,
    );
    expect(audit?.text).toContain('linkVersion');
    expect(audit?.text).not.toContain('example.test');
  });

  test('gets another link when it gets the order back within minutes, since each correction ends the links before it', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const { order: placed } = await order(desk.deps, event);
    const [first, second] = [someBuyer().email, someBuyer().email];
    for (const email of [first, second, first]) expect((await correct(placed.id, email)).status).toBe(200);
    const keys = [first, second, first].map((email) => buyerKey(testHashSecret, 'email', email));
    const links = (await deliveriesOf(placed.id)).filter(({ template }) => template === 'order_link');
    expect(links.map(({ key }) => key)).toEqual(keys);
  });

  test('gets new QR codes, so that the mail at the old address opens no door; a ticket in use keeps its code', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const placed = await paidOrder(event);
    // The doors are open.
    await desk.open.db.execute(sql`
      update events set doors_open_at = now() - interval '1 hour', starts_at = now() + interval '1 hour', ends_at = now() + interval '5 hours'
      where id = ${event.id}`);
    const codeOf = async (): Promise<string> => {
      const [ticket] = await rowsOf<{ code: string }>(
        desk.open.db,
        sql`select encode(code, 'hex') as code from tickets where order_id = ${placed.id} and status = 'live'`,
      );
      return ticket?.code ?? '';
    };
    const scans = createScanLane({ db: desk.open.db, flushesMax: 1 });
    const { id: organizerId, slug: organizerSlug } = desk.organizer;
    const door = { kind: 'api_key', id: 'key_of_the_door', organizerId, organizerSlug, role: 'door' } as const;
    const scan = async (code: string, scanId: string) => {
      const input = {
        eventId: event.id,
        deviceId: 'door-1',
        scanId,
        code: encodeBase32(Buffer.from(code, 'hex')),
        direction: 'entry',
      } as const;
      return (await scanTicket({ scans, ticketKeys: testTicketKeys(desk.open.db) }, door, input)).result;
    };
    const old = await codeOf();
    expect((await correct(placed.id, 'new-code@example.test')).status).toBe(200);
    const issued = await codeOf();
    expect(issued).not.toBe(old);
    expect(await scan(old, 'scan-of-the-stranger')).toBe('invalid');
    expect(await scan(issued, 'scan-of-the-buyer')).toBe('admitted');
    expect((await correct(placed.id, 'again@example.test')).status).toBe(200);
    expect(await codeOf()).toBe(issued);
  });

  test('an unpaid order gets its link; the unchanged address changes nothing', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const { order: placed } = await order(desk.deps, event);
    for (const expected of [1, 1]) {
      expect((await correct(placed.id, 'late@example.test')).status).toBe(200);
      expect(await deliveriesOf(placed.id)).toHaveLength(expected);
    }
    expect((await deliveriesOf(placed.id))[0]?.template).toBe('order_link');
    expect((await desk.ask(`/v1/orders/${placed.id}`, { headers: bearer(second(placed.id)) })).status).toBe(200);
  });

  test('the browser that ordered finds the order by its key, with the link that works', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const buyer = someBuyer();
    const placed = await paidOrder(event, buyer, 'the-key-of-this-browser');
    await correct(placed.id, 'found@example.test');
    const { order: again } = await order(desk.deps, event, { buyer, key: 'the-key-of-this-browser' });
    expect(again).toMatchObject({ id: placed.id, accessToken: second(placed.id) });
  });

  test('a link request with the old address gets no mail', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const buyer = someBuyer();
    const placed = await paidOrder(event, buyer);
    await correct(placed.id, 'asks@example.test');
    const staged = async () =>
      (
        await rowsOf(
          desk.open.db,
          sql`select 1 from outbox where name = 'order.link_requested' and payload ->> 'orderId' = ${placed.id}`,
        )
      ).length;
    await desk.ask('/v1/orders/lookups', json({ email: buyer.email, code: placed.code }));
    expect(await staged()).toBe(0);
    await desk.ask('/v1/orders/lookups', json({ email: 'asks@example.test', code: placed.code }));
    expect(await staged()).toBe(1);
  });
});

describe('is refused', () => {
  test('for an address that its buyer has confirmed, an order that has ended, and too many corrections', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const [confirmed, ended, often] = [await paidOrder(event), await paidOrder(event), await paidOrder(event)];
    await desk.open.db.execute(sql`update orders set confirmed_key = buyer_keys[1] where id = ${confirmed.id}`);
    await desk.open.db.execute(sql`update orders set status = 'cancelled', closed_at = now() where id = ${ended.id}`);
    const refused = { status: 409, body: { code: 'order.buyer_not_correctable' } };
    expect(await correct(confirmed.id, 'other@example.test')).toMatchObject({
      ...refused,
      body: { reason: 'confirmed' },
    });
    expect(await correct(ended.id, 'other@example.test')).toMatchObject({ ...refused, body: { reason: 'ended' } });
    for (let time = 1; time <= 5; time += 1)
      expect((await correct(often.id, `try${time}@example.test`)).status).toBe(200);
    expect(await correct(often.id, 'try6@example.test')).toMatchObject({ ...refused, body: { reason: 'too_often' } });
    expect(await correct(often.id, 'no address')).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    await desk.open.db.execute(sql`update orders set status = 'paid', closed_at = null where id = ${ended.id}`);
  });

  test('when the new name would exceed a limit of paid tickets; the counts stay right', async () => {
    const event = await createEvent(desk.open.db, {
      organizer: desk.organizer,
      event: { ticketsPerBuyerMax: 2 },
      categories: [{ price: 1000, perBuyerMax: 2 }],
    });
    const [full, wrong, waiting] = [someBuyer(), someBuyer(), someBuyer()];
    await paidOrder(event, full);
    await paidOrder(event, { ...full, phone: someBuyer().phone });
    const placed = await paidOrder(event, wrong);
    const { order: open } = await order(desk.deps, event, { buyer: waiting });
    expect(await correct(placed.id, full.email)).toMatchObject({ status: 409, body: { code: 'order.limit_exceeded' } });
    expect(await findings()).toEqual([]);
    expect((await correct(placed.id, 'room@example.test')).status).toBe(200);
    expect((await correct(open.id, 'open@example.test')).status).toBe(200);
    expect(await findings()).toEqual([]);
    const corrected = await Promise.all([
      correct(placed.id, 'open@example.test'),
      correct(open.id, 'room@example.test'),
      pay(desk.open.db, open.id),
    ]);
    expect(corrected.slice(0, 2).map((answer) => answer?.status)).toEqual([200, 200]);
    expect(await findings()).toEqual([]);
  });
});
