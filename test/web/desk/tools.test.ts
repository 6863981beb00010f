import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { hintOf } from '../../../src/web/server/desk/connections/message-tests.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards the pages of team, devices, keys, connections, webhooks, reports, tasks and the log. */

let world: DeskWorld;
let owner: DeskBrowser;
let event: TestEvent;
beforeAll(async () => {
  world = await openDeskWorld();
  event = await createEvent(world.running.service.db, { organizer: world.organizer });
  owner = await world.signIn(await world.addMember('owner'));
});
afterAll(() => world.close());

const one = async <Row>(query: ReturnType<typeof sql>) => (await rowsOf<Row>(world.running.service.db, query))[0];

test('a member is invited, and loses access in a step that lists what ends', async () => {
  const email = 'budi@organizer.test';
  const invited = await owner.send('/desk/team', { name: 'Budi Santoso', email, role: 'door' }, { act: 'invite' });
  expect(invited.location).toBe('/desk/team?done=invited');
  const row = await one<{ id: string }>(sql`select id from staff where email = ${email}`);
  expect((await owner.get('/desk/team')).html).toContain('Budi Santoso');
  const ended = await owner.send(`/desk/team/${row?.id}`, {}, { act: 'disable' });
  expect(ended.location).toBe('/desk/team?done=accessEnded');
  expect(await one(sql`select status from staff where email = ${email}`)).toEqual({ status: 'disabled' });
});

test('a device is paired by a code on the screen, whose token works and is shown once', async () => {
  const devices = `/desk/events/${event.id}/devices`;
  const seen = await owner.send(devices, { name: 'North gate' }, { act: 'add' });
  expect(seen.status).toBe(200);
  expect(seen.html).toContain('role="img" aria-label="Code that pairs the device"');
  const token = /<code class="secret">([^<]+)</.exec(seen.html)?.[1] ?? '';
  const asked = await world.running.fetch('/v1/sessions/current', { headers: { authorization: `Bearer ${token}` } });
  expect(await asked.json()).toMatchObject({ kind: 'device', eventId: event.id });
  const list = await owner.get(devices);
  expect(list.html).toContain('North gate');
  expect(list.html).not.toContain(token);
  expect((await owner.send(devices, {}, { act: 'end' })).location).toBe(`${devices}?done=deviceEnded`);
});

test('an API key gets what was ticked for it, is shown once and can be ended', async () => {
  const without = await owner.send('/desk/api-keys', { name: 'Ticket shop', role: 'manager' }, { act: 'make' });
  expect(without.status).toBe(409);
  expect(without.html).toContain('role="alert"');
  const made = { name: 'Ticket shop', role: 'manager', scopes: 'orders.read' };
  const seen = await owner.send('/desk/api-keys', made, { act: 'make' });
  const key = /<code class="secret">([^<]+)</.exec(seen.html)?.[1] ?? '';
  expect(key).not.toBe('');
  const { html } = await owner.get('/desk/api-keys');
  expect(html).not.toContain(key);
  expect(html).toContain('<span>See orders and attendees</span></td>');
  expect((await owner.send('/desk/api-keys', {}, { act: 'end' })).location).toBe('/desk/api-keys?done=keyEnded');
});

test('a payment account is set without showing its keys again; a refused form keeps what was typed, but no secret', async () => {
  const fields = { merchantId: 'G123456789', serverKey: 'Mid-server-secret', clientKey: 'Mid-client-1' };
  const refused = await owner.send('/desk/connections', { ...fields, clientKey: 'x' }, { act: 'account' });
  expect(refused.status).toBe(409);
  expect(refused.html).toContain('G123456789');
  expect(refused.html).not.toContain('Mid-server-secret');
  const set = await owner.send('/desk/connections', fields, { act: 'account' });
  expect(set.location).toBe('/desk/connections?done=connected');
  const { html } = await owner.get('/desk/connections');
  expect(html).toContain('G123456789');
  expect(html).not.toContain('Mid-server-secret');
});

