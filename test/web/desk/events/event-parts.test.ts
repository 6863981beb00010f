import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../../src/platform/database/db.ts';
import { newId, newOrderId, newWaitingId } from '../../../../src/platform/ids.ts';
import { createEvent } from '../../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, openDeskWorld } from '../../../../testkit/web/desk-world.ts';

/** Guards the parts of an event at the desk: schedule, promo codes, waiting room, and a copy of all of it. */

let world: DeskWorld;
let browser: DeskBrowser;
let event: string;
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
});
afterAll(() => world.close());

test('the schedule is added to, changed and shortened', async () => {
  await browser.send(`${event}/schedule`, { title: 'Band <b>pembuka</b>', stage: 'Utama' }, { act: 'add' });
  const { html } = await browser.get(`${event}/schedule`);
  expect(html).toContain('Band &lt;b&gt;pembuka&lt;/b&gt;');
  const item = /href="([^"]+\/schedule\/[a-z]+_[^"]+)"/.exec(html)?.[1] ?? '';
  await browser.send(item, { title: 'Band utama', titleEn: 'Main <act>' });
  expect((await browser.get(item)).html).toContain('value="Main &lt;act&gt;"');
  expect((await browser.get(`${event}/schedule`)).html).toContain('Band utama');
  const outside = await browser.send(item, { startsAt: '2027-03-20T21:00', endsAt: '2027-03-20T20:00' });
  expect([outside.status, outside.html.includes('id="endsAt-error"')]).toEqual([409, true]);
  await browser.send(`${event}/schedule`, { title: 'Penutup' }, { act: 'add' });
  await browser.send(`${event}/schedule`, {}, { act: 'remove' });
  expect([...(await browser.get(`${event}/schedule`)).html.matchAll(/role="rowheader"/g)]).toHaveLength(1);
});

test('the sale windows stand on one timeline, each as long as it lasts, with the start of the event', async () => {
  const times = { startsAt: '2027-03-21T00:00', endsAt: '2027-03-21T03:00' };
  const place = { category: 'konser', venue: 'Istora', city: 'Jakarta' };
  const created = await browser.send('/desk/events/new', { name: 'Konser Pagi', ...place, ...times });
  const morning = created.location.split('?')[0] ?? '';
  await browser.send(`${morning}/tickets/pools/new`, { name: 'Tribun', capacity: '100' });
  for (const [name, saleOpensAt, saleClosesAt] of [
    ['Awal', '2027-03-01T00:00', '2027-03-11T00:00'],
    ['Biasa', '2027-03-06T00:00', '2027-03-21T00:00'],
  ] as const)
    await browser.send(`${morning}/tickets/categories/new`, { name, price: '0', saleOpensAt, saleClosesAt });
  const { html } = await browser.get(`${morning}/tickets`);
  const timeline = /<figure class="timeline"[^]*?<\/figure>/.exec(html)?.[0] ?? '';
  const bars = [...timeline.matchAll(/>(\w+)<\/text><rect class="bar" x="(\d+)" y="\d+" width="(\d+)"/g)];
  expect(bars.map(([, name, x, width]) => [name, Number(x), Number(width)])).toEqual([
    ['Awal', 0, 300],
    ['Biasa', 150, 450],
  ]);
  expect(timeline).toContain('<line class="start" x1="600"');
  expect([...timeline.matchAll(/20\d\d/g)].length).toBe(2);
  // What is drawn stands in words beside it.
  expect(html).toMatch(/data-label="Sale"[^]*?1 Mar 2027[^]*?11 Mar 2027/);
});

test('a question with choices is written one choice a line, with its English beside it', async () => {
  const asked = { text: 'Ukuran kaus', kind: 'choice', scope: 'ticket', choices: 'Kecil | Small\n\n Besar ' };
  expect((await browser.send(`${event}/questions`, asked, { act: 'add' })).status).toBe(303);
  const path = /href="([^"]+\/questions\/qst_[^"]+)"/.exec((await browser.get(`${event}/questions`)).html)?.[1] ?? '';
  expect((await browser.get(path)).html).toContain('>Kecil | Small\nBesar</textarea>');
  const none = await browser.send(`${event}/questions`, { ...asked, choices: '' }, { act: 'add' });
  expect([none.status, none.html.includes('id="add-choices-error"')]).toEqual([409, true]);
});

