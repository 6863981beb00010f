import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { bearer, read, tokenOf } from '../../../testkit/orders/order-desk.ts';
import { pay } from '../../../testkit/orders/placing.ts';
import { useBuyerOrders } from '../support/buyer-orders.ts';

/** Guards that an order is shown to its buyer alone. */

const orders = await useBuyerOrders();
let desk: ReturnType<typeof orders.newDesk>;
beforeEach(() => {
  desk = orders.newDesk();
});

const tokenFor = (id: string) => bearer(tokenOf(desk, id));
const get = (path: string, headers: Record<string, string> = {}) => desk.app.request(path, { headers });

async function firstTicketOf(orderId: string) {
  const [ticket] = (await read(await get(`/v1/orders/${orderId}/tickets`, tokenFor(orderId)))).data;
  if (ticket === undefined) throw new Error('the order has no ticket');
  return ticket;
}

describe('an order answers its buyer alone', () => {
  const paths = (id: string, ticketId: string): [string, string][] => [
    ['GET', `/v1/orders/${id}`],
    ['POST', `/v1/orders/${id}/cancellation`],
    ['POST', `/v1/orders/${id}/session`],
    ['GET', `/v1/orders/${id}/tickets`],
    ['GET', `/v1/orders/${id}/tickets/${ticketId}/qr.svg`],
    ['GET', `/v1/orders/${id}/tickets.pdf`],
    ['GET', `/v1/orders/${id}/calendar.ics`],
  ];

  async function refusal(method: string, path: string, headers: Record<string, string>) {
    const answer = await desk.app.request(path, { method, headers });
    const { requestId: _, ...problem } = (await answer.json()) as Record<string, unknown>;
    const shown = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'x-request-id'));
    return { status: answer.status, problem, shown };
  }

  test('with any fault on any path: the same 404, and nothing changes', async () => {
    const mine = await orders.placePaid();
    const theirs = await orders.placePaid();
    const ticket = await firstTicketOf(theirs.id);
    const unknown = `${theirs.id.slice(0, -10)}0000000000`;
    const reference = await refusal('GET', `/v1/orders/${unknown}`, {});
    expect(reference).toMatchObject({ status: 404, problem: { code: 'order.not_found' } });
    const wrong: [string, Record<string, string>][] = [
      [theirs.id, {}],
      [theirs.id, tokenFor(mine.id)],
      [theirs.id, bearer(`${tokenOf(desk, theirs.id).slice(0, -1)}_`)],
      [theirs.id, { cookie: `__Secure-antre_order=${tokenOf(desk, mine.id)}` }],
      [theirs.id, { authorization: `Basic ${tokenOf(desk, theirs.id)}` }],
      [unknown, tokenFor(mine.id)],
      ['nonsense', tokenFor('nonsense')],
      ['ord_%00', {}],
      [theirs.id.toLowerCase(), tokenFor(theirs.id)],
    ];
    for (const [id, headers] of wrong) {
      for (const [method, path] of paths(id, ticket.id)) {
        expect(await refusal(method, path, headers), `${method} ${path}`).toEqual(reference);
      }
    }
    expect(await refusal('GET', `/v1/orders/${unknown}`, tokenFor(unknown))).toEqual(reference);
    const [row] = await rowsOf<{ status: string }>(
      orders.open.db,
      sql`select status from orders where id = ${theirs.id}`,
    );
    expect(row?.status).toBe('paid');
  });

  test('a token in the address does not count, since logs would keep it', async () => {
    const placed = await orders.place();
    expect((await get(`/v1/orders/${placed.id}?accessToken=${tokenOf(desk, placed.id)}`)).status).toBe(404);
  });

  test("another order's ticket is not served under one's own order", async () => {
    const mine = await orders.placePaid();
    const theirs = await orders.placePaid();
    const ticket = await firstTicketOf(theirs.id);
    for (const ticketId of [ticket.id, 'nonsense', 'tkt_%00']) {
      const answer = await get(`/v1/orders/${mine.id}/tickets/${ticketId}/qr.svg`, tokenFor(mine.id));
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: 'ticket.not_found' });
    }
  });
});

describe('showing an order', () => {
  test('returns what placement returned, with Retry-After while the payment is prepared', async () => {
    const placed = await orders.place({ quantity: 2 });
    const answer = await get(`/v1/orders/${placed.id}`, tokenFor(placed.id));
    const { accessToken: _, ...expected } = placed;
    expect(await answer.json()).toEqual(expected);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  test('answers 304 to a client that has it already, and 200 once it has changed', async () => {
    const placed = await orders.place();
    const etag = (await get(`/v1/orders/${placed.id}`, tokenFor(placed.id))).headers.get('etag') ?? '';
    const conditional = { ...tokenFor(placed.id), 'if-none-match': etag };
    const unchanged = await get(`/v1/orders/${placed.id}`, conditional);
    expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
    await pay(orders.open.db, placed.id);
    desk.world.payment = { status: 'paid', method: 'qris' };
    const changed = await get(`/v1/orders/${placed.id}`, conditional);
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({
      status: 'paid',
      payment: { status: 'paid' },
      paidAt: expect.any(String),
    });
    expect(changed.headers.get('retry-after')).toBeNull();
  });
});

describe('a browser session for an order', () => {
  test('is a cookie for that order alone, out of reach of scripts', async () => {
    const placed = await orders.placePaid();
    const path = `/v1/orders/${placed.id}`;
    const answer = await desk.app.request(`${path}/session`, { method: 'POST', headers: tokenFor(placed.id) });
    expect(answer.status).toBe(204);
    const cookie = answer.headers.get('set-cookie') ?? '';
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', `Path=${path}`])
      expect(cookie.split('; ')).toContain(part);
    const sent = { cookie: `other=1; ${cookie.split(';')[0]}` };
    for (const file of ['', '/tickets', '/tickets.pdf', '/calendar.ics'])
      expect((await get(path + file, sent)).status).toBe(200);
    const again = await desk.app.request(`${path}/session`, { method: 'POST', headers: sent });
    expect(again.status).toBe(404);
  });
});
