import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../../src/platform/database/db.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../../testkit/web/desk-world.ts';

/** Guards that a copy of an event has all of its settings, moved by as much as its start, and none of its orders or history. */

let world: DeskWorld;
let browser: DeskBrowser;
let event: string;
const idOf = (path: string) => path.split('/').at(-1) ?? '';
const rows = <Row>(query: ReturnType<typeof sql>) => rowsOf<Row>(world.running.service.db, query);

beforeAll(async () => {
  world = await openDeskWorld();
  browser = await world.signIn(await world.addMember('owner'));
  const created = await browser.send('/desk/events/new', {
    name: 'Konser Senja',
    category: 'konser',
    venue: 'Balai Sarbini',
    city: 'Jakarta',
    startsAt: '2027-03-20T19:00',
    endsAt: '2027-03-20T22:00',
  });
  event = created.location.split('?')[0] ?? '';
  await browser.send(`${event}/tickets/pools/new`, { name: 'Tribun', capacity: '100' });
  await browser.send(`${event}/tickets/categories/new`, { name: 'Festival', price: '350.000' });
  await browser.send(`${event}/schedule`, { title: 'Band utama', stage: 'Utama' }, { act: 'add' });
  await browser.send(`${event}/waiting-room`, { rateMax: '7' });
  const { db } = world.running.service;
  const [eventId, zone] = [idOf(event), 'zon_original'];
  const category = sql`(select id from ticket_categories where event_id = ${eventId})`;
  await db.execute(
    sql`insert into zones (event_id, id, name, name_key, capacity, inside) values (${eventId}, ${zone}, 'Lapangan', 'lapangan', 80, 12)`,
  );
  await db.execute(sql`
    insert into gates (event_id, id, name, name_key, ticket_category_ids, opens_at, re_entry, zone_id)
    values (${eventId}, 'gat_original', 'Utara', 'utara', array[${category}], '2027-03-20 10:00:00Z', 'after_exit', ${zone})`);
  await db.execute(sql`
    insert into door_settings (event_id, shows_names, category_notes)
    select ${eventId}, true, jsonb_build_object(${category}, 'Gelang biru')`);
  await db.execute(sql`
    insert into promo_codes (event_id, id, code, kind, value, redemptions, redemptions_max, valid_until, status)
    values (${eventId}, 'prm_1', 'SENJA10', 'percent', 10, 7, 20, '2027-03-19 12:00:00Z', 'active'),
      (${eventId}, 'prm_2', 'LAMA', 'percent', 50, 1, null, null, 'closed')`);
  await db.execute(sql`
    insert into message_settings (event_id, reminder_hours, payment_reminder_minutes, change_notices)
    values (${eventId}, 48, null, 'confirmed')`);
  await db.execute(sql`
    insert into questions (event_id, id, text, kind, scope, choices, is_required, position, status)
    values (${eventId}, 'qst_1', 'Ukuran kaus?', 'text', 'ticket', '[]', true, 0, 'open'),
      (${eventId}, 'qst_2', 'Menginap?', 'yes_no', 'order', '[]', true, 1, 'closed')`);
});
afterAll(() => world.close());

const duplicate = (slug: string, startsAt: string) =>
  browser.send(`${event}/duplicate`, { name: 'Konser Senja 2', slug, startsAt });

test('the page says what is copied, and what is not', async () => {
  const { html } = await browser.get(`${event}/duplicate`);
  for (const text of ['gates and zones', 'promo codes', 'waiting room', 'Not copied: orders'])
    expect(html).toContain(text);
});

test('a copy without a start is refused at its field alone, not by times that follow from it', async () => {
  const seen = await browser.send(`${event}/duplicate`, { name: 'Konser Senja 2', slug: 'tanpa-mulai', startsAt: '' });
  expect(seen.status).toBe(409);
  const summary = /<div class="form-message"[\s\S]*?<\/div>/.exec(seen.html)?.[0] ?? '';
  expect(summary).toContain('<a href="#startsAt">');
  expect(summary).not.toMatch(/endsAt|doorsOpenAt/);
});