test('promo codes are made by percent and by amount, and closed', async () => {
  await browser.send(`${event}/promo-codes`, { code: 'senja10', kind: 'percent', value: '10' }, { act: 'add' });
  await browser.send(
    `${event}/promo-codes`,
    { kind: 'amount', value: 'Rp 50.000', redemptionsMax: '20' },
    { act: 'add' },
  );
  const { html } = await browser.get(`${event}/promo-codes`);
  expect(html).toContain('SENJA10');
  expect(html).toMatch(/Rp\s50,000/);
  expect(html).toContain('0 / 20');
  const odd = await browser.send(`${event}/promo-codes`, { code: 'x', kind: 'percent', value: '200' }, { act: 'add' });
  expect([odd.status, odd.html.includes('id="add-value-error"')]).toEqual([409, true]);
  expect((await browser.send(`${event}/promo-codes`, {}, { act: 'switch' })).status).toBe(303);
  expect((await browser.get(`${event}/promo-codes`)).html).toContain('Closed');
});

test('a waiting room is simulated and planned, and its faults stand beside their fields', async () => {
  const asked = (await browser.get(`${event}/waiting-room?people=400`)).html;
  expect(asked).toContain('25 % (100 places)');
  expect(asked).toContain('Tickets are kept for 30 minutes while buyers pay. In a rush 15 minutes will do');
  await browser.send(`${event}/details`, { holdMinutes: '15' });
  expect((await browser.get(`${event}/waiting-room`)).html).not.toContain('Tickets are kept for');
  const wrong = await browser.send(`${event}/waiting-room`, { preQueueOpensAt: '2020-01-01T10:00' });
  expect([wrong.status, wrong.html.includes('id="preQueueOpensAt-error"')]).toEqual([409, true]);
  const planned = await browser.send(`${event}/waiting-room`, { rateMax: '5' });
  expect([planned.status, planned.location]).toEqual([303, `${event}/waiting-room?done=saved`]);
  const { html } = await browser.get(`${event}/waiting-room`);
  expect(html).toContain('Not open yet');
  expect(html).toContain('until the sale opens, nobody can order');
  expect(html).toContain('0 buyers per second, of 5 at most');
});

test('a plan that is changed at the desk keeps what was set by the API, also after the pre-queue has opened', async () => {
  const { db } = world.running.service;
  const eventId = event.split('/').at(-1) ?? '';
  const kept = { challenge_difficulty: 5000, draw_lead_seconds: 77 };
  for (const [phase, rate] of [
    ['closed', 6],
    ['pre_queue', 7],
  ] as const) {
    await db.execute(sql`
      update waiting_rooms set phase = ${phase}, challenge_difficulty = 5000, draw_lead_seconds = 77 where event_id = ${eventId}`);
    expect((await browser.send(`${event}/waiting-room`, { rateMax: String(rate) })).status, phase).toBe(303);
    const rows = sql`select challenge_difficulty, draw_lead_seconds, rate_max from waiting_rooms where event_id = ${eventId}`;
    expect(await rowsOf(db, rows)).toEqual([{ ...kept, rate_max: rate }]);
  }
  expect((await browser.send(`${event}/waiting-room`, { challengeDifficulty: '1000000' })).status).toBe(303);
  const [room] = await rowsOf(
    db,
    sql`select challenge_difficulty, rate_max from waiting_rooms where event_id = ${eventId}`,
  );
  expect(room).toEqual({ challenge_difficulty: 1_000_000, rate_max: 7 });
  await db.execute(sql`update waiting_rooms set phase = 'closed' where event_id = ${eventId}`);
});