test('a sender is connected and disconnected', async () => {
  const path = '/desk/connections/senders/fonnte';
  const fields = { device: '6281200001111', token: 'token-of-device', callbackKey: 'k'.repeat(40) };
  const refused = await owner.send(path, { ...fields, device: 'x' }, { act: 'connect' });
  expect([refused.status, refused.html.includes('device-error')]).toEqual([409, true]);
  expect((await owner.send(path, fields, { act: 'connect' })).location).toBe('/desk/connections?done=connected');
  expect((await owner.get('/desk/connections')).html).toContain('6281200001111');
  // The test of a number needs a phone of the organiser; its result has a page of its own, in plain words.
  const phoneless = await owner.send('/desk/connections', {}, { act: 'testSender' });
  expect([phoneless.status, phoneless.html.includes('First enter a mobile number in the profile')]).toEqual([
    409,
    true,
  ]);
  await world.running.service.db.execute(
    sql`insert into organizer_profiles (organizer_id, contact_phone) values (${world.organizer.id}, '+6281277000001')`,
  );
  for (const act of ['testSender', 'testMail']) {
    const { status, location } = await owner.send('/desk/connections', {}, { act });
    expect([status, location]).toEqual([303, expect.stringMatching(/^\/desk\/connections\/tests\/dlv_/)]);
    expect((await owner.get(location)).html).toContain('on its way');
    const id = location.split('/').at(-1) ?? '';
    await world.running.service.db.execute(
      sql`update deliveries set status = 'failed', failure = 'fonnte_token', next_check_at = null where id = ${id}`,
    );
    const { html } = await owner.get(location);
    expect(html).toContain('The message was refused. (fonnte_token)');
    expect(html).toContain('connect it with a new key');
  }
  expect((await owner.send('/desk/connections', {}, { act: 'disconnect' })).location).toContain('done=disconnected');
});

test('contact, privacy notice and terms are set, and a bad address is named beside its field', async () => {
  const fields = { 'contact.email': 'halo@senja.example', 'contact.phone': '', 'privacy.id': 'Data Anda aman.' };
  const refused = await owner.send('/desk/profile', { ...fields, 'contact.email': 'halo' });
  expect([refused.status, refused.html.includes('contact.email-error')]).toEqual([409, true]);
  expect((await owner.send('/desk/profile', fields)).location).toBe('/desk/profile?done=saved');
  expect((await owner.get('/desk/profile')).html).toContain('value="halo@senja.example"');
  const shown = await world.running.fetch(`/v1/events/${event.slug}/organizer`);
  expect(await shown.json()).toMatchObject({
    contact: { email: 'halo@senja.example', phone: null },
    privacy: { id: 'Data Anda aman.', en: '' },
  });
});

test('a report is requested, scheduled, and the schedule ended', async () => {
  expect((await owner.send('/desk/reports', { kind: 'orders' }, { act: 'ask' })).location).toBe(
    '/desk/reports?done=reportAsked',
  );
  expect((await owner.send('/desk/reports', { hour: '7', weekday: '1' }, { act: 'schedule' })).location).toBe(
    '/desk/reports?done=scheduled',
  );
  const { html } = await owner.get('/desk/reports');
  expect(html).toContain('Monday, 07:00');
  expect((await owner.send('/desk/reports', {}, { act: 'cancel' })).location).toContain('done=reportCancelled');
  expect((await owner.send('/desk/reports', {}, { act: 'endSchedule' })).location).toContain('done=scheduleEnded');
});

test('webhooks say what is sent in words beside its code, and refuse private addresses, with an error at the field', async () => {
  const seen = await owner.send('/desk/webhooks', { url: 'https://127.0.0.1/x' }, { act: 'add' });
  expect(seen.html).toContain('Order paid <code class="code">order.paid</code>');
  expect(seen.status).toBe(409);
  expect(seen.html).toContain('role="alert"');
});

