import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeAudit } from '../../../src/access/audit/audit.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, createOrganizer, type TestEvent } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, filledForm, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards that people read the log without ids, codes and bare numbers, and work through many tasks in one go. */

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

test('refunds that were paid by hand in one go are ticked and booked together, and what needs an amount stays open', async () => {
  const order = `ord_${event.id.slice(4)}00000000000000000001`;
  const ids = ['1', '2', '3'].map((n) => `tsk_0000000000000000000${n}`);
  // The pages that a member opens first lead to tasks, if there are any.
  const led = async () => {
    const seen = await Promise.all(['/desk', at()].map((page) => owner.get(page)));
    return seen.map(({ html }) => /wait for your decision\. <a href="([^"]+)"/.exec(html)?.[1]);
  };
  expect(await led()).toEqual([undefined, undefined]);
  for (const [index, id] of ids.entries())
    await db().execute(sql`
      insert into tasks (id, organizer_id, event_id, order_id, kind, subject_id, detail)
      values (${id}, ${world.organizer.id}, ${event.id}, ${order}, ${index === 2 ? 'partial_chargeback' : 'refund_manual'}, ${id},
        '{"amount": 150000, "currency": "IDR"}')`);
  const list = `/desk/tasks?eventId=${event.id}`;
  expect(await led()).toEqual(['/desk/tasks', list]);
  const { html } = await owner.get(`${list}&choose=all`);
  expect([...html.matchAll(/name="taskIds" value="(\w+)"[^>]* checked/g)].map(([, id]) => id).toSorted()).toEqual(
    ids.slice(0, 2),
  );
  expect(textOf(html)).toContain('Rp 150,000');
  expect((await owner.get(`/desk/tasks?eventId=evt_00000000`)).html).toContain('No tasks');

  const nothing = await owner.send(list, {}, { act: 'together' });
  expect([nothing.status, nothing.html.includes('role="alert"')]).toEqual([409, true]);
  const chosen = filledForm(html, {}, 'together');
  for (const id of [...ids.slice(0, 2), 'tsk_00000000000000000009']) chosen.append('taskIds', id);
  const sent = await owner.post('/desk/tasks', chosen);
  expect(sent.location).toBe(`${list}&done=tasksPartlyDone`);
  const open = await rowsOf<{ id: string }>(db(), sql`select id from tasks where resolved_at is null`);
  expect(open).toEqual([{ id: ids[2] }]);
  expect((await owner.post('/desk/tasks', filledForm(html, { taskIds: ids[0] ?? '' }, 'together'))).location).toBe(
    `${list}&done=tasksDone`,
  );
});

test('an event that was called off shows how far its refunds have come', async () => {
  const order = (n: number) => `ord_${event.id.slice(4)}0000000000000000000${n}`;
  for (const [index, status] of ['paid', 'refunded', 'refunded'].entries())
    await db().execute(sql`
      insert into orders (event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone, buyer_keys,
        network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at, hold_ends_max_at, paid_at, closed_at)
      values (${event.id}, ${order(index)}, ${world.organizer.id}, ${status}, gen_random_uuid(), gen_random_uuid(), 'Ayu', 'ayu@example.test', '',
        '{a,b}', 'n', 'id', 'IDR', 1, 150000, 0, 0, 150000, now(), now(), now(), now(), now())`);
  for (const [index, status] of [
    [1, 'done'],
    [2, 'manual_required'],
  ] as const)
    await db().execute(sql`
      insert into refunds (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status, gateway_refund_key, requested_by)
      values (${event.id}, ${`rfd_0000000000000000000${index}`}, ${order(index)}, ${`pay_${order(index).slice(4)}01`}, ${world.organizer.id}, 150000,
        'IDR', 'event_cancelled', ${status}, ${String(index)}, 'system')`);
  await db().execute(sql`update events set status = 'cancelled' where id = ${event.id}`);
  const text = textOf((await owner.get(`${at()}/publication`)).html);
  expect(text).toMatch(/Orders still to refund 1 /);
  expect(text).toMatch(/Done 1 \(Rp 150,000\)/);
  expect(text).toMatch(/To be paid back by hand 1 \(Rp 150,000\)/);
});
