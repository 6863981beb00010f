import { buyerKey } from '../../src/access/index.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRoutes } from '../../src/api-routes.ts';
import { openApiDocument } from '../../src/http/contract/api-docs.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { type HotWorld, openHotWorld } from './support/hot-world.ts';
import { fillWith, forgetStatements } from './support/pages-read.ts';

/**
 * Guards that no read of an organizer or a door looks up the rows of a large event one by one: such a read takes seconds of a
 * stadium. Events are
 * unknown to the statistics on the night of a sale, and known later. The reads come from the contract.
 */

const orders = 5000;
/** Reading each of a read's tables once takes less than half a page for each order; looking up one row of each takes three. */
const pagesPerOrderMax = 1;

let world: HotWorld;
let events: readonly TestEvent[];
let paths: readonly string[];

beforeAll(async () => {
  world = await openHotWorld();
  for (let n = 0; n < 3; n += 1) await fillWith(world, await createEvent(world.db), 2000, 'paid');
  // A service has messages about many events.
  await world.admin`
    insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, status, next_check_at)
    select 'dlv_' || lpad(n::text, 20, '0'), 'org', 'evt_00000000', 'ord_00000000' || lpad(n::text, 20, '0'), 'tickets', 'email', 'key',
      'delivered', null from generate_series(1, 60000) n`;
  await world.admin.unsafe('analyze');
  const [paid, rush] = [await large(), await large()];
  await fillWith(world, paid, orders, 'paid');
  await fillWith(world, rush, orders, 'rush');
  await world.admin`
    insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status,
      joined_at, order_id)
    select event_id, 'wte_' || substr(order_id, 13), ticket_category_id, pool_id, 1, 'Ayu', 'ayu@example.test', order_id, '', 'id',
      'offered', now(), order_id from order_lines where event_id = ${paid.id}`;
  await world.admin`
    insert into order_searches (event_id, order_id, organizer_id, name, contact)
    select event_id, id, organizer_id, ' ayu lestari', ' ' || buyer_email || ' ' || regexp_replace(buyer_phone, '\\D', '', 'g') from orders
    -- The worker writes such rows meanwhile, in this order.
    order by event_id, id
    on conflict do nothing`;
  events = [paid, rush];
  const document = openApiDocument(createRoutes(world.api), 'http://localhost');
  paths = Object.entries(document.paths ?? {})
    .filter(([, item]) => item.get !== undefined)
    .map(([path]) => path)
    .filter((path) => /^[^{]*\{(?:slug|id)\}(?:[^{]*\{eventId\})?[^{]*$/.test(path) && !path.endsWith('/stream'))
    .filter((path) => path.startsWith('/v1/events/{id}/') || path.includes('{eventId}'));
}, 180_000);
afterAll(() => world.close());

const large = () => createEvent(world.db, { categories: [{ capacity: 10_000 }] });

type Statement = { readonly query: string; readonly pages: number };

/**
 * Statements that have read so many pages or more for a call. The worker writes meanwhile. The texts of all databases of a run are read
 * from a file of megabytes, so they are only asked for if a count is too high.
 */
async function tooHeavy(pages: number): Promise<readonly Statement[]> {
  const counted = (withTexts: boolean) => world.admin<Statement[]>`
    select regexp_replace(query, '\\s+', ' ', 'g') as query, (shared_blks_hit + shared_blks_read)::float8 / calls as pages
    from pg_stat_statements(${withTexts}) s join pg_roles r on r.oid = s.userid
    where dbid = (select oid from pg_database where datname = current_database()) and rolname = 'antre_app' and toplevel
      and (shared_blks_hit + shared_blks_read)::float8 / calls >= ${pages}
    order by 2 desc`;
  if ((await counted(false)).length === 0) return [];
  return (await counted(true)).filter(({ query }) => !/\b(?:insert into|update|delete from)\b/i.test(query));
}

test.each(['unknown to', 'known to'])(
  'no read of an event %s the statistics looks up its rows one by one',
  async (statistics) => {
    if (statistics === 'known to') await world.admin.unsafe('analyze');
    expect(paths.length).toBeGreaterThan(20);
    expect(paths).toContain('/v1/organizers/{slug}/events/{eventId}/sales');
    const slow: string[] = [];
    for (const event of events) {
      const token = await world.keyOf(event, 'manager');
      for (const path of paths) {
        const address = path.replace('{slug}', event.organizer.slug).replace(/\{(?:eventId|id)\}/, event.id);
        await forgetStatements(world);
        const { status } = await world.request(address, { token });
        if (![200, 404].includes(status)) slow.push(`${status} ${path}`);
        for (const { pages, query } of await tooHeavy(orders * pagesPerOrderMax))
          slow.push(`${Math.round(pages)} pages: ${path}: ${query.slice(0, 200)}`);
      }
    }
    expect(slow).toEqual([]);
  },
  120_000,
);

/** A code or a number has up to a thousand neighbours, and each look-up reads some pages of an index. */
const pagesOfNeighboursMax = 10_000;

test.each(['7K3M9XQ206', '7K3M9XQ206FJ2V1H8C9QX4T0RB', '081234567890'])(
  'a search for %s, which nothing matches, looks up its neighbours alone',
  async (q) => {
    for (const event of events) {
      const token = await world.keyOf(event, 'manager');
      for (const more of [{}, { eventId: event.id }]) {
        await forgetStatements(world);
        const path = `/v1/organizers/${event.organizer.slug}/order-searches`;
        const { status } = await world.request(path, { token, body: { q, ...more } });
        expect(status).toBe(200);
        expect(await tooHeavy(pagesOfNeighboursMax)).toEqual([]);
      }
    }
  },
  60_000,
);

/** Everything of one order, by its keys, and the first reads of catalogs. A whole event is several thousand. */
const pagesOfPersonMax = 1000;

test('everything that is kept of one person is read by keys, whatever the size of the organizer', async () => {
  const hashSecret = world.api.config.HASH_SECRET;
  for (const event of events) {
    const token = await world.keyOf(event, 'manager');
    const [email, phone] = [`${event.slug}@example.test`, '+6281234567890'];
    await world.admin`
      update orders set buyer_keys = ${[buyerKey(hashSecret, 'email', email), buyerKey(hashSecret, 'phone', phone)]}, paid_at = now()
      where event_id = ${event.id} and id = (select max(id) from orders where event_id = ${event.id})`;
    for (const person of [{ email }, { phone }]) {
      const path = `/v1/organizers/${event.organizer.slug}/personal-data`;
      const ask = async () => (await world.request(path, { token, body: person })).body as { orders: unknown[] };
      await ask();
      await forgetStatements(world);
      expect((await ask()).orders).toHaveLength(1);
      expect(await tooHeavy(pagesOfPersonMax)).toEqual([]);
    }
  }
});
