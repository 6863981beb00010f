import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeAudit } from '../../../src/access/audit/audit.ts';
import { createEvent, createOrganizer, type TestEvent } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards that people read the log without ids, codes and bare numbers. */

let world: DeskWorld;
let owner: DeskBrowser;
let event: TestEvent;
beforeAll(async () => {
  world = await openDeskWorld();
  event = await createEvent(world.running.service.db, { organizer: world.organizer, categories: [{}, {}] });
  owner = await world.signIn(await world.addMember('owner'));
});
afterAll(() => world.close());

const db = () => world.running.service.db;
const at = () => `/desk/events/${event.id}`;
const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
const readLog = async (language = 'en') => (await owner.get(`/desk/log?lang=${language}`)).html;

test('amounts have their currency, and events and their parts their names with the way to them', async () => {
  const category = event.categories[0];
  const path = `${at()}/tickets/categories/${category?.id}`;
  const before = await owner.get(path);
  expect(before.status).toBe(200);
  expect((await owner.send(path, { price: '425000' })).status).toBe(303);
  expect(
    (await owner.send(`${at()}/promo-codes`, { code: 'SENJA10', value: '10000', kind: 'amount' }, { act: 'add' }))
      .status,
  ).toBe(303);
  expect((await owner.send(`${at()}/details`, { feePerTicket: '7500' })).status).toBe(303);
  const html = await readLog();
  const text = textOf(html);
  expect(text).toMatch(/Price Rp [\d,]+ → Rp 425,000/);
  expect(text).toContain('Discount Rp 10,000');
  expect(text).toMatch(/Fee per ticket Rp [\d,]+ → Rp 7,500/);
  expect(html).toContain(`<a href="${path}">Category 1</a>`);
  expect(text).toContain('Event Senja di Selatan');
  expect(text).not.toContain(`Event ${event.id}`);
});

test('what was deleted keeps its name in the log, and leads nowhere', async () => {
  const parts = [
    { page: '/gates', add: 'addZone', remove: 'removeZone', fields: { name: 'Balkon' } },
    { page: '/gates', add: 'add', remove: 'remove', fields: { name: 'Gerbang Barat' } },
    { page: '/schedule', add: 'add', remove: 'remove', fields: { title: 'Musik pembuka' } },
  ];
  for (const { page, add, remove, fields } of parts) {
    expect((await owner.send(at() + page, fields, { act: add })).status).toBe(303);
    expect((await owner.send(at() + page, {}, { act: remove })).status).toBe(303);
  }
  expect((await owner.send(`${at()}/questions`, { text: 'Ukuran kaus?' }, { act: 'add' })).status).toBe(303);
  const question = /\/questions\/(qst_\w+)/.exec((await owner.get(`${at()}/questions`)).html)?.[0];
  expect((await owner.send(at() + question, {}, { act: 'remove' })).status).toBe(303);
  const spare = `${at()}/tickets/categories/${event.categories[1]?.id}`;
  expect((await owner.send(`${spare}/delete`, {}, { act: 'remove' })).status).toBe(303);
  const html = await readLog();
  for (const [what, name] of [
    ['Zone: removed', 'Name Balkon'],
    ['Gate: removed', 'Name Gerbang Barat'],
    ['Schedule: deleted', 'Title Musik pembuka'],
    ['Question: deleted', 'Question Ukuran kaus?'],
    ['Ticket category: deleted', 'Name Category 2'],
  ] as const) {
    const row = html.split('<tr').find((text) => text.includes(what)) ?? '';
    expect(textOf(row)).toContain(name);
    expect(row).not.toContain(`href="${at()}/`);
  }
});

test('codes of the API are words, in both languages', async () => {
  const actor = { kind: 'operator', id: 'switches', organizerId: world.organizer.id } as const;
  await writeAudit(db(), { actor, act: 'event.switched_on', subjectId: event.id, changes: { switch: 'close_sales' } });
  await writeAudit(db(), { actor, act: 'webhook.created', subjectId: 'whe_gone', changes: { types: ['order.paid'] } });
  expect(textOf(await readLog('id'))).toMatch(/Kejadian Pesanan dibayar[\s\S]*Sakelar Tutup penjualan/);
  expect(textOf(await readLog('en'))).toMatch(/Events Order paid[\s\S]*Switch Close sales/);
});

test('a name of another organizer is told to nobody', async () => {
  const stranger = await createOrganizer(db());
  const foreign = await createEvent(db(), { organizer: stranger });
  await db().execute(sql`update events set name = 'Acara orang lain' where id = ${foreign.id}`);
  const actor = { kind: 'system', id: 'test', organizerId: world.organizer.id } as const;
  await writeAudit(db(), { actor, act: 'device.created', subjectId: foreign.id, changes: { eventId: foreign.id } });
  const html = await readLog();
  expect(html).toContain(foreign.id);
  expect(html).not.toContain('Acara orang lain');
});
