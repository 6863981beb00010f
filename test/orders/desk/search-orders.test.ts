import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveDetails } from '../../../src/orders/details/give-details.ts';
import { indexOrders } from '../../../src/orders/search/index-orders.ts';
import { transferTicket } from '../../../src/orders/transfers/transfer-ticket.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { orderCode } from '../../../src/platform/ids.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { json } from '../../../testkit/orders/order-desk.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order, pay, testHashSecret } from '../../../testkit/orders/placing.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

let desk: OrganizerDesk;
let event: TestEvent;
let other: TestEvent;

beforeAll(async () => {
  desk = await startOrganizerDesk();
  event = await createEvent(desk.open.db, { organizer: desk.organizer });
  other = await createEvent(desk.open.db, { organizer: desk.organizer });
});
afterAll(() => desk.close());

type Found = { data: { id: string }[]; match: string; nextCursor: string | null };
const ask = (body: unknown, headers = desk.manager) => {
  const init = json(body);
  return desk.request('/order-searches', { ...init, headers: { ...init.headers, ...headers } });
};
type More = { readonly eventId?: string; readonly limit?: number; readonly cursor?: string };
const search = async (q: string, more: More = {}, headers = desk.manager): Promise<Found> => {
  const answer = await ask({ q, ...more }, headers);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Found;
};
/** The exact matches. */
const found = async (q: string, more: More = {}, headers = desk.manager) => {
  const { data, match } = await search(q, more, headers);
  return match === 'exact' ? data.map(({ id }) => id) : [];
};

/** The text with one character wrong, two swapped, one missing, and one too many. None is the beginning of what was meant. */
function mistyped(meant: string): string[] {
  const text = meant.replaceAll('-', '');
  const at = Array.from(text).findIndex((one, index) => index > 4 && one !== text[index + 1]);
  const [before, one = '', next = '', after] = [text.slice(0, at), text[at], text[at + 1], text.slice(at + 2)];
  const wrong = one === '7' ? '4' : '7';
  return [
    `${before}${wrong}${next}${after}`,
    `${before}${next}${one}${after}`,
    `${before}${next}${after}`,
    `${before}${one}${wrong}${next}${after}`,
  ];
}

/** A minute later, when the orders are old enough. */
const later = { now: () => new Date(Date.now() + 60_000) };
const indexNow = () => indexOrders({ db: desk.open.db, log: silentLog, clock: later });

async function placed(name: string, in_: TestEvent = event, buyer = someBuyer()) {
  const { order: made } = await order(desk.deps, in_, { buyer: { ...buyer, name } });
  return { id: made.id, ...buyer, name };
}

