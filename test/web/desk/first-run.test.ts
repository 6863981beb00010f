import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { staffTokenText } from '../../../src/access/links/staff-link.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards the way from nothing to a published event: signing up, the checklist, tickets, gates and publication. */

let world: DeskWorld;
beforeAll(async () => {
  world = await openDeskWorld({ SELF_SIGN_UP: 'true' });
});
afterAll(() => world.close());

const signUp = (browser: DeskBrowser, slug: string, ownerEmail: string) =>
  browser.send('/desk/sign-up', { name: 'Senja Live', slug, ownerName: 'Sari', ownerEmail });
const organizers = async (slug: string) =>
  (await rowsOf(world.running.service.db, sql`select 1 from organizers where slug = ${slug}`)).length;

async function acceptInvitation(email: string): Promise<void> {
  const [row] = await rowsOf<{ id: string }>(
    world.running.service.db,
    sql`select t.id from staff_tokens t join staff s on s.id = t.staff_id where s.email = ${email}`,
  );
  const token = staffTokenText(world.running.service.config.HASH_SECRET, 'invitation', row?.id ?? '');
  const body = JSON.stringify({ token, name: 'Sari', password: 'sandi yang cukup panjang' });
  const headers = { 'content-type': 'application/json' };
  const answer = await world.running.fetch('/v1/invitations/acceptance', { method: 'POST', headers, body });
  expect(answer.status).toBe(204);
}

test('a new organiser gets a mail with a link, and then gets from nothing to a published event', async () => {
  const email = 'sari@senja.example';
  const sent = await signUp(world.newBrowser(), 'senja-live', email);
  expect([sent.status, sent.location]).toEqual([303, '/desk/sign-up/sent']);
  expect(await rowsOf(world.running.service.db, sql`select 1 from outbox where name = 'staff.invited'`)).toHaveLength(
    1,
  );
  await acceptInvitation(email);
  const browser = await world.signIn(email);
  expect((await browser.get('/desk')).html).toContain('Senja Live');

  const created = await browser.send('/desk/events/new', {
    name: 'Pasar Malam',
    category: 'pasar',
    venue: 'Lapangan Banteng',
    city: 'Jakarta',
    startsAt: '2027-03-20T19:00',
    endsAt: '2027-03-20T22:00',
  });
  const event = created.location.split('?')[0] ?? '';
  expect((await browser.get(event)).html).toContain('3 more steps');
  expect((await browser.get(`${event}/publication`)).html).toContain('There is no ticket category with a price yet.');

  expect((await browser.get(`${event}/tickets`)).html).toContain('How many people fit in?');
  await browser.send(`${event}/tickets/pools/new`, { name: 'Lapangan', capacity: '500' });
  const category = { name: 'Masuk', price: '0', perBuyerMax: '4' };
  const added = await browser.send(`${event}/tickets/categories/new`, category);
  expect([added.status, added.location]).toEqual([303, `${event}/tickets?done=categoryAdded`]);
  const tickets = (await browser.get(`${event}/tickets`)).html;
  expect(tickets).toContain('Masuk');
  expect(tickets).toContain('<svg viewBox');

  await browser.send(`${event}/gates`, { name: 'Utara' }, { act: 'add' });
  expect((await browser.get(`${event}/gates`)).html).toContain('Remove Utara');
  expect((await browser.get(event)).html).toContain('1 more step.');
  const seen = await browser.get(`${event}/preview`);
  for (const text of ['<h1>Pasar Malam</h1>', 'Masuk', 'Tickets available', 'Only your team sees this page.']) {
    expect(seen.html).toContain(text);
  }
  expect(seen.html).not.toMatch(/<script|rel="canonical"/);
  expect(seen.headers.get('cache-control')).toBe('no-store');
  expect((await world.newBrowser().get(`${event}/preview`)).location).toContain('/desk/sign-in');
  const published = await browser.send(`${event}/publication`, {}, { act: 'publish' });
  expect(published.location).toBe(`${event}/publication?done=published`);
  const slug = /href="\/events\/([a-z0-9-]+)/.exec((await browser.get(event)).html)?.[1] ?? '';
  expect((await world.running.fetch(`/v1/events/${slug}`)).status).toBe(200);

  expect((await browser.get(`${event}/details`)).html).not.toContain('name="startsAt"');
  const preview = await browser.send(`${event}/move`, { venue: 'Istora' }, { act: 'preview' });
  expect(preview.html).toContain('New place: Pasar Malam');
  expect(preview.html).toContain('Tempat berubah: Pasar Malam');
  expect((await browser.get(event)).html).toContain('Lapangan Banteng');
  const moved = await browser.post(`${event}/move`, { ...formFields(preview.html, 'move'), act: 'move' });
  expect(moved.location).toBe(`${event}/notices?done=saved`);
  const notices = (await browser.get(`${event}/notices`)).html;
  const noticePath = /href="([^"]*\/notices\/[^"]+)"/.exec(notices)?.[1] ?? '';
  expect((await browser.get(noticePath)).html).toContain('Goes out soon');
  expect((await browser.send(noticePath, {}, { act: 'send' })).location).toBe(`${noticePath}?done=announced`);

  expect((await browser.get(`${event}/postpone`)).html).toContain('Yes, postpone it');
  expect((await browser.send(`${event}/postpone`, {}, { act: 'postpone' })).status).toBe(303);
  expect((await browser.send(`${event}/postpone`, {}, { act: 'resume' })).status).toBe(303);

  expect((await browser.get(`${event}/call-off`)).html).toContain('was called off by the organiser');
  const called = await browser.send(`${event}/call-off`, {}, { act: 'callOff' });
  expect(called.location).toBe(`${event}/notices?done=calledOff`);
  expect((await browser.get(`${event}/publication`)).html).toContain('was called off');
});

