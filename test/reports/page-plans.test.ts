import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertTickets } from '../../loadtest/bench/fill/bulk-orders.ts';
import { kinds } from '../../src/reports/making/kinds/kinds.ts';
import { inIndexOrder, pageQuery } from '../../src/reports/making/read-rows.ts';
import { type ReportKindName, reportKinds } from '../../src/reports/tables.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { openTestDb } from '../../testkit/orders/placing.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';

/** Guards that a page of a report costs the same at any depth: it begins at the last row by an index, and reads no further than its rows. */

const ticketsOfEvent = 20_000;
/** Pages of 8 kB that a page of 100 rows or more may read, with its look-ups. The tables of the event have thousands. */
const pagesMax = 3000;

let database: TestDatabase;
let owner: postgres.Sql;
let event: TestEvent;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.directUrl, { max: 1, onnotice: () => {} });
  const open = openTestDb(database.url);
  event = await createEvent(open.db, { categories: [{ capacity: ticketsOfEvent * 2 }] });
  const other = await createEvent(open.db, { categories: [{ capacity: ticketsOfEvent * 2 }] });
  for (const one of [event, other]) {
    await insertTickets(open.db, one, { count: ticketsOfEvent, secret: one.id, each: 1 });
    await open.db.execute(sql`
      insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status)
      select event_id, 'pay_' || substr(id, 5) || '01', id, organizer_id, 1, 'midtrans', 'any', 1, 'IDR', 'expired' from orders
      where event_id = ${one.id}`);
    await open.db.execute(sql`
      insert into refunds (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status, gateway_refund_key, requested_by)
      select event_id, 'rfd_' || substr(id, 5), order_id, id, organizer_id, 1, 'IDR', 'requested', 'done', id, 'test' from payment_attempts
      where event_id = ${one.id}`);
    await open.db.execute(sql`
      insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency)
      select event_id, id || ':capture:1', 'gateway', order_id, id, 1, 'IDR' from payment_attempts where event_id = ${one.id}`);
    await open.db.execute(sql`
      insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, scanned_at)
      select event_id, 'key_A', 'phone', 'scan ' || id, decode('00', 'hex'), id, 'entry', 'already_used', false, now() from tickets
      where event_id = ${one.id}`);
  }
  await open.close();
  await owner`analyze`;
});
afterAll(async () => {
  await owner.end();
  await database.close();
});

const scope = (after: readonly string[]) => ({
  event: { id: event.id, name: 'event', timeZone: 'Asia/Jakarta' },
  filters: {},
  isScheduled: false,
  until: new Date(Date.now() + 3_600_000),
  after,
});

async function run(statement: SQL): Promise<Record<string, unknown>[]> {
  const { sql: text, params } = new PgDialect().sqlToQuery(statement);
  return owner.unsafe(text, params as never[]);
}

async function pagesRead(statement: SQL): Promise<number> {
  const { sql: text, params } = new PgDialect().sqlToQuery(statement);
  const [row] = await owner.begin(async (tx) => {
    await tx.unsafe(new PgDialect().sqlToQuery(inIndexOrder).sql);
    return tx.unsafe(`explain (analyze, buffers, format json) ${text}`, params as never[]);
  });
  const plans = row?.['QUERY PLAN'] as { Plan: Record<string, number> }[] | undefined;
  const plan = plans?.[0]?.Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? Number.POSITIVE_INFINITY) + (plan['Shared Read Blocks'] ?? 0);
}

test.each(reportKinds)('a page of %s in the middle of the event', async (name: ReportKindName) => {
  const kind = kinds[name];
  const keys = kind.key.map(
    (_, index) => sql`(array[${sql.join([...kind.key], sql`, `)}]::text[])[${sql.raw(String(index + 1))}]`,
  );
  const [middle] = await run(sql`
    select ${sql.join(
      keys.map((key, index) => sql`${key} as ${sql.identifier(`k${index}`)}`),
      sql`, `,
    )} from ${kind.from}
    where ${kind.eventId} = ${event.id} order by ${sql.join([...kind.key], sql`, `)} offset ${ticketsOfEvent / 2} limit 1`);
  const after = keys.map((_, index) => String(middle?.[`k${index}`]));
  const rows = await run(pageQuery(kind, scope(after)));
  expect(rows.length).toBeGreaterThan(0);
  expect(await pagesRead(pageQuery(kind, scope(after)))).toBeLessThan(pagesMax);
});

test('control: a page by offset reads the event up to it', async () => {
  const counted = (before: number) => sql`
    select o.id from orders o join deliveries d on d.subject_id = o.id where o.event_id = ${event.id}
    order by o.id, d.id offset ${before} limit 100`;
  expect(await pagesRead(counted(ticketsOfEvent / 2))).toBeGreaterThan(3 * (await pagesRead(counted(0))));
});
