import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAttendees, presences } from '../../src/desk/attendees/list-attendees.ts';
import { tellStory } from '../../src/desk/story/tell-story.ts';
import { sendAnnouncement } from '../../src/notifications/announcements/send-announcement.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Db, OpenDb } from '../../src/platform/database/db.ts';
import { inIndexOrder } from '../../src/platform/database/in-index-order.ts';
import { RetryLater } from '../../src/platform/jobs/retry-later.ts';
import { testStack } from '../../testkit/services/stack.ts';
import { insertTickets } from '../../loadtest/bench/fill/bulk-orders.ts';
import { kinds } from '../../src/reports/making/kinds/kinds.ts';
import { pageQuery } from '../../src/reports/making/read-rows.ts';
import { type ReportKindName, reportKinds } from '../../src/reports/tables.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { openTestDb } from '../../testkit/orders/placing.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';

/**
 * Guards that a page of a report, of the desk or of an announcement costs the same at any depth of a large event: it begins at the last row
 * by an index, and reads no further than its rows.
 */

const ticketsOfEvent = 20_000;
/** Pages of 8 kB that a page of 100 rows or more may read, with its look-ups. The tables of the event have thousands. */
const pagesMax = 3000;

let database: TestDatabase;
let owner: postgres.Sql;
let event: TestEvent;
let open: OpenDb;
let admin: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.directUrl, { max: 1, onnotice: () => {} });
  open = openTestDb(database.url);
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
    await open.db.execute(sql`
      insert into admissions (event_id, ticket_id, inside, admitted_at, actor_id, device_id, scan_id)
      select event_id, ticket_id, n % 10 > 1, scanned_at, actor_id, device_id, scan_id
      from (select s.*, row_number() over (order by ticket_id) as n from scans s where event_id = ${one.id}) s where n % 10 > 0`);
    await open.db.execute(sql`
      insert into callbacks (gateway, organizer_id, dedup_key, attempt_id)
      select gateway, organizer_id, sha256(convert_to(id || n, 'UTF8')), id from payment_attempts cross join generate_series(1, 3) as n
      where event_id = ${one.id}`);
  }
  await owner`vacuum analyze`;
  const name = new URL(database.directUrl).pathname;
  admin = postgres(Object.assign(new URL(testStack().postgresAdminUrl), { pathname: name }).href, {
    max: 1,
    onnotice: () => {},
  });
});
afterAll(async () => {
  await admin.end();
  await open.close();
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

/** Pages that all statements of the act read. */
async function pagesOfAct(act: (db: Db) => Promise<unknown>): Promise<number> {
  await admin`select pg_stat_statements_reset(0, (select oid from pg_database where datname = current_database()))`;
  await act(open.db);
  const [row] = await admin<{ pages: number }[]>`
    select sum(shared_blks_hit + shared_blks_read)::float8 as pages from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database()) and query not like '%pg_stat_statements%'`;
  return row?.pages ?? Number.POSITIVE_INFINITY;
}

const manager = () =>
  ({
    kind: 'staff',
    id: 'stf_A',
    sessionId: 'ses_A',
    role: 'manager',
    organizerId: event.organizer.id,
    organizerSlug: event.organizer.slug,
  }) as const;
const middle = async () => {
  const [ticket] = await owner<{ id: string; order_id: string }[]>`
    select id, order_id from tickets where event_id = ${event.id} order by id offset ${ticketsOfEvent / 2} limit 1`;
  return { ticketId: ticket?.id ?? '', orderId: ticket?.order_id ?? '' };
};

test.each([undefined, ...presences])(
  'a page of attendees in the middle of the event, presence: %s',
  async (presence) => {
    const input = { eventId: event.id, limit: 50, after: (await middle()).ticketId, presence };
    expect(await listAttendees(open, manager(), input)).toHaveLength(51);
    expect(await pagesOfAct((db) => listAttendees({ db }, manager(), input))).toBeLessThan(pagesMax);
  },
);

test('the story of an order, beside the callbacks of all events', async () => {
  const { orderId } = await middle();
  expect(await pagesOfAct((db) => tellStory({ db }, manager(), orderId))).toBeLessThan(pagesMax / 2);
});

test('the pages of an announcement, whatever is left of its audience', async () => {
  await owner`
    insert into announcements (id, event_id, organizer_id, number, kind, status, channels, audience_until, content, created_by, confirmed_at)
    values ('ann_A', ${event.id}, ${event.organizer.id}, 1, 'practical', 'sending', '{email}', now(), '{}', 'stf_A', now())`;
  const run = (db: Db) =>
    sendAnnouncement({ db, clock: systemClock }, { announcementId: 'ann_A' }).catch((error: unknown) => {
      if (!(error instanceof RetryLater)) throw error;
    });
  const pages = await pagesOfAct(run);
  const [sent] = await owner<
    { count: number }[]
  >`select count(*)::int from deliveries where template = 'event_practical'`;
  expect(sent?.count).toBe(2000);
  expect(pages / 2000).toBeLessThan(100);
});

test('control: a page by offset reads the event up to it', async () => {
  const counted = (before: number) => sql`
    select o.id from orders o join deliveries d on d.subject_id = o.id where o.event_id = ${event.id}
    order by o.id, d.id offset ${before} limit 100`;
  expect(await pagesRead(counted(ticketsOfEvent / 2))).toBeGreaterThan(3 * (await pagesRead(counted(0))));
});
