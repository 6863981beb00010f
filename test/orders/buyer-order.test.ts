import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PlaceOrderDeps } from '../../src/orders/placement/place-order.ts';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { orderCode } from '../../src/platform/ids.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { createEvent, someBuyer } from '../../testkit/factories.ts';
import { bearer, json, openDesk, pay, read, tokenOf } from '../../testkit/orders/order-desk.ts';
import { openTestDb, order, placingDeps } from '../../testkit/orders/placing.ts';

let database: TestDatabase;
let open: OpenDb;
let deps: PlaceOrderDeps;
let desk: ReturnType<typeof openDesk>;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openTestDb(database.url);
  deps = placingDeps(open);
});
beforeEach(() => {
  desk = openDesk(open);
});
afterAll(async () => {
  await open.close();
  await database.close();
});

const tokenFor = (id: string) => bearer(tokenOf(desk, id));
const get = (path: string, headers: Record<string, string> = {}) => desk.app.request(path, { headers });

async function place(options: Parameters<typeof order>[2] = {}) {
  const event = await createEvent(open.db);
  const { order: placed } = await order(deps, event, options);
  return placed;
}

async function placePaid(quantity = 2) {
  const placed = await place({ quantity });
  await pay(open.db, placed.id);
  return placed;
}

async function firstTicketOf(orderId: string) {
  const [ticket] = (await read(await get(`/v1/orders/${orderId}/tickets`, tokenFor(orderId)))).data;
  if (ticket === undefined) throw new Error('the order has no ticket');
  return ticket;
}

const stagedFor = async (orderId: string) =>
  (
    await rowsOf<{ name: string }>(
      open.db,
      sql`select name from outbox where payload->>'orderId' = ${orderId} order by id`,
    )
  ).map((row) => row.name);

describe('an order answers nobody but its buyer', () => {
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

  test('on every path, whatever is wrong: one and the same 404, and nothing changes', async () => {
    const mine = await placePaid();
    const theirs = await placePaid();
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
    const [row] = await rowsOf<{ status: string }>(open.db, sql`select status from orders where id = ${theirs.id}`);
    expect(row?.status).toBe('paid');
  });

  test('nor does the token count in the address, where logs would keep it', async () => {
    const placed = await place();
    expect((await get(`/v1/orders/${placed.id}?accessToken=${tokenOf(desk, placed.id)}`)).status).toBe(404);
  });

  test("another order's ticket is not served under one's own order", async () => {
    const mine = await placePaid();
    const theirs = await placePaid();
    const ticket = await firstTicketOf(theirs.id);
    for (const ticketId of [ticket.id, 'nonsense', 'tkt_%00']) {
      const answer = await get(`/v1/orders/${mine.id}/tickets/${ticketId}/qr.svg`, tokenFor(mine.id));
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: 'ticket.not_found' });
    }
  });
});

describe('showing an order', () => {
  test('gives what placement gave, and says when to ask again while the payment is prepared', async () => {
    const placed = await place({ quantity: 2 });
    const answer = await get(`/v1/orders/${placed.id}`, tokenFor(placed.id));
    const { accessToken: _, ...expected } = placed;
    expect(await answer.json()).toEqual(expected);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  test('answers 304 to who has it already, and anew once it has changed', async () => {
    const placed = await place();
    const etag = (await get(`/v1/orders/${placed.id}`, tokenFor(placed.id))).headers.get('etag') ?? '';
    const conditional = { ...tokenFor(placed.id), 'if-none-match': etag };
    const unchanged = await get(`/v1/orders/${placed.id}`, conditional);
    expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
    await pay(open.db, placed.id);
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
    const placed = await placePaid();
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

describe('finding a lost link', () => {
  const lookUp = (email: string, code: string) => desk.app.request('/v1/orders/lookups', json({ email, code }));

  test('stages one mail for the right email and code, however they are typed', async () => {
    const buyer = { ...someBuyer(), email: 'ayu.lestari@gmail.com' };
    const placed = await place({ buyer });
    const code = orderCode(placed.id);
    for (const [email, typed] of [
      [buyer.email, code],
      ['AyuLestari+x@GMAIL.com', code.toLowerCase().replace('-', '')],
    ] as const) {
      expect((await lookUp(email, typed)).status).toBe(202);
    }
    expect(await stagedFor(placed.id)).toEqual(['order.placed', 'order.link_requested', 'order.link_requested']);
  });

  test('answers the same, and never sooner, when there is nothing to find or too much was asked', async () => {
    const buyer = someBuyer();
    const placed = await place({ buyer });
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
    // Who asks too much is told so, and as late, whether or not there is such an order.
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

  test('is counted by email and code, so that guesses of other codes keep nobody from a link', async () => {
    const buyer = { ...someBuyer(), email: `r.dewi${Date.now()}@gmail.com` };
    const code = orderCode((await place({ buyer })).id);
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
    const free = await createEvent(open.db, { categories: [{ price: 0 }] });
    const over = await createEvent(open.db, { categories: [{ price: 0 }] });
    const { order: paid } = await order(deps, free, { buyer });
    const { order: past } = await order(deps, over, { buyer });
    const unpaid = await place({ buyer });
    await open.db.execute(sql`
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

  test('refuses what is no email, and what it does not know', async () => {
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