test('an owner changes the address and the types of a webhook, whose secret stays; a private address is refused at its field', async () => {
  const added = await owner.send(
    '/desk/webhooks',
    { url: 'https://93.184.216.34/hook', types: 'order.paid' },
    { act: 'add' },
  );
  const id = /href="\/desk\/webhooks\/(whe_\w+)"/.exec(added.html)?.[1] ?? '';
  const row = () =>
    one<{ url: string; types: string[]; secret: string }>(
      sql`select url, types, secret from webhook_endpoints where id = ${id}`,
    );
  const before = await row();
  expect(before).toMatchObject({ url: 'https://93.184.216.34/hook', types: ['order.paid'] });
  const path = `/desk/webhooks/${id}`;
  const refused = await owner.send(path, { url: 'https://10.0.0.1/x', types: 'refund.paid' });
  expect([refused.status, await row()]).toEqual([409, before]);
  expect(formFields(refused.html)['url']).toBe('https://10.0.0.1/x');
  const moved = await owner.send(path, {
    url: 'https://93.184.216.34/moved',
    types: 'refund.paid',
    description: 'Books',
  });
  expect([moved.status, moved.location]).toEqual([303, `${path}?done=saved`]);
  expect(await row()).toEqual({ url: 'https://93.184.216.34/moved', types: ['refund.paid'], secret: before?.secret });
  expect((await owner.get('/desk/log')).html).toContain('93.184.216.34');
  const manager = await world.signIn(await world.addMember('manager'));
  const { html } = await manager.get(path);
  expect(html).not.toContain('name="act" value="save"');
  const theirs = { ...formFields(html, 'test'), act: 'save', url: 'https://93.184.216.34/theirs' };
  expect((await manager.post(path, theirs)).status).toBe(403);
});

test('tasks are listed and resolved, and the log says by whom', async () => {
  expect((await owner.get('/desk/tasks')).html).toContain('Everything is in order');
  await world.running.service.db.execute(sql`
    insert into tasks (id, organizer_id, event_id, order_id, kind, subject_id)
    values ('tsk_00000000000000000001', ${world.organizer.id}, ${event.id}, ${`ord_${event.id.slice(4)}00000000000000000001`}, 'reversed', 'x')`);
  expect((await owner.get('/desk/tasks')).html).toContain('reversed');
  expect((await owner.send('/desk/tasks', {}, { act: 'done' })).location).toBe('/desk/tasks?done=taskDone');
  // What a bank took of a payment is done by naming the amount.
  await world.running.service.db.execute(sql`
    insert into tasks (id, organizer_id, event_id, order_id, kind, subject_id, detail)
    values ('tsk_00000000000000000002', ${world.organizer.id}, ${event.id}, '', 'partial_chargeback', 'x', '{"currency": "IDR"}')`);
  const loss = '/desk/tasks/tsk_00000000000000000002/loss';
  expect((await owner.get('/desk/tasks')).html).toContain(`href="${loss}"`);
  const empty = await owner.send(loss, {});
  expect([empty.status, empty.html.includes('id="amount-error"')]).toEqual([409, true]);
  expect((await owner.send(loss, { amount: '50.000' })).location).toBe('/desk/tasks?done=taskDone');
  // One that is resolved, or of another kind, asks for no amount.
  for (const path of [loss, '/desk/tasks/tsk_00000000000000000001/loss'])
    expect((await owner.get(path)).status).toBe(404);
  const { html } = await owner.get('/desk/log');
  for (const text of ['Task: resolved', 'Member of the team: invited', 'Sari']) expect(html).toContain(text);
  // What changed, from what to what, in words. A field that is no longer written keeps its name.
  await world.running.service.db.execute(sql`
    insert into audit_log (organizer_id, actor_kind, actor_id, act, subject_id, changes)
    values (${world.organizer.id}, 'system', 'x', 'event.changed', ${event.id}, '{"name": {"from": "Old <b>", "to": "New"}, "seats": 5,
      "saleOpensAt": {"from": null, "to": "2026-03-02T03:00:00.000Z"}, "transfersAllowed": {"from": true, "to": false}, "sales": "closed"}')`);
  const read = async (language: string) => (await owner.get(`/desk/log?lang=${language}`)).html;
  for (const text of ['Tiket boleh diberikan</span> Ya → Tidak', 'Penjualan</span> Ditutup'])
    expect(await read('id')).toContain(text);
  // English last, since the desk keeps the language for the requests of later tests.
  expect(await read('en')).toMatch(/Name<\/span> Old &lt;b&gt; → New[\s\S]*seats<\/span> 5/);
  for (const text of [
    'Transfers allowed</span> Yes → No',
    'Sale opens</span> – → Mon, 2 Mar 2026, 10:00 WIB',
    'Sales</span> Closed',
  ])
    expect(await read('en')).toContain(text);
});

