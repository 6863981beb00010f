import { describe, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { type PricedCategory, highestTotal } from '../../src/payments/accounts/unpayable-sale.ts';
import { keyOf, shown } from '../../testkit/catalog/catalog-world.ts';
import { type TestEvent, type TestEventOptions, createEvent, createPaymentAccount } from '../../testkit/factories.ts';
import { useCatalog } from './support/catalogs.ts';

/** Guards that nothing goes on sale whose money no gateway of the organiser can take, then or by a later change. */

const { catalog } = await useCatalog();

type Ask = (method: string, path: string, body?: unknown) => Promise<Response>;

async function eventOf(
  options: TestEventOptions,
  { account = true, published = false } = {},
): Promise<{ event: TestEvent; ask: Ask }> {
  const status = published ? 'published' : 'draft';
  const event = await createEvent(catalog.db, { ...options, event: { ...options.event, status } });
  if (account) await createPaymentAccount(catalog.db, event.organizer);
  const key = await keyOf(catalog, event.organizer, 'manager');
  const ask: Ask = (method, path, body) =>
    catalog.fetch(`/v1/organizers/${event.organizer.slug}/events/${event.id}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { event, ask };
}

async function missingOf(answer: Response): Promise<string[]> {
  const body = await shown(answer);
  if (answer.status === 200) return [];
  expect([answer.status, body.code]).toEqual([409, 'event.not_publishable']);
  return (body['missing'] as { code: string }[]).map(({ code }) => code);
}

const million = 1_000_000;

describe('a sale is published', () => {
  test.each<[string, TestEventOptions, { account?: boolean }, string[]]>([
    ['in rupiah', {}, {}, []],
    ['without an account', {}, { account: false }, ['payment.no_account']],
    ['for nothing, without an account', { categories: [{ price: 0 }] }, { account: false }, []],
    ['in a currency that the gateway does not take', { event: { currency: 'USD' } }, {}, ['payment.currency']],
    ['for nothing, in any currency', { event: { currency: 'USD' }, categories: [{ price: 0 }] }, {}, []],
    ['at the highest total', { categories: [{ price: 99_999_999, perOrderMax: 10 }] }, {}, []],
    ['a rupiah beyond it', { categories: [{ price: 100 * million, perOrderMax: 10 }] }, {}, ['payment.amount']],
    [
      'beyond it by the fee alone',
      { categories: [{ price: 99_999_999, perOrderMax: 10 }], event: { feePerTicket: 1 } },
      {},
      ['payment.amount'],
    ],
    ['below it by fewer tickets of a kind', { categories: [{ price: 100 * million, perOrderMax: 9 }] }, {}, []],
    ['below it by fewer tickets', { categories: [{ price: 100 * million }], event: { ticketsPerOrderMax: 9 } }, {}, []],
    [
      'beyond it by two kinds together',
      {
        categories: [
          { price: 150 * million, perOrderMax: 5 },
          { price: 60 * million, perOrderMax: 5 },
        ],
      },
      {},
      ['payment.amount'],
    ],
    ['with a closed kind beyond it', { categories: [{}, { price: 900 * million, status: 'closed' }] }, {}, []],
  ])('%s', async (_name, options, { account = true }, expected) => {
    const { ask } = await eventOf(options, { account });
    expect(await missingOf(await ask('POST', '/publication'))).toEqual(expected);
  });
});

describe('what is on sale stays payable when', () => {
  const changes: [string, (event: TestEvent) => [string, string, unknown]][] = [
    [
      'a price rises',
      ({ categories }) => ['PATCH', `/ticket-categories/${categories[0]?.id}`, { price: idr(200 * million) }],
    ],
    ['the fee rises', () => ['PATCH', '', { feePerTicket: idr(200 * million), version: 1 }]],
    [
      'a dear kind is added',
      ({ categories }) => [
        'POST',
        '/ticket-categories',
        {
          poolId: categories[0]?.poolId,
          name: 'Dear',
          price: idr(200 * million),
          saleOpensAt: new Date().toISOString(),
          saleClosesAt: new Date(Date.now() + 3_600_000).toISOString(),
        },
      ],
    ],
    ['more tickets are allowed', () => ['PATCH', '', { ticketsPerOrderMax: 100, version: 1 }]],
  ];
  test.each(changes)('%s', async (_name, changeOf) => {
    const { event, ask } = await eventOf(
      { categories: [{ price: 50 * million, perOrderMax: 100 }], event: { ticketsPerOrderMax: 10 } },
      { published: true },
    );
    const [method, path, body] = changeOf(event);
    const answer = await ask(method, path, body);
    expect(await missingOf(answer)).toEqual(['payment.amount']);
    const [row] = await catalog.db.execute(sql`
      select count(*)::int as kinds, max(c.price)::int as price, max(e.fee_per_ticket)::int as fee, max(e.tickets_per_order_max) as most
      from events e join ticket_categories c on c.event_id = e.id where e.id = ${event.id}`);
    expect(row).toEqual({ kinds: 1, price: 50 * million, fee: 0, most: 10 });
  });

  test('a free event gets a price and has no account', async () => {
    const { event, ask } = await eventOf({ categories: [{ price: 0 }] }, { published: true, account: false });
    const answer = await ask('PATCH', `/ticket-categories/${event.categories[0]?.id}`, { price: idr(1) });
    expect(await missingOf(answer)).toEqual(['payment.no_account']);
  });
});

describe('an event whose payment account was removed after publishing', () => {
  const withoutAccount = async () => {
    const { event, ask } = await eventOf({ categories: [{ price: million }, { price: 0 }] }, { published: true });
    await catalog.db.execute(sql`delete from payment_accounts where organizer_id = ${event.organizer.id}`);
    return { event, ask };
  };

  test('may be renamed, stop selling and close a category', async () => {
    const { event, ask } = await withoutAccount();
    const category = `/ticket-categories/${event.categories[0]?.id}`;
    expect((await ask('PATCH', '', { name: 'Malam Puisi', version: 1 })).status).toBe(200);
    expect((await ask('PATCH', category, { price: idr(2 * million) })).status).toBe(200);
    expect((await ask('PATCH', category, { status: 'closed' })).status).toBe(200);
  });

  test('may not be changed so that something else is missing', async () => {
    const { event, ask } = await withoutAccount();
    const saleClosesAt = new Date(Date.now() + 3650 * 86_400_000).toISOString();
    const answer = await ask('PATCH', `/ticket-categories/${event.categories[0]?.id}`, { saleClosesAt });
    expect(await missingOf(answer)).toEqual(['ticket_category.sale_window']);
  });

  test('may not be published again', async () => {
    const { event, ask } = await withoutAccount();
    await catalog.db.execute(sql`update events set status = 'draft' where id = ${event.id}`);
    expect(await missingOf(await ask('POST', '/publication'))).toEqual(['payment.no_account']);
  });
});

test('no order of a sale costs more than the highest total', () => {
  const priced = fc.record({
    id: fc.constant('cat'),
    price: fc.integer({ min: 0, max: 1000 }),
    perOrderMax: fc.integer({ min: 1, max: 6 }),
    status: fc.constantFrom<PricedCategory['status']>('on_sale', 'closed'),
  });
  const sale = fc.record({ fee: fc.integer({ min: 0, max: 50 }), most: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(fc.array(priced, { maxLength: 6 }), sale, fc.infiniteStream(fc.nat(6)), (categories, terms, wishes) => {
      let left = terms.most;
      let total = 0;
      for (const { price, perOrderMax, status } of categories) {
        const quantity = status === 'closed' ? 0 : Math.min(left, perOrderMax, wishes.next().value ?? 0);
        left -= quantity;
        total += price > 0 ? quantity * (price + terms.fee) : 0;
      }
      const given = {
        organizerId: 'org',
        currency: 'IDR',
        holdSeconds: 900,
        feePerTicket: terms.fee,
        ticketsPerOrderMax: terms.most,
        sales: 'open' as const,
      };
      expect(total).toBeLessThanOrEqual(highestTotal(given, categories));
    }),
  );
});

function idr(amount: number) {
  return { amount, currency: 'IDR' };
}
