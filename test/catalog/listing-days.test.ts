import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { rowsOf } from '../../src/platform/database/db.ts';
import { shown } from '../../testkit/catalog/catalog-world.ts';
import { createEvent } from '../../testkit/factories.ts';
import { useCatalog } from './support/catalogs.ts';

/** Guards that a day is the day of the event's own clock, in every zone and where clocks change. */

const { catalog, database } = await useCatalog();

const dayMs = 86_400_000;
const shifted = (day: string, days: number) => new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
const onDay = async (day: string, city: string) => {
  const query = `from=${day}&to=${shifted(day, 1)}&city=${city}`;
  return (await shown(await catalog.fetch(`/v1/events?${query}`))).data.map(({ slug }) => slug);
};

/** The first moment at which the clock of a zone shows a time of a day, computed by Postgres from its own zone tables. */
async function momentOf(local: string, timeZone: string): Promise<Date> {
  const rows = await rowsOf<{ ms: string }>(
    catalog.db,
    sql`select (extract(epoch from ${local}::timestamp at time zone ${timeZone}) * 1000)::bigint::text as ms`,
  );
  return new Date(Number(rows[0]?.ms));
}

const zones = [
  'Asia/Jakarta',
  'Asia/Makassar',
  'Asia/Jayapura',
  'UTC',
  'Pacific/Kiritimati',
  'Etc/GMT+12',
  'Asia/Kathmandu',
  'America/St_Johns',
  'America/New_York',
  'Europe/London',
  'Australia/Lord_Howe',
  // Clocks are put forward at midnight: the day begins at one.
  'Africa/Cairo',
  'America/Santiago',
];
/** An ordinary day, and days on which the clocks of some of these zones change. */
const days = [
  '2031-03-05',
  '2031-03-09',
  '2031-03-30',
  '2031-04-06',
  '2031-04-25',
  '2031-09-07',
  '2031-10-26',
  '2031-11-02',
];
let made = 0;

test.each(zones)(
  'an event in %s is found on its local day, late and early, and on no other day',
  async (timeZone) => {
    made += 1;
    const city = `kota${made}`;
    const slugs = new Map<string, string[]>();
    for (const day of days) {
      for (const clock of ['00:00', '01:30', '23:30']) {
        const startsAt = await momentOf(`${day} ${clock}`, timeZone);
        const slug = `e-${made}-${day}-${clock.replace(':', '')}`;
        // Some end as the day does, or before.
        const endsAt = new Date(startsAt.getTime() + 30 * 60_000);
        await createEvent(catalog.db, { event: { slug, city, timeZone, startsAt, endsAt, doorsOpenAt: startsAt } });
        slugs.set(day, [...(slugs.get(day) ?? []), slug]);
      }
    }
    const wrong: string[] = [];
    for (const day of new Set(days.flatMap((one) => [shifted(one, -1), one, shifted(one, 1)]))) {
      const found = await onDay(day, `${city}&limit=100`);
      if (JSON.stringify(found) !== JSON.stringify(slugs.get(day) ?? [])) wrong.push(`${day}: ${found.join()}`);
    }
    expect(wrong).toEqual([]);
  },
  60_000,
);

test('23:30 in Jakarta on the 5th is the 5th, not the day that UTC has', async () => {
  const startsAt = new Date('2031-06-05T16:30:00Z');
  const late = { city: 'malam', startsAt, endsAt: new Date('2031-06-05T16:59:00Z'), doorsOpenAt: startsAt };
  await createEvent(catalog.db, { event: { ...late, slug: 'larut', timeZone: 'Asia/Jakarta' } });
  // The same moment on the 6th, by a clock further east.
  await createEvent(catalog.db, { event: { ...late, slug: 'larut-timur', timeZone: 'Pacific/Auckland' } });
  expect(await onDay('2031-06-05', 'malam')).toEqual(['larut']);
  expect(await onDay('2031-06-06', 'malam')).toEqual(['larut-timur']);
});

test('a time with an offset is one moment for events in all zones', async () => {
  const by = async (query: string) =>
    (await shown(await catalog.fetch(`/v1/events?city=malam&${query}`))).data.map(({ slug }) => slug);
  expect(await by('from=2031-06-05T16:00:00Z&to=2031-06-05T16:31:00Z')).toHaveLength(2);
  expect(await by('from=2031-06-05T16:00:00Z&to=2031-06-05T16:30:00Z')).toEqual([]);
  expect(await by('from=2031-06-05T17:00:00Z')).toEqual([]);
});

test('a zone that Postgres does not know, or reads otherwise, is never stored', async () => {
  const startsAt = new Date('2031-06-05T16:30:00Z');
  const endsAt = new Date('2031-06-05T17:30:00Z');
  const store = (timeZone: string) =>
    createEvent(catalog.db, { event: { timeZone, startsAt, endsAt, doorsOpenAt: startsAt } });
  await expect(store('Mars/Olympus')).rejects.toThrow();
  await expect(store('Asia/Jayapura')).resolves.toBeDefined();
});

test('the index of starts is used, also among many events', async () => {
  await catalog.db.execute(sql`
    insert into events (id, organizer_id, slug, name, category, city, venue, starts_at, ends_at, doors_open_at, status, search_version)
    select 'evt_' || lpad(n::text, 8, '0'), (select organizer_id from events limit 1), 'banyak-' || n, 'Banyak', 'x', 'x', 'x',
           t, t + interval '1 hour', t, 'published', 2
    from (select n, '2033-01-01'::timestamptz + n * interval '1 hour' as t from generate_series(1, 20000) n) many`);
  const owner = postgres(database.directUrl, { max: 1 });
  await owner`analyze events`;
  const readsOf = async () => {
    const rows = await owner<{ scans: number; seq: number }[]>`
      select (select sum(idx_scan)::integer from pg_stat_user_indexes where indexrelname like 'events_public%') as scans,
             (select seq_scan::integer from pg_stat_user_tables where relname = 'events') as seq`;
    return rows[0] ?? { scans: 0, seq: 0 };
  };
  const before = await readsOf();
  let day = 0;
  const ask = async () => {
    day += 1;
    const query = `from=${shifted('2033-02-01', day)}&to=${shifted('2033-02-02', day)}&limit=100`;
    expect((await shown(await catalog.fetch(`/v1/events?${query}`))).data).toHaveLength(24);
    return (await readsOf()).scans;
  };
  for (let asked = 0; asked < 20; asked += 1) await ask();
  // A connection publishes its counts up to ten seconds late: those of the insert may come among them.
  await expect.poll(ask, { timeout: 20_000 }).toBeGreaterThan(before.scans);
  expect((await readsOf()).seq - before.seq).toBeLessThan(10);
  await owner.end();
});