test('a copy is a draft with the same parts, moved by as much as its start', async () => {
  const copied = await duplicate('konser-senja-dua', '2027-04-20T19:00');
  const copy = copied.location.split('?')[0] ?? '';
  expect([copied.status, copy === event, copied.location.includes('done=duplicated')]).toEqual([303, false, true]);
  expect(formFields((await browser.get(`${copy}/details`)).html)).toMatchObject({
    name: 'Konser Senja 2',
    startsAt: '2027-04-20T19:00',
    endsAt: '2027-04-20T22:00',
  });
  expect((await browser.get(`${copy}/tickets`)).html).toMatch(/Festival[\s\S]*Rp\s350,000/);
  expect([...(await browser.get(`${copy}/schedule`)).html.matchAll(/role="rowheader"/g)]).toHaveLength(1);

  const eventId = idOf(copy);
  const [category] = await rows<{ id: string }>(sql`select id from ticket_categories where event_id = ${eventId}`);
  const [zone] = await rows<{ id: string }>(sql`select * from zones where event_id = ${eventId}`);
  expect(zone).toMatchObject({ name: 'Lapangan', capacity: 80, inside: 0 });
  const gates = await rows(sql`
    select name, ticket_category_ids, to_json(opens_at) #>> '{}' as opens, re_entry, zone_id from gates where event_id = ${eventId}`);
  expect(gates).toEqual([
    {
      name: 'Utara',
      ticket_category_ids: [category?.id],
      opens: expect.stringContaining('2027-04-20T10:00:00'),
      re_entry: 'after_exit',
      zone_id: zone?.id,
    },
  ]);
  expect(await rows(sql`select shows_names, category_notes from door_settings where event_id = ${eventId}`)).toEqual([
    { shows_names: true, category_notes: { [category?.id ?? '']: 'Gelang biru' } },
  ]);
  const promos = sql`
    select code, redemptions, redemptions_max, to_json(valid_until) #>> '{}' as until, status from promo_codes where event_id = ${eventId}`;
  expect(await rows(promos)).toEqual([
    {
      code: 'SENJA10',
      redemptions: 0,
      redemptions_max: 20,
      until: expect.stringContaining('2027-04-19T12:00:00'),
      status: 'active',
    },
  ]);
  const settings = sql`
    select reminder_hours, payment_reminder_minutes, change_notices from message_settings where event_id = ${eventId}`;
  expect(await rows(settings)).toEqual([
    { reminder_hours: 48, payment_reminder_minutes: null, change_notices: 'confirmed' },
  ]);
  expect(await rows(sql`select text, is_required from questions where event_id = ${eventId}`)).toEqual([
    { text: 'Ukuran kaus?', is_required: true },
  ]);
  const [room, original] = await Promise.all([copy, event].map((path) => browser.get(`${path}/waiting-room`)));
  const [plan, before] = [formFields(room?.html ?? ''), formFields(original?.html ?? '')];
  expect(plan['rateMax']).toBe(before['rateMax']);
  const monthLater = new Date(Date.parse(`${before['opensAt']}Z`) + 31 * 86_400_000).toISOString().slice(0, 16);
  expect(plan['opensAt']).toBe(monthLater);
});

test('every active promo code is copied, by one request, however many there are', async () => {
  await rows(sql`
    insert into promo_codes (event_id, id, code, kind, value)
    select ${idOf(event)}, 'prm_many_' || n, 'MANY-' || n, 'amount', 1000 from generate_series(1, 1200) n`);
  const copied = await duplicate('konser-banyak-kode', '2027-05-20T19:00');
  expect([copied.status, copied.location]).toEqual([303, expect.stringContaining('done=duplicated')]);
  const [count] = await rows(sql`
    select (select count(*)::int from promo_codes p where p.event_id = e.id) as codes,
      (select count(*)::int from audit_log a where a.act like 'promo_code.%' and a.changes ->> 'eventId' = e.id) as changes
    from events e where e.slug = 'konser-banyak-kode'`);
  expect(count).toEqual({ codes: 1201, changes: 1 });
});

const inTwoDays = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 16);

test('a part that cannot be copied is named, and the draft has the others', async () => {
  const copied = await duplicate('konser-senja-tiga', inTwoDays);
  expect(copied.status).toBe(200);
  expect(copied.html).toContain('Waiting room: its times may be over already');
  const [copy] = await rows<{ status: string; gates: number }>(sql`
    select e.status, (select count(*)::int from gates g where g.event_id = e.id) as gates from events e where e.slug = 'konser-senja-tiga'`);
  expect(copy).toEqual({ status: 'draft', gates: 1 });
});
