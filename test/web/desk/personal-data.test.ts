import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvent, createOrganizer } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards the page on which a team answers a person who asks what is kept: in both languages, without script, and with no address in its URL. */

let world: DeskWorld;
let manager: DeskBrowser;
const email = 'bertanya.data@example.test';

beforeAll(async () => {
  world = await openDeskWorld();
  const { db } = world.running.service;
  const organizer = await createOrganizer(db);
  const event = await createEvent(db, { organizer, categories: [{ price: 0 }] });
  manager = await world.signIn(await world.addMember('manager', organizer));
  const gift = {
    'buyer.name': 'Budi Penanya',
    'buyer.email': email,
    'buyer.phone': '081234567811',
    'lines.0.quantity': '1',
  };
  expect((await manager.send(`/desk/events/${event.id}/gifts`, gift, { act: 'give' })).status).toBe(303);
});
afterAll(() => world?.close());

const path = '/desk/personal-data';
const find = (fields: Record<string, string>) => manager.send(path, fields, { act: 'find' });

test('shows what is kept, and gives it as one file that the page itself holds', async () => {
  expect((await manager.get('/desk/orders')).html).toContain(`href="${path}"`);
  const { status, html } = await find({ email, phone: '' });
  expect(status).toBe(200);
  expect(html).toContain('Budi Penanya');
  expect([...html.matchAll(/<dt>([^<]+)<\/dt><dd>(\d+)<\/dd>/g)].map(([, label, count]) => [label, count])).toEqual([
    ['Orders', '1'],
  ]);
  const [, file = ''] = /href="data:application\/json;base64,([^"]+)"/.exec(html) ?? [];
  const document = JSON.parse(Buffer.from(file, 'base64').toString()) as { orders: { buyer: { email: string } }[] };
  expect(document.orders.map(({ buyer }) => buyer.email)).toEqual([email]);
});

test('says that nothing is kept, and refuses an address that is none beside its field', async () => {
  expect((await find({ email: 'nobody@example.test', phone: '' })).html).toContain('class="nothing"');
  const none = await find({ email: '', phone: '' });
  expect([none.status, none.html.includes('data:application/json')]).toEqual([409, false]);
  const faulty = await find({ email: '', phone: '12' });
  expect([faulty.status, /<input id="find-phone"[^>]*aria-invalid="true"/.test(faulty.html)]).toEqual([409, true]);
});
