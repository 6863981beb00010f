import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvent as createPublicEvent } from '../../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../../testkit/web/desk-world.ts';

/** Guards the pattern of the desk's pages: lists, forms, faults beside fields, and what an event shows. */

let world: DeskWorld;
let browser: DeskBrowser;
beforeAll(async () => {
  world = await openDeskWorld();
  browser = await world.signIn(await world.addMember('owner'));
});
afterAll(() => world.close());

const fields = {
  name: 'Konser Senja',
  category: 'konser',
  venue: 'Balai Sarbini',
  city: 'Jakarta',
  startsAt: '2027-03-20T19:00',
  endsAt: '2027-03-20T22:00',
  timeZone: 'Asia/Jayapura',
};
const createEvent = async (more: Record<string, string> = {}) => {
  const seen = await browser.send('/desk/events/new', { ...fields, ...more });
  expect(seen.status).toBe(303);
  return seen.location.split('?')[0] ?? '';
};

test('before the first event the desk shows how to start', async () => {
  const { html } = await browser.get('/desk');
  expect(html).toContain('No events yet');
  expect(html).toContain('href="/desk/events/new"');
});

test('an event is created with the clock of its zone, and shown', async () => {
  const path = await createEvent();
  const { html } = await browser.get(`${path}?done=created`);
  expect(html).toContain('The event was created as a draft.');
  expect(html).toContain('19:00–22:00 WIT');
  expect((await browser.get('/desk')).html).toContain(`<a href="${path}">Konser Senja</a>`);
  expect((await browser.get('/desk?status=published')).html).not.toContain(path);
  expect(formFields((await browser.get(`${path}/details`)).html)).toMatchObject({
    startsAt: '2027-03-20T19:00',
    timeZone: 'Asia/Jayapura',
  });
});

test('a refused form comes back with what was typed, a fault beside each field, and a summary with focus', async () => {
  const hostile = '"><img src=x onerror=alert(1)>';
  const seen = await browser.send('/desk/events/new', { ...fields, name: '', summary: hostile, slug: 'Not a slug' });
  expect(seen.status).toBe(409);
  expect(formFields(seen.html)).toMatchObject({ summary: hostile, slug: 'Not a slug', venue: 'Balai Sarbini' });
  expect(seen.html).not.toContain('<img src=x');
  for (const name of ['name', 'slug']) {
    expect(seen.html).toMatch(
      new RegExp(`id="${name}"[^>]*aria-describedby="[^"]*${name}-error"[^>]*aria-invalid="true"`),
    );
    expect(seen.html).toContain(`<a href="#${name}">`);
  }
  expect(seen.html).toMatch(/class="form-message" role="alert" tabindex="-1" autofocus/);
  expect(seen.html).not.toContain('id="venue-error"');
});

test('faults are in the language of the page', async () => {
  const { html } = await browser.send('/desk/events/new?lang=id', { ...fields, name: '' });
  expect(html).toContain('Nama acara wajib diisi');
  await browser.get('/desk?lang=en');
});

test('a kind is offered and shown in the language of the page, and buyers who read the other one are shown theirs', async () => {
  const path = await createEvent({ category: 'Pameran' });
  const { html } = await browser.get(`${path}/details`);
  expect(formFields(html)).toMatchObject({ category: 'Exhibition' });
  expect(html).toMatch(/<input id="category"[^>]* list="category-choices"/);
  expect(html).toContain('<datalist id="category-choices"><option value="Concert">');
  // The kind was shown in another language, which is no change of it.
  await browser.send(`${path}/details`, { ...formFields(html), name: 'Pameran Senja' });
  const { html: indonesian } = await browser.get(`${path}/details?lang=id`);
  expect(formFields(indonesian)).toMatchObject({ category: 'Pameran', name: 'Pameran Senja' });
  expect(indonesian).toContain('<option value="Konser">');
  await browser.get('/desk?lang=en');
});