describe('the search of orders', () => {
  test('finds an order by the names on its tickets, also after one is given away', async () => {
    const concert = await createEvent(desk.open.db, {
      organizer: desk.organizer,
      categories: [{ price: 0, hasHolderNames: true }],
    });
    const { id } = await placed('Gita Paramitha', concert);
    await indexNow();
    const link = { orderId: id, version: 1 };
    const [first, second] = [`tkt_${id.slice(4)}001`, `tkt_${id.slice(4)}002`];
    await desk.open.db.execute(sql`
      insert into tickets (event_id, id, order_id, ticket_category_id, code)
      select event_id, ${second}, order_id, ticket_category_id, uuid_send(gen_random_uuid()) from tickets where id = ${first}`);
    const tickets = [
      { ticketId: first, holderName: 'Zulkifli Harahap' },
      { ticketId: second, holderName: 'Gita Paramitha' },
    ];
    await giveDetails({ db: desk.open.db, clock: systemClock }, link, { tickets, answers: [] });
    expect(await found('harahap')).toEqual([id]);
    expect(await found('gita')).toEqual([id]);
    // The door finds guests by name as well, and by no address.
    expect(await found('zulkifli', {}, desk.door)).toEqual([id]);
    const ticketTransferred = () => Promise.resolve(true);
    await transferTicket(
      { db: desk.open.db, clock: systemClock, config: { HASH_SECRET: testHashSecret }, ticketTransferred },
      {
        ticketId: first,
        shown: { by: 'buyer', ...link },
        holder: { name: 'Xaverius Beoang', email: 'x@example.test' },
      },
    );
    expect([await found('harahap'), await found('beoang'), await found('x@example')]).toEqual([[], [id], []]);
  });

  test('finds by the beginning of a name, an email, a phone, an order code and a ticket code', async () => {
    const ayu = await placed('Ayu Lestari Wulandari');
    await placed('Bagus Prakoso');
    await pay(desk.open.db, ayu.id);
    await indexNow();
    const [ticket] = await rowsOf<{ code: Buffer }>(
      desk.open.db,
      sql`select code from tickets where order_id = ${ayu.id}`,
    );
    const code = encodeBase32(ticket?.code ?? Buffer.alloc(16));
    const ways = [
      'Ayu Lestari',
      'lest',
      'WULAN ayu',
      ayu.email,
      ayu.email.slice(0, 9).toUpperCase(),
      ayu.phone,
      `0${ayu.phone.slice(3)}`,
      `+62 (0)${ayu.phone.slice(3, 6)}-${ayu.phone.slice(6)}`,
      ayu.phone.slice(-6),
      // The first four digits, as people say a number.
      `0${ayu.phone.slice(3, 6)}`,
      orderCode(ayu.id),
      orderCode(ayu.id).slice(0, 5).toLowerCase(),
      code,
      code.slice(0, 8).toLowerCase(),
      `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8, 12)}`,
    ];
    for (const q of ways) expect(await found(q), q).toContain(ayu.id);
    for (const q of ['%', '__', "' or 1=1 --", 'Ayu Bagus', 'zz', 'ayu@@']) expect(await found(q), q).toEqual([]);
  });

  test.each([
    ['Lestri', 'Ayu Lestari'],
    ['Prakosso', 'Bagus Prakoso'],
    ['Kristyanto', 'Kristianto'],
  ])('finds %s, which was mistyped, and says that it is only similar', async (q, name) => {
    const { id } = await placed(name, other);
    await indexNow();
    const answer = await search(q, { eventId: other.id });
    expect(answer.data.map((row) => row.id)).toContain(id);
    expect(answer).toMatchObject({ match: 'similar', nextCursor: null });
  });

  test('finds an email with a typing mistake before or after its @, and none for those who may not see addresses', async () => {
    const { id } = await placed('Ratna', other, { ...someBuyer(), email: `ratnasari.${process.pid}@kotakpos.example` });
    await indexNow();
    for (const q of [`ratnasri.${process.pid}@kotakpos.example`, `ratnasari.${process.pid}@kotkapos.example`]) {
      const answer = await search(q, { eventId: other.id });
      expect([q, answer.match, answer.data.map((row) => row.id)]).toEqual([q, 'similar', expect.arrayContaining([id])]);
      expect((await search(q, { eventId: other.id }, desk.door)).data).toEqual([]);
    }
  });

  test('finds a code or a phone with one typing mistake, says that it is only near, and prefers an exact match', async () => {
    const { id, phone } = await placed('Nadia', other);
    await pay(desk.open.db, id);
    await indexNow();
    const [ticket] = await rowsOf<{ code: Buffer }>(desk.open.db, sql`select code from tickets where order_id = ${id}`);
    const ticketCode = encodeBase32(ticket?.code ?? Buffer.alloc(16));
    const near = async (q: string, headers = desk.manager) => {
      const { data, match } = await search(q, {}, headers);
      return match === 'similar' ? data.map((row) => row.id) : match;
    };
    for (const text of [orderCode(id), ticketCode, phone, `0${phone.slice(3)}`, phone.slice(1)]) {
      expect([text, await found(text)]).toEqual([text, expect.arrayContaining([id])]);
      for (const q of mistyped(text)) expect([text, q, await near(q)]).toEqual([text, q, expect.arrayContaining([id])]);
    }
    for (const text of [orderCode(id), ticketCode])
      expect(await near(mistyped(text)[0] ?? '', desk.door)).toContain(id);
    for (const q of mistyped(phone)) expect([q, await near(q, desk.door)]).toEqual([q, []]);
    for (const q of mistyped(mistyped(phone)[0] ?? '').slice(1, 2)) expect([q, await near(q)]).toEqual([q, []]);
  });

  test.each(['Љиљана Петровић', 'محمد الفاتح', '王小明', 'สมชาย ใจดี', 'Åse Bjørnson'])(
    'finds %s by the beginning of the name',
    async (name) => {
      const { id } = await placed(name);
      await indexNow();
      expect(await found(name)).toContain(id);
      expect(await found(Array.from(name).slice(0, 3).join(''))).toContain(id);
    },
  );

  test('is limited to one event when it is named, and pages newest first over all events', async () => {
    const here = [await placed('Zulkarnain Satu'), await placed('Zulkarnain Dua')];
    const there = await placed('Zulkarnain Tiga', other);
    await indexNow();
    expect(await found('zulkar', { eventId: other.id })).toEqual([there.id]);
    const first = await search('zulkar', { limit: 2 });
    const second = await search('zulkar', { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual([there.id, here[1]?.id, here[0]?.id]);
    expect(second.nextCursor).toBeNull();
  });

  test('gives door staff no address, and another organiser nothing at all', async () => {
    const someone = await placed('Satria Baja');
    await indexNow();
    expect(await found('satria', {}, desk.door)).toEqual([someone.id]);
    expect(JSON.stringify(await search('satria', {}, desk.door))).not.toContain(someone.phone);
    for (const q of [someone.email, someone.phone]) expect(await found(q, {}, desk.door), q).toEqual([]);
    expect((await ask({ q: 'satria' }, desk.stranger)).status).toBe(404);
    expect((await ask({ q: 'satria', eventId: 'evt_00000000' })).status).toBe(404);
    for (const body of [{}, { q: '' }, { q: 'a', limit: 0 }, { q: 'a', cursor: 'x' }, { q: 'a', x: 1 }]) {
      expect((await ask(body)).status, JSON.stringify(body)).toBe(400);
    }
  });

  test('uses a corrected address at once', async () => {
    const someone = await placed('Dewi Sartika');
    await pay(desk.open.db, someone.id);
    await indexNow();
    const email = `corrected-${someone.email}`;
    expect((await desk.send('PATCH', `/orders/${someone.id}/buyer`, { email })).status).toBe(200);
    expect(await found(email)).toEqual([someone.id]);
    await indexNow();
    expect(await found(someone.email)).not.toContain(someone.id);
  });
});

test('indexing twice at once adds each order once', async () => {
  const names = await Promise.all(Array.from({ length: 12 }, (_, n) => placed(`Serentak Nomor${n}`)));
  await Promise.all([indexNow(), indexNow()]);
  const rows = await rowsOf<{ count: number }>(
    desk.open.db,
    sql`select count(*)::int as count from order_searches where name like ' serentak%'`,
  );
  expect(rows[0]?.count).toBe(names.length);
});

test('an order that cannot be added keeps only the orders of its event from the search', async () => {
  const owner = postgres(desk.directUrl, { max: 1 });
  const [broken, whole] = [await placed('Rusak Sekali'), await placed('Utuh Semua', other)];
  await owner`alter table order_searches add constraint broken check (name not like '%rusak%')`;
  try {
    await expect(indexNow()).rejects.toThrow();
    expect([await found('rusak'), await found('utuh')]).toEqual([[], [whole.id]]);
  } finally {
    await owner`alter table order_searches drop constraint broken`;
    await owner.end();
  }
  await indexNow();
  expect(await found('rusak')).toEqual([broken.id]);
});
