import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlaceOrderDeps } from '../../src/orders/place-order.ts';
import { type OpenDb, rowsOf } from '../../src/platform/db.ts';
import { orderCode } from '../../src/platform/ids.ts';
import { availabilityOf } from '../../src/orders/availability.ts';
import { type TestDatabase, createTestDatabase } from '../support/database.ts';
import { type TestEvent, type TestOrganizer, createEvent, createOrganizer, someBuyer } from '../support/factories.ts';
import { json, keyFor, openDesk, pay, read } from '../support/order-desk.ts';
import { openTestDb, order, placingDeps, tally } from '../support/placing.ts';

let database: TestDatabase;
let open: OpenDb;
let deps: PlaceOrderDeps;
let desk: ReturnType<typeof openDesk>;
let organizer: TestOrganizer;
let manager: Record<string, string>;
let door: Record<string, string>;
let stranger: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openTestDb(database.url);
  deps = placingDeps(open);
  desk = openDesk(open);
  organizer = await createOrganizer(open.db);
  manager = await keyFor(desk, organizer, 'manager');
  door = await keyFor(desk, organizer, 'door');
  stranger = await keyFor(desk, await createOrganizer(open.db), 'manager');
});
afterAll(async () => {
  await open.close();
  await database.close();
});

const base = () => `/v1/organizers/${organizer.slug}`;
const get = (path: string, headers = manager) => desk.app.request(base() + path, { headers });
const getJson = async (path: string, headers = manager) => read(await get(path, headers));
async function send(method: string, path: string, body: unknown, headers = manager) {
  const init = json(body, method);
  const answer = await desk.app.request(base() + path, { ...init, headers: { ...init.headers, ...headers } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const auditOf = async (subjectId: string) =>
  (
    await rowsOf<{ act: string }>(open.db, sql`select act from audit_log where subject_id = ${subjectId} order by id`)
  ).map((row) => row.act);

describe('who may do what', () => {
  const routes: [string, string, unknown, 'door' | 'manager'][] = [
    ['POST', '/events/EVENT/pools', { name: 'Tribune', capacity: 5 }, 'manager'],
    ['GET', '/events/EVENT/pools', undefined, 'manager'],
    ['PATCH', '/events/EVENT/pools/POOL', { blocked: 0 }, 'manager'],
    ['POST', '/events/EVENT/promo-codes', { code: 'MATRIX', kind: 'percent', value: 5 }, 'manager'],
    ['GET', '/events/EVENT/promo-codes', undefined, 'manager'],
    ['PATCH', '/events/EVENT/promo-codes/PROMO', { status: 'closed' }, 'manager'],
    ['GET', '/events/EVENT/orders', undefined, 'door'],
    ['GET', '/events/EVENT/orders.csv', undefined, 'manager'],
    ['GET', '/events/EVENT/sales', undefined, 'manager'],
    ['GET', '/orders/ORDER', undefined, 'door'],
    ['POST', '/orders/ORDER/cancellation', {}, 'manager'],
  ];

  test('is told apart on every route: nobody, a stranger, the door, a manager, another organiser’s things', async () => {
    const event = await createEvent(open.db, { organizer });
    const other = await createEvent(open.db);
    const { order: placed } = await order(deps, event);
    const { order: theirs } = await order(deps, other);
    const promo = await send('POST', `/events/${event.id}/promo-codes`, { code: 'KNOWN', kind: 'percent', value: 5 });
    const fill = (path: string, of: TestEvent, orderId: string) =>
      path
        .replace('EVENT', of.id)
        .replace('POOL', of.categories[0]?.poolId ?? '')
        .replace('PROMO', String(promo.body.id))
        .replace('ORDER', orderId);
    for (const [method, path, body, role] of routes) {
      const status = async (target: string, headers: Record<string, string>) => {
        const init = body === undefined ? { method } : json(body, method);
        const sent = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
        const answer = await desk.app.request(base() + target, { ...init, headers: sent });
        await answer.text();
        return answer.status;
      };
      const mine = fill(path, event, placed.id);
      expect(await status(mine, {}), `nobody ${method} ${path}`).toBe(401);
      expect(await status(mine, stranger), `stranger ${method} ${path}`).toBe(404);
      expect(await status(fill(path, other, theirs.id), manager), `not mine ${method} ${path}`).toBe(404);
      for (const nonsense of ['nonsense', '%00', event.id.toLowerCase()]) {
        expect(await status(path.replace(/EVENT|ORDER/, nonsense), manager), `${nonsense} ${method} ${path}`).toBe(404);
      }
      expect(await status(mine, door), `door ${method} ${path}`).toBe(role === 'door' ? 200 : 403);
      expect([200, 201, 202], `manager ${method} ${path}`).toContain(await status(mine, manager));
    }
    const [row] = await rowsOf(open.db, sql`select status from orders where id = ${theirs.id}`);
    expect(row).toEqual({ status: 'pending_payment' });
  });
});

describe('pools', () => {
  test('are made, listed and resized, and each change is on record', async () => {
    const event = await createEvent(open.db, { organizer });
    const made = await send('POST', `/events/${event.id}/pools`, { name: 'Tribune', capacity: 500, blocked: 20 });
    expect(made).toMatchObject({ status: 201, body: { name: 'Tribune', capacity: 500, available: 480, blocked: 20 } });
    const path = `/events/${event.id}/pools/${String(made.body.id)}`;
    expect((await send('PATCH', path, { capacity: 600 })).body).toMatchObject({
      capacity: 600,
      available: 580,
      blocked: 20,
    });
    expect((await send('PATCH', path, { blocked: 0 })).body).toMatchObject({
      capacity: 600,
      available: 600,
      blocked: 0,
    });
    expect((await getJson(`/events/${event.id}/pools`)).data).toHaveLength(2);
    expect(await auditOf(String(made.body.id))).toEqual(['pool.created', 'pool.changed', 'pool.changed']);
  });

  test('cannot be made smaller than what is sold, held and blocked; nothing changes then, and nothing is on record', async () => {
    const event = await createEvent(open.db, { organizer, categories: [{ capacity: 10 }] });
    const poolId = event.categories[0]?.poolId ?? '';
    await order(deps, event, { quantity: 4 });
    const { order: paid } = await order(deps, event, { quantity: 3 });
    await pay(open.db, paid.id);
    const path = `/events/${event.id}/pools/${poolId}`;
    expect((await send('PATCH', path, { capacity: 7 })).body).toMatchObject({ available: 0, held: 4, sold: 3 });
    expect(await send('PATCH', path, { capacity: 6 })).toMatchObject({ status: 409, body: { code: 'pool.in_use' } });
    expect(await send('PATCH', path, { blocked: 1 })).toMatchObject({ status: 409 });
    expect(await auditOf(poolId)).toEqual(['pool.changed']);
  });

  test('resized again and again in the middle of a rush stay whole: nothing is oversold', async () => {
    const event = await createEvent(open.db, { organizer, categories: [{ capacity: 30 }] });
    const poolId = event.categories[0]?.poolId ?? '';
    const orders = Array.from({ length: 60 }, () => order(deps, event, { quantity: 1 }));
    const sizes = [40, 20, 35, 31, 45, 25, 40];
    const resizes = sizes.map((capacity) => send('PATCH', `/events/${event.id}/pools/${poolId}`, { capacity }));
    const counts = await tally(orders);
    for (const answer of await Promise.all(resizes)) expect([200, 409]).toContain(answer.status);
    const [row] = await rowsOf<{ capacity: number; available: number; held: number }>(
      open.db,
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
    const event = await createEvent(open.db, { organizer });
    expect(await send('POST', `/events/${event.id}/pools`, body)).toMatchObject({ status: 400 });
  });

  test('say per ticket category what may still be bought', async () => {
    const event = await createEvent(open.db, {
      organizer,
      categories: [{ capacity: 10 }, { pool: 0 }, { capacity: 3 }],
    });
    await order(deps, event, { quantity: 4 });
    expect(await availabilityOf(open.db, event.id)).toEqual([
      { ticketCategoryId: event.categories[0]?.id, available: 6, capacity: 10 },
      { ticketCategoryId: event.categories[1]?.id, available: 6, capacity: 10 },
      { ticketCategoryId: event.categories[2]?.id, available: 3, capacity: 3 },
    ]);
  });
});

describe('promo codes', () => {
  test('are made once each, changed and closed, and each change is on record', async () => {
    const event = await createEvent(open.db, { organizer });
    const path = `/events/${event.id}/promo-codes`;
    const made = await send('POST', path, { code: ' hemat-10 ', kind: 'percent', value: 10, redemptionsMax: 2 });
    expect(made).toMatchObject({
      status: 201,
      body: { code: 'HEMAT-10', redemptions: 0, status: 'active', validFrom: null },
    });
    expect(await send('POST', path, { code: 'HEMAT-10', kind: 'amount', value: 1 })).toMatchObject({
      status: 409,
      body: { code: 'promo_code.taken' },
    });
    for (const _ of [1, 2]) await order(deps, event, { promoCode: 'HEMAT-10' });
    const one = `${path}/${String(made.body.id)}`;
    expect(await send('PATCH', one, { redemptionsMax: 1 })).toMatchObject({
      status: 409,
      body: { code: 'promo_code.in_use' },
    });
    expect((await send('PATCH', one, { redemptionsMax: null })).body).toMatchObject({
      redemptions: 2,
      redemptionsMax: null,
    });
    expect((await send('PATCH', one, { status: 'closed' })).body).toMatchObject({ status: 'closed' });
    await expect(order(deps, event, { promoCode: 'HEMAT-10' })).rejects.toMatchObject({ code: 'promo.invalid' });
    expect(await auditOf(String(made.body.id))).toEqual([
      'promo_code.created',
      'promo_code.changed',
      'promo_code.changed',
    ]);
  });

  test('are listed page by page', async () => {
    const event = await createEvent(open.db, { organizer });
    for (let n = 0; n < 5; n += 1) {
      await send('POST', `/events/${event.id}/promo-codes`, { code: `CODE-${n}`, kind: 'amount', value: 1000 });
    }
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 5; pages += 1) {
      const { data, nextCursor } = await getJson(`/events/${event.id}/promo-codes?limit=2${cursor}`);
      seen.push(...data.map((promo) => promo.code));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(seen.sort()).toEqual(['CODE-0', 'CODE-1', 'CODE-2', 'CODE-3', 'CODE-4']);
  });

  test.each([
    [{ code: 'AB', kind: 'percent', value: 5 }],
    [{ code: 'ABC', kind: 'percent', value: 101 }],
    [{ code: 'ABC', kind: 'percent', value: 0 }],
    [{ code: 'A B C', kind: 'percent', value: 5 }],
    [{ code: 'ABC', kind: 'percent', value: 5, redemptions: 9 }],
    [{ code: 'ABC', kind: 'percent', value: 5, validFrom: '2027-01-02T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' }],
  ])('refuse %j', async (body) => {
    const event = await createEvent(open.db, { organizer });
    expect(await send('POST', `/events/${event.id}/promo-codes`, body)).toMatchObject({ status: 400 });
  });
});

describe('orders at the desk', () => {
  test('are paged newest first, each once, filtered by status', async () => {
    const event = await createEvent(open.db, { organizer });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await order(deps, event)).order.id);
    await pay(open.db, ids[2] ?? '');
    const first = await getJson(`/events/${event.id}/orders?limit=3`);
    const second = await getJson(`/events/${event.id}/orders?limit=3&cursor=${first.nextCursor}`);
    const listed = [...first.data, ...second.data].map((row) => row.id);
    expect(new Set(listed)).toEqual(new Set(ids));
    expect(listed).toEqual(listed.toSorted().toReversed());
    expect(second.nextCursor).toBeNull();
    expect((await getJson(`/events/${event.id}/orders?status=paid`)).data.map((row) => row.id)).toEqual([ids[2]]);
    for (const query of ['status=nonsense', 'cursor=nonsense', 'limit=0', 'limit=1e9', 'x=1']) {
      expect((await get(`/events/${event.id}/orders?${query}`)).status, query).toBe(400);
    }
  });

  test('are found by whole code or whole email, and by nothing less', async () => {
    const event = await createEvent(open.db, { organizer });
    const buyer = someBuyer();
    const { order: placed } = await order(deps, event, { buyer });
    await order(deps, event);
    const found = async (q: string, headers = manager) =>
      (await getJson(`/events/${event.id}/orders?q=${encodeURIComponent(q)}`, headers)).data.map((row) => row.id);
    const code = orderCode(placed.id);
    for (const q of [code, code.replace('-', ''), code.toLowerCase(), buyer.email, buyer.email.toUpperCase()]) {
      expect(await found(q), q).toEqual([placed.id]);
    }
    for (const q of [code.slice(0, 5), buyer.email.slice(1), '%', "' or 1=1 --", 'Ayu Lestari'])
      expect(await found(q), q).toEqual([]);
    expect(await found(code, door)).toEqual([placed.id]);
    expect(await found(buyer.email, door)).toEqual([]);
  });

  test('show the door who stands there, not how to reach them', async () => {
    const event = await createEvent(open.db, { organizer });
    const buyer = someBuyer();
    const { order: placed } = await order(deps, event, { buyer });
    expect((await getJson(`/orders/${placed.id}`)).buyer).toEqual(buyer);
    expect((await getJson(`/orders/${placed.id}`, door)).buyer).toEqual({ name: buyer.name });
    const listed = JSON.stringify(await getJson(`/events/${event.id}/orders`, door));
    for (const secret of [buyer.email, buyer.phone]) expect(listed).not.toContain(secret);
  });

  test('show nothing that is kept for the machine', async () => {
    const event = await createEvent(open.db, { organizer });
    const { order: placed } = await order(deps, event);
    expect(Object.keys(await getJson(`/orders/${placed.id}`)).sort()).toEqual(
      'attention buyer code discount eventId eventSlug expiresAt fees id lines placedAt status subtotal total'.split(
        ' ',
      ),
    );
  });
});

describe('the export', () => {
  test('never holds text that a spreadsheet runs, and holds every order once', async () => {
    const event = await createEvent(open.db, { organizer, categories: [{ name: '=1+1', capacity: 5000 }] });
    const names = [
      '=HYPERLINK("http://evil")',
      '+1',
      '-1',
      '@SUM(A1)',
      "=cmd|' /C calc'!A0",
      ' =1',
      'Ayu, "Lestari"',
      '＝1',
      'Ayu',
    ];
    const placed = new Map<string, string>();
    for (const name of names)
      placed.set((await order(deps, event, { buyer: { ...someBuyer(), name } })).order.id, name);
    const answer = await get(`/events/${event.id}/orders.csv`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="orders-${event.slug}.csv"`);
    const text = await answer.text();
    const rows = parseCsv(text.replace(/^\uFEFF/, ''));
    const [header = [], ...lines] = rows;
    const at = (line: string[], column: string) => line[header.indexOf(column)] ?? '';
    expect(new Set(lines.map((line) => at(line, 'order_id')))).toEqual(new Set(placed.keys()));
    for (const line of lines) {
      for (const field of line) expect(field).not.toMatch(/^\s*[=+\-@＝＋－＠\t\r]/);
      const name = placed.get(at(line, 'order_id')) ?? '';
      expect(at(line, 'name')).toBe(/^\s*[=+\-@＝]/.test(name) ? `'${name}` : name);
      expect(at(line, 'phone')).toMatch(/^'\+62/);
      expect(at(line, 'total')).toBe('150000');
      expect(at(line, 'tickets')).toBe('1 x =1+1');
    }
    expect(await auditOf(event.id)).toEqual(['orders.exported']);
  });

  test('goes on over more rows than one page of the database', async () => {
    const event = await createEvent(open.db, { organizer, categories: [{ capacity: 5000 }] });
    await Promise.all(Array.from({ length: 1203 }, () => order(deps, event)));
    const rows = parseCsv((await (await get(`/events/${event.id}/orders.csv`)).text()).replace(/^\uFEFF/, ''));
    expect(rows).toHaveLength(1204);
    expect(new Set(rows.map((row) => row[1])).size).toBe(1204);
  });
});

describe('sales figures', () => {
  test('agree with what was bought, held and given back', async () => {
    const event = await createEvent(open.db, {
      organizer,
      categories: [
        { capacity: 20, price: 100_000 },
        { pool: 0, price: 250_000 },
      ],
    });
    const [first, second] = event.categories;
    const both = [
      { ticketCategoryId: first?.id ?? '', quantity: 2 },
      { ticketCategoryId: second?.id ?? '', quantity: 1 },
    ];
    const { order: paid } = await order(deps, event, { lines: both });
    await pay(open.db, paid.id);
    const { order: back } = await order(deps, event, { lines: both });
    await pay(open.db, back.id);
    await open.db.execute(sql`select revoke_tickets(${event.id}, ${back.id}, null, true, 'refunded', 'test')`);
    await order(deps, event, { quantity: 4 });
    expect(await getJson(`/events/${event.id}/sales`)).toMatchObject({
      ticketCategories: [
        { ticketCategoryId: first?.id, paid: 2, held: 4, available: 13, revenue: { amount: 200_000, currency: 'IDR' } },
        { ticketCategoryId: second?.id, paid: 1, held: 0, available: 13, revenue: { amount: 250_000 } },
      ],
      pools: [{ capacity: 20, available: 13, held: 4, sold: 3, blocked: 0 }],
      total: { paid: 3, held: 4, revenue: { amount: 450_000, currency: 'IDR' } },
    });
  });
});

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g)) {
    const [, field = '', end] = match;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