test('a change that somebody else made meanwhile is not overwritten', async () => {
  const path = await createEvent({ name: 'Satu' });
  const opened = formFields((await browser.get(`${path}/details`)).html);
  expect((await browser.send(`${path}/details`, { venue: 'Istora' })).status).toBe(303);
  const late = await browser.post(`${path}/details`, { ...opened, venue: 'Gelora' });
  expect(late.status).toBe(409);
  expect(late.html).toContain('Somebody else changed this event');
  // With the same map as the buyers' page.
  expect((await browser.get(path)).html).toContain('https://www.google.com/maps/search/?api=1&amp;query=Istora');
});

test('beside the time to pay stand the ways for which it is too short, and by default there are none', async () => {
  const path = `${await createEvent({ name: 'Waktu membayar' })}/details`;
  expect(formFields((await browser.get(path)).html)).toMatchObject({ holdMinutes: '30' });
  expect((await browser.get(path)).html).not.toContain('Now 30 minutes');
  await browser.send(path, { holdMinutes: '15' });
  const { html } = await browser.get(path);
  expect(html).toContain(
    'Now 15 minutes: offered only on the page of the order, and not from the start: bank transfer.',
  );
  expect(html).toContain('Now 15 minutes: too short for Alfamart or Indomaret.');
});

test('once an event is public, its sale, orders and attendees come first, and are linked from its overview', async () => {
  const { db } = world.running.service;
  const path = `/desk/events/${(await createPublicEvent(db, { organizer: world.organizer })).id}`;
  const [sale, orders, attendees] = ['sale', 'orders', 'attendees'].map((page) => `${path}/${page}`);
  const linksIn = (html: string, part: RegExp) =>
    [...(part.exec(html)?.[0] ?? '').matchAll(/<a [^>]*?href="([^"]+)"/g)].map(([, to]) => to);
  const pagesOf = (html: string) => linksIn(html, /<nav class="desk-nav" aria-label="This event">[^]*?<\/nav>/);
  const { html } = await browser.get(path);
  expect(pagesOf(html).slice(0, 4)).toEqual([path, sale, orders, attendees]);
  expect(linksIn(html, /<h1>[^]*?<h2>/)).toEqual([sale, orders, attendees]);
  const draft = await createEvent({ name: 'Baru ditulis' });
  const ofDraft = (await browser.get(draft)).html;
  expect(pagesOf(ofDraft).slice(0, 2)).toEqual([draft, `${draft}/details`]);
  expect(pagesOf(ofDraft)).toHaveLength(pagesOf(html).length);
  expect(linksIn(ofDraft, /<h1>[^]*?<h2>/)).toEqual([]);

  // Figures that stand still have a reason, which is said where they are watched.
  const said = async () =>
    /<div class="notice notice-warn">([^]*?)<\/div>/.exec((await browser.get(sale ?? '')).html)?.[1];
  expect(await said()).toBeUndefined();
  await browser.send(`${path}/publication`, {}, { act: 'closeSales' });
  expect(await said()).toContain(
    `All sales are closed, whatever the times of the categories. <a href="${path}/publication#all-sales">`,
  );
  await db.execute(sql`update events set postponed_at = now() where id = ${path.split('/').at(-1) ?? ''}`);
  expect(await said()).toContain(`is postponed and has no new date yet. <a href="${path}/move">`);
});

test('a long list has pages', async () => {
  for (let index = 0; index < 26; index += 1)
    await createEvent({ name: `Acara ${index}`, slug: `acara-panjang-${index}` });
  const first = (await browser.get('/desk')).html;
  const next = /<a rel="next" href="([^"]+)"/.exec(first)?.[1] ?? '';
  const second = (await browser.get(next.replaceAll('&amp;', '&'))).html;
  expect([...first.matchAll(/role="rowheader"/g)]).toHaveLength(25);
  expect(second).toContain('Back to the start');
  expect([...second.matchAll(/role="rowheader"/g)].length).toBeGreaterThan(0);
});