test('the log is filtered by the form, says what cannot be meant, and leads from a row to all about its object', async () => {
  const rowsIn = (html: string) => [...html.matchAll(/role="rowheader"/g)].length;
  const subject = (await one<{ id: string }>(sql`select subject_id as id from audit_log where act = 'staff.invited'`))
    ?.id;
  const { html } = await owner.get('/desk/log?act=staff');
  expect(html).toMatch(/<option value="staff" selected>/);
  expect(html).toContain(`href="/desk/log?act=staff&amp;subjectId=${subject}"`);
  expect(rowsIn((await owner.get(`/desk/log?subjectId=${subject}&act=staff`)).html)).toBe(2);
  expect(rowsIn((await owner.get('/desk/log?actorId=system')).html)).toBe(1);
  expect((await owner.get('/desk/log?to=2020-01-01')).html).toContain('No change fits.');
  const refused = await owner.get('/desk/log?from=2026-03-02&to=2026-02-01&lang=id');
  expect(refused.html).toContain('Sampai tanggal harus setelah Dari tanggal');
  expect(rowsIn(refused.html)).toBe(0);
  expect((await owner.get('/desk/log?from=tomorrow&lang=en')).html).toContain('id="filter-from-error"');
});

test('every page is complete in both languages', async () => {
  const pages = [
    '/desk/orders',
    '/desk/tasks',
    '/desk/reports',
    '/desk/team',
    '/desk/connections',
    '/desk/webhooks',
    '/desk/log',
    '/desk/api-keys',
    `/desk/events/${event.id}/orders`,
    `/desk/events/${event.id}/gifts`,
    `/desk/events/${event.id}/sale`,
    `/desk/events/${event.id}/sale/replay`,
    `/desk/events/${event.id}/sale/conflicts`,
    `/desk/events/${event.id}/attendees`,
    `/desk/events/${event.id}/devices`,
    `/desk/events/${event.id}/announcements`,
    `/desk/events/${event.id}/announcements/new`,
  ];
  for (const page of pages) {
    for (const language of ['id', 'en']) {
      const { status, html } = await owner.get(`${page}?lang=${language}`);
      expect([page, status]).toEqual([page, 200]);
      expect(html).toContain(`<html lang="${language}"`);
      expect(html, page).not.toMatch(/undefined|\[object|NaN/);
    }
  }
});

test.each([
  ['waha_401', 'keys'],
  ['graph_190', 'keys'],
  ['template_not_approved', 'template'],
  ['template_graph_132001', 'template'],
  ['fonnte_device', 'device'],
  ['wablas_quota', 'quota'],
  ['senders_capped', 'quota'],
  ['graph_131026', 'recipient'],
  ['circuit_open', 'away'],
  ['no_sender', 'unusable'],
  ['anything_else', 'other'],
])('a refusal %s is told with what to do: %s', (failure, hint) => {
  expect(hintOf(failure)).toBe(hint);
});
