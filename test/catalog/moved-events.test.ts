import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { keyOf } from '../../testkit/catalog/catalog-world.ts';
import { createEvent, createPaymentAccount } from '../../testkit/factories.ts';
import { useCatalog } from './support/catalogs.ts';

/** Guards that plans tied to an event's date move with it. Otherwise the door would admit nobody on the new date. */

const { catalog } = await useCatalog();
const { db } = catalog;
const hourMs = 3_600_000;
const start = Date.parse('2027-03-06T12:00:00Z');
const at = (hours: number | null) => (hours === null ? null : new Date(start + hours * hourMs));

/** Hours from the first start to the beginning and the end of a span; null where it is open. */
type Span = readonly [number | null, number | null];

/** An event of four hours with a category, a gate and a schedule item of these spans, which then starts so many hours later. */
async function spansAfter(moveHours: number, planned: Span): Promise<Span[]> {
  const [from, until] = planned.map(at) as [Date | null, Date | null];
  const event = await createEvent(db, {
    event: {
      startsAt: new Date(start),
      endsAt: new Date(start + 4 * hourMs),
      doorsOpenAt: new Date(start - 2 * hourMs),
    },
    categories: [{ entryOpensAt: from, entryClosesAt: until, saleClosesAt: new Date(start - 20 * 24 * hourMs) }],
  });
  await createPaymentAccount(db, event.organizer);
  const time = (moment: Date | null) => sql`${moment?.toISOString() ?? null}::timestamptz`;
  await db.execute(sql`
    insert into gates (event_id, id, name, name_key, opens_at, closes_at) values (${event.id}, ${newId('gat')}, 'A', 'a', ${time(from)}, ${time(until)})`);
  if (from !== null && until !== null)
    await db.execute(sql`
      insert into schedule_items (event_id, id, title, starts_at, ends_at) values (${event.id}, ${newId('sch')}, 'A', ${time(from)}, ${time(until)})`);
  const key = await keyOf(catalog, event.organizer, 'manager');
  const moved = (hours: number) => new Date(start + (hours + moveHours) * hourMs).toISOString();
  const answer = await catalog.fetch(`/v1/organizers/${event.organizer.slug}/events/${event.id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ version: 1, startsAt: moved(0), endsAt: moved(4), doorsOpenAt: moved(-2) }),
  });
  expect(answer.status).toBe(200);
  const hours = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);
  const rows = await rowsOf<{ from: number | null; until: number | null }>(
    db,
    sql`
      select ${hours('entry_opens_at')} as from, ${hours('entry_closes_at')} as until from ticket_categories where event_id = ${event.id}
      union all select ${hours('opens_at')}, ${hours('closes_at')} from gates where event_id = ${event.id}
      union all select ${hours('starts_at')}, ${hours('ends_at')} from schedule_items where event_id = ${event.id}`,
  );
  const since = (ms: number | null) => (ms === null ? null : (ms - start) / hourMs);
  return rows.map((row) => [since(row.from), since(row.until)]);
}

const week = 7 * 24;

test.each<readonly [string, number, Span, Span]>([
  ['to another week', week, [-1, 2], [week - 1, week + 2]],
  ['to another week, of early entry', week, [-5, -3], [week - 5, week - 3]],
  ['to another week, of an end alone', week, [null, 1], [null, week + 1]],
  ['to an earlier week, of a beginning alone', -week, [-1, null], [-week - 1, null]],
  ['by an hour: it still fits', 1, [-1, 2], [-1, 2]],
  ['to another week, of what was set for that week before', week, [week - 1, week + 2], [week - 1, week + 2]],
])('%s', async (_, moveHours, planned, expected) => {
  const spans = await spansAfter(moveHours, planned);
  expect(new Set(spans.map((span) => span.join(' ')))).toEqual(new Set([expected.join(' ')]));
});