test('a priced event needs a payment account before it can be published, and the page says so', async () => {
  const browser = await world.signIn(await world.addMember('owner'));
  const created = await browser.send('/desk/events/new', {
    name: 'Konser',
    category: 'konser',
    venue: 'Istora',
    city: 'Jakarta',
    startsAt: '2027-03-20T19:00',
    endsAt: '2027-03-20T22:00',
  });
  const event = created.location.split('?')[0] ?? '';
  await browser.send(`${event}/tickets/pools/new`, { name: 'Tribun', capacity: '100' });
  const odd = await browser.send(`${event}/tickets/categories/new`, { name: 'Festival', price: 'mahal' });
  expect([odd.status, odd.html.includes('id="price-error"'), formFields(odd.html)['price']]).toEqual([
    409,
    true,
    'mahal',
  ]);
  expect(odd.html).toContain('Price (IDR) must be a number, such as 500');
  const empty = await browser.send(`${event}/tickets/pools/new`, { name: 'Tribun', capacity: '' });
  expect(empty.html).toContain('Number of places is required');
  await browser.send(`${event}/tickets/categories/new`, { name: 'Festival', price: 'Rp 350.000' });
  expect((await browser.get(`${event}/tickets`)).html).toMatch(/Rp\s350,000/);
  const { html } = await browser.get(`${event}/publication`);
  expect(html).toContain('Tickets with a price need a payment account.');
  expect(html).not.toContain('Show it to the public');
});

test('the new size of a pool is previewed before the change, and cannot go below what is sold', async () => {
  const browser = await world.signIn(await world.addMember('owner'));
  const created = await browser.send('/desk/events/new', {
    name: 'Lari',
    category: 'lari',
    venue: 'Monas',
    city: 'Jakarta',
    startsAt: '2027-03-20T06:00',
    endsAt: '2027-03-20T10:00',
  });
  const event = created.location.split('?')[0] ?? '';
  await browser.send(`${event}/tickets/pools/new`, { name: 'Pelari', capacity: '100', blocked: '10' });
  const pool = /href="([^"]+\/pools\/pol_[^"]+)"/.exec((await browser.get(`${event}/tickets`)).html)?.[1] ?? '';
  const tried = await browser.get(`${pool}?capacity=300&blocked=20`);
  expect(tried.html).toContain('data-label="Then" class="number"><span>280</span>');
  expect((await browser.get(`${event}/tickets`)).html).toContain(
    'data-label="Number of places" class="number"><span>100</span>',
  );
  await browser.post(pool, formFields(tried.html));
  expect((await browser.get(`${event}/tickets`)).html).toContain(
    'data-label="Number of places" class="number"><span>300</span>',
  );
  const tooFew = await browser.post(pool, { ...formFields(tried.html), capacity: '5', blocked: '20' });
  expect(tooFew.status).toBe(409);
  expect(tooFew.html).toContain('This is too little');
});

test('signing up reveals no address, refuses a name that is taken, and is limited per network', async () => {
  const email = await world.addMember('owner');
  const known = await signUp(world.newBrowser(), 'nama-satu', email);
  const unknown = await signUp(world.newBrowser(), 'nama-dua', 'nobody@elsewhere.example');
  expect([known.status, known.location]).toEqual([unknown.status, unknown.location]);
  const taken = await signUp(world.newBrowser(), 'nama-satu', 'x@elsewhere.example');
  expect([taken.status, taken.html.includes('This short name is taken')]).toEqual([409, true]);
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      signUp(world.newBrowser(), `banyak-${index}`, `a${index}@elsewhere.example`),
    ),
  );
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
});

test('nobody signs up where the operator has not opened it', async () => {
  const closed = await openDeskWorld();
  try {
    expect((await closed.newBrowser().get('/desk/sign-up')).status).not.toBe(200);
    expect((await closed.newBrowser().get('/desk/sign-in')).html).not.toContain('/desk/sign-up');
    const body = JSON.stringify({ slug: 'diam-diam', name: 'Diam', ownerEmail: 'a@elsewhere.example' });
    const headers = { 'content-type': 'application/json' };
    const answer = await closed.running.fetch('/v1/organizers', { method: 'POST', headers, body });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      403,
      'organizer.sign_up_closed',
    ]);
    expect(await organizers('diam-diam')).toBe(0);
  } finally {
    await closed.close();
  }
});