test('the overview shows who waits for places, as numbers, once the event has a waiting list', async () => {
  const { db } = world.running.service;
  expect((await browser.get(event)).html).not.toContain('id="waiting-list"');
  const eventId = event.split('/').at(-1) ?? '';
  await db.execute(
    sql`update events set status = 'published', published_at = now(), has_waiting_list = true where id = ${eventId}`,
  );
  await db.execute(sql`
    insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status, joined_at)
    select event_id, ${newWaitingId(eventId)}, id, pool_id, 3, 'Sari Menanti', 'sari@example.test', 'k', '', 'id', 'waiting', now()
    from ticket_categories where event_id = ${eventId}`);
  const { html } = await browser.get(event);
  expect(html).toMatch(/id="waiting-list"[\s\S]*Festival[\s\S]*Places wanted" class="number"><span>3</);
  expect(html).not.toContain('Sari Menanti');
});

test('a sale is replayed minute by minute, with the busiest one shown large first', async () => {
  const eventId = event.split('/').at(-1) ?? '';
  await world.running.service.db.execute(sql`
    insert into sale_minutes (event_id, minute, orders, tickets, paid_orders, paid_tickets, paid_amount, expired_orders, held_orders, instructed,
      available, held, sold, admitted, waiting, read_at)
    select ${eventId}, timestamptz '2027-01-10 10:00:00Z' + n * interval '1 minute', orders, orders, n + 3, n, n * 350000, n * 2, 29 - n, 17 + n,
      100 - orders, n, n, null, null, case when n < 2 then timestamptz '2027-01-10 10:01:07Z' + n * interval '61 seconds' end
    from (values (0, 5), (1, 41), (2, 7)) as m (n, orders)`);
  const large = async (query: string) => {
    const { html } = await browser.get(`${event}/sale/replay${query}`);
    const moment = /id="moment">([\s\S]*?)<\/section>/.exec(html)?.[1] ?? '';
    return {
      orders: /<dd>(\d+)<\/dd>/.exec(moment)?.[1],
      funnel: [...(/Payments<\/h3>([\s\S]*)/.exec(moment)?.[1] ?? '').matchAll(/<dd>(\d+)<\/dd>/g)].map(([, n]) => n),
      links: [...moment.matchAll(/href="([^"]+)"/g)].map(([, to]) => to),
    };
  };
  const busiest = await large('');
  expect([busiest.orders, busiest.links.length]).toEqual(['41', 4]);
  // Held and instructed as they stood; paid and expired since the sale began.
  expect(busiest.funnel).toEqual(['28', '18', '7', '2']);
  const after = await large(
    busiest.links
      .at(-1)
      ?.replace(/^[^?]*/, '')
      .replaceAll('&amp;', '&') ?? '',
  );
  expect(after.orders).toBe('7');
  for (const odd of ['?at=2030-01-01T00:00:00Z', '?at=%3Cscript%3E']) expect((await large(odd)).orders).toBe('7');
  expect((await large('?at=2020-01-01T00:00:00Z')).orders).toBe('5');
  // Each line says to the second when its figures were read; the last minute was written late, and nothing was read for it.
  const { html } = await browser.get(`${event}/sale/replay`);
  expect([...html.matchAll(/<td class="number">([^<]*)<\/td><\/tr>/g)].map(([, text]) => text)).toEqual([
    '17:01:07',
    '17:02:08',
    '–',
  ]);
  expect(html).toContain('the numbers of people: as of 17:02:08');
});

test('what the door may know of guests is set beside the gates, with a note for each category', async () => {
  const eventId = event.split('/').at(-1) ?? '';
  const gates = `${event}/gates`;
  const id = /name="categoryNotes\.(cat_[^"]+)"/.exec((await browser.get(gates)).html)?.[1] ?? '';
  const long = { [`categoryNotes.${id}`]: 'x'.repeat(121) };
  const refused = await browser.send(gates, long, { act: 'settings' });
  expect([refused.status, refused.html.includes(`settings-categoryNotes.${id}-error`)]).toEqual([409, true]);
  const fields = { showsNames: 'yes', [`categoryNotes.${id}`]: 'Blue wristband' };
  expect((await browser.send(gates, fields, { act: 'settings' })).location).toBe(`${gates}?done=saved`);
  const { html } = await browser.get(gates);
  expect(html).toMatch(/name="showsNames"[^>]* checked/);
  expect(html).toContain('value="Blue wristband"');
  const settings = sql`select shows_names, category_notes from door_settings where event_id = ${eventId}`;
  expect(await rowsOf(world.running.service.db, settings)).toEqual([
    { shows_names: true, category_notes: { [id]: 'Blue wristband' } },
  ]);
});

test('a ticket that two doors let in is shown with both gates, times and phones, where the sale is watched', async () => {
  const { db } = world.running.service;
  const concert = await createEvent(db, { organizer: world.organizer });
  const orderId = newOrderId(concert.id);
  const phones = [newId('dev'), newId('dev')] as const;
  await db.execute(sql`
    insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
    values (${phones[0]}, ${world.organizer.id}, ${concert.id}, 'Phone of Ayu', '\\x01', 'test', 'test'),
      (${phones[1]}, ${world.organizer.id}, ${concert.id}, 'Phone of Budi', '\\x02', 'test', 'test')`);
  await db.execute(sql`
    insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, conflict, conflict_at, conflict_gate,
      gate, offline, scanned_at)
    select ${concert.id}, s.actor, '', s.actor, '\\x00', ${`tkt_${orderId.slice(4)}001`}, 'entry', 'admitted', true, s.conflict, s.other_at, s.other, s.gate,
      true, s.at
    from (values
      (${phones[0]}, 'North', '2026-05-01 19:02+07'::timestamptz, false, '2026-05-01 19:05+07'::timestamptz, 'South'),
      (${phones[1]}, 'South', '2026-05-01 19:05+07', true, '2026-05-01 19:02+07', 'North')) s (actor, gate, at, conflict, other_at, other)`);
  const sale = await browser.get(`/desk/events/${concert.id}/sale`);
  const page = /href="([^"]+)">1 problem at the door/.exec(sale.html)?.[1] ?? '';
  const { html } = await browser.get(page);
  const texts = html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(texts).toMatch(/19:05\S* \S* ?Let in twice South · Phone of Budi 19:02 · North · Phone of Ayu/);
  expect(html).toContain(`href="/desk/orders/${orderId}"`);
});
