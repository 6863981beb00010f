import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TenantWorld, openTenants } from '../../../testkit/security/tenants.ts';
import { formFields } from '../../../testkit/web/desk-world.ts';

/** Guards the pages that bring the desk up to the API: all sales at once, the end of a room, codes, texts, and who gets no messages. */

let world: TenantWorld;
let event: string;
beforeAll(async () => {
  world = await openTenants();
  event = `/desk/events/${world.own.ids['eventId']}`;
});
afterAll(() => world?.close());

const headers = (more: Readonly<Record<string, string>> = {}) => ({
  accept: 'text/html',
  'accept-language': 'en',
  cookie: `antre_staff=${world.own.credentials.manager}`,
  'sec-fetch-site': 'same-origin',
  ...more,
});
const shown = async (path: string, more?: Readonly<Record<string, string>>) =>
  (await world.running.fetch(path, { headers: headers(more) })).text();

/** Fills in the form of this act on a page, and sends it. */
async function send(
  path: string,
  fields: Readonly<Record<string, string>>,
  act = 'save',
  more: Readonly<Record<string, string>> = {},
) {
  const body = new URLSearchParams({ ...formFields(await shown(path, more), act), ...fields }).toString();
  const response = await world.running.fetch(path, {
    method: 'POST',
    headers: { ...headers(more), 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  return { status: response.status, html: await response.text() };
}

const one = async <Row>(query: ReturnType<typeof sql>) => (await rowsOf<Row>(world.running.service.db, query))[0];
const eventId = () => world.own.ids['eventId'] ?? '';

test('all sales are closed at once, and opened again', async () => {
  const sales = async () =>
    (await one<{ sales: string }>(sql`select sales from events where id = ${eventId()}`))?.sales;
  expect((await send(`${event}/publication`, {}, 'closeSales')).status).toBe(303);
  expect(await sales()).toBe('closed');
  expect(await shown(`${event}/publication`)).toContain('All sales are closed');
  expect((await send(`${event}/publication`, {}, 'openSales')).status).toBe(303);
  expect(await sales()).toBe('open');
});

test('ticket codes are signed, and a new key refuses the codes of the one before', async () => {
  const keys = async () =>
    rowsOf(
      world.running.service.db,
      sql`select key_id, status from ticket_keys where event_id = ${eventId()} order by key_id`,
    );
  expect(await shown(`${event}/gates`)).not.toContain('value="rotateKey"');
  expect((await send(`${event}/gates`, { codes: 'signed' }, 'codes')).status).toBe(303);
  expect(await keys()).toEqual([{ key_id: 0, status: 'signing' }]);
  expect((await send(`${event}/gates`, { withdrawEarlier: 'yes' }, 'rotateKey')).status).toBe(303);
  expect(await keys()).toEqual([
    { key_id: 0, status: 'withdrawn' },
    { key_id: 1, status: 'signing' },
  ]);
});

test('the text of a message is the organiser’s own until it is reset; a faulty one stays in the field', async () => {
  const path = '/desk/message-texts/ticket_issued/en';
  const own = () =>
    one<{ body: string }>(
      sql`select body from message_texts where template = 'ticket_issued' and locale = 'en' and organizer_id in
        (select organizer_id from events where id = ${eventId()})`,
    );
  const faulty = await send(path, { body: 'Your {{ticket}}: {{link}}' });
  expect([faulty.status, await own()]).toEqual([409, undefined]);
  expect(formFields(faulty.html)['body']).toBe('Your {{ticket}}: {{link}}');
  expect((await send(path, { body: 'Hi {{name}}:\r\n{{link}}' })).status).toBe(303);
  expect(await own()).toEqual({ body: 'Hi {{name}}:\n{{link}}' });
  expect(await shown('/desk/message-texts')).toContain('Your text');
  expect((await send(path, {}, 'reset')).status).toBe(303);
  expect(await own()).toBeUndefined();
  expect((await world.running.fetch('/desk/message-texts/nothing/en', { headers: headers() })).status).toBe(404);
});

test('an address that gets no messages is shown with the reason, and gets them again', async () => {
  const before = await shown('/desk/suppressions');
  const lifts = (html: string) => html.split('name="act" value="lift"').length - 1;
  expect(before).toContain('The address does not exist');
  expect((await send('/desk/suppressions', {}, 'lift')).status).toBe(303);
  expect(lifts(await shown('/desk/suppressions'))).toBe(lifts(before) - 1);
  expect(await shown('/desk/inbound-messages')).toContain('Nobody has answered yet.');
});

test('an owner changes the limits of a number, and submits its templates; limits that do not fit are shown at their field', async () => {
  const path = `/desk/connections/numbers/${world.own.ids['senderId']}`;
  const as = { cookie: `antre_staff=${world.own.credentials.owner}` };
  const limits = () =>
    one(
      sql`select weight, messages_per_second, daily_cap, warm_up_from from senders where id = ${world.own.ids['senderId'] ?? ''}`,
    );
  expect(await shown('/desk/connections', as)).toContain(`href="${path}"`);
  const faulty = await send(path, { dailyCap: '10', warmUpFrom: '20' }, 'save', as);
  expect([faulty.status, formFields(faulty.html)['warmUpFrom']]).toEqual([409, '20']);
  const fields = { weight: '50', messagesPerSecond: '0,5', dailyCap: '200', warmUpFrom: '' };
  expect((await send(path, fields, 'save', as)).status).toBe(303);
  expect(await limits()).toEqual({ weight: 50, messages_per_second: 0.5, daily_cap: 200, warm_up_from: null });
  expect((await send(path, {}, 'submit', as)).status).toBe(303);
  // A manager may not see the numbers.
  expect((await world.running.fetch(path, { headers: headers() })).status).toBe(403);
});

test('a waiting room is ended in a step that says what follows', async () => {
  const page = `${event}/waiting-room`;
  expect(await shown(page)).toContain(`href="${page}/closure"`);
  expect(await shown(`${page}/closure`)).toContain('first come, first served');
  expect((await send(`${page}/closure`, {}, 'end')).status).toBe(303);
  expect(await shown(page)).not.toContain(`href="${page}/closure"`);
});
