import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards what phones mean in orders: kept in one spelling, counted as one person, of the right country, never guessed. */

let world: TestService;
let event: TestEvent;
let abroad: TestEvent;

beforeAll(async () => {
  world = await startTestService();
  event = await createEvent(world.service.db);
  abroad = await createEvent(world.service.db, { event: { country: 'SG' } });
});
afterAll(() => world.close());

type Reply = {
  status: number;
  replayed: boolean;
  body: { code?: string; errors?: unknown; buyer?: { phone: string } };
};

async function post(path: string, body: unknown, key: string = randomUUID()): Promise<Reply> {
  const response = await world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const replayed = response.headers.get('idempotent-replayed') === 'true';
  return { status: response.status, replayed, body: (await response.json()) as Reply['body'] };
}
const orderOf = (at: TestEvent, buyer: object) => ({
  eventSlug: at.slug,
  buyer: { ...someBuyer(), ...buyer },
  lines: [{ ticketCategoryId: at.categories[0]?.id, quantity: 1 }],
});
const fault = (path: string, code: string) => [expect.objectContaining({ path, code })];

describe('an order', () => {
  test.each([
    ['85256781234', undefined, '+6285256781234'],
    ['\u202a0813–6690 3055\u202c', undefined, '+6281366903055'],
    ['٠٨١٣٦٦٩٠٣٠٥٦', undefined, '+6281366903056'],
    ['91234567', 'sg', '+6591234567'],
  ])('keeps %j, chosen %s, as %s', async (phone, phoneCountry, e164) => {
    const { status, body } = await post('/v1/orders', orderOf(event, { phone, phoneCountry }));
    expect([status, body.buyer?.phone]).toEqual([201, e164]);
  });

  test('reads numbers as they are dialled in the country of its event', async () => {
    const placed = await post('/v1/orders', orderOf(abroad, { phone: '9123 4567' }));
    expect([placed.status, placed.body.buyer?.phone]).toEqual([201, '+6591234567']);
    const asked = await post('/v1/orders', orderOf(abroad, { phone: '6281366903057' }));
    expect([asked.status, asked.body.errors]).toEqual([400, fault('buyer.phone', 'phone.ambiguous')]);
  });

  test.each([
    [{ phone: '6591234567' }, 'buyer.phone', 'phone.ambiguous'],
    [{ phone: '02155501234' }, 'buyer.phone', 'phone.not_mobile'],
    [{ phone: '0812' }, 'buyer.phone', 'phone.invalid'],
    [{ phone: '+62 812 3456 7890 ext 1' }, 'buyer.phone', 'phone.invalid'],
    [{ phoneCountry: 'XX' }, 'buyer.phoneCountry', 'country.unknown'],
    [{ name: 'evil.shop' }, 'buyer.name', 'name.not_a_name'],
    [{ email: 'ayu@pem%62eli.test' }, 'buyer.email', 'email.invalid'],
  ])('with %j is refused, and nothing is held', async (buyer, path, code) => {
    const held = () => rowsOf(world.service.db, sql`select sum(held)::int as held from stock`);
    const before = await held();
    const { status, body } = await post('/v1/orders', orderOf(event, buyer));
    expect([status, body.code, body.errors]).toEqual([400, 'request.invalid', fault(path, code)]);
    expect(await held()).toEqual(before);
  });

  test('is found again by its key with another spelling of phone and email', async () => {
    const key = randomUUID();
    const buyer = { ...someBuyer(), email: 'ayu@münchen.example', phone: '081366903058' };
    const first = await post('/v1/orders', orderOf(event, buyer), key);
    const again = {
      ...buyer,
      name: `${buyer.name} \u200b`,
      email: ' ayu@xn--mnchen-3ya.example',
      phone: '+62 813 6690-3058',
    };
    const second = await post('/v1/orders', orderOf(event, again), key);
    expect([first.status, second.status, second.replayed]).toEqual([201, 201, true]);
  });
});

test('a limit per buyer sees one phone in all its spellings', async () => {
  const limited = await createEvent(world.service.db, { event: { ticketsPerBuyerMax: 2 } });
  const spellings = [
    '081366904000',
    '+6281366904000',
    '6281366904000',
    '0062 813 6690 4000',
    '+62 (0)813-6690-4000',
    '٠٨١٣٦٦٩٠٤٠٠٠',
  ];
  const outcomes: number[] = [];
  const buyer = someBuyer();
  for (const phone of spellings) {
    outcomes.push((await post('/v1/orders', orderOf(limited, { ...buyer, phone }))).status);
  }
  expect(outcomes).toEqual([201, 201, 409, 409, 409, 409]);
  const keys = await rowsOf(
    world.service.db,
    sql`select distinct buyer_keys from orders where event_id = ${limited.id}`,
  );
  expect(keys).toHaveLength(1);
});

describe('the reading of a phone number before the order', () => {
  const read = (body: unknown) => post('/v1/buyers/phone-readings', body);

  test('is the reading that the order uses', async () => {
    for (const [at, given, answer] of [
      [event, { phone: '0813 6690 3055' }, { phone: '+6281366903055', display: '+62 813 6690 3055', country: 'ID' }],
      [
        event,
        { phone: '91234567', phoneCountry: 'SG' },
        { phone: '+6591234567', display: '+65 9123 4567', country: 'SG' },
      ],
      [abroad, { phone: '91234567' }, { phone: '+6591234567', display: '+65 9123 4567', country: 'SG' }],
    ] as const) {
      const { status, body } = await read({ eventSlug: at.slug, ...given });
      expect([status, body]).toEqual([200, answer]);
    }
    const { status, body } = await read({ eventSlug: event.slug, phone: '6591234567' });
    expect([status, body.errors]).toEqual([400, fault('phone', 'phone.ambiguous')]);
  });

  test('answers for a draft like for an event that does not exist', async () => {
    const draft = await createEvent(world.service.db, { event: { status: 'draft', country: 'SG' } });
    for (const phone of ['91234567', '12345', '+6281366903055']) {
      const [hidden, nothing] = await Promise.all([
        read({ eventSlug: draft.slug, phone }),
        read({ eventSlug: 'there-is-no-such-event', phone }),
      ]);
      expect([hidden.status, hidden.body.code]).toEqual([nothing.status, nothing.body.code]);
      expect(hidden.status).toBe(404);
      const ordered = await post('/v1/orders', orderOf(draft, { phone }));
      expect([ordered.status, ordered.body.code]).toEqual([404, 'event.not_found']);
    }
  });
});
