import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvent } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards that an act without a way back says what it does before its button can be pressed. */

let world: DeskWorld;
let owner: DeskBrowser;
let at: string;
let question: string;
let endpoint: string;
beforeAll(async () => {
  world = await openDeskWorld();
  const event = await createEvent(world.running.service.db, { organizer: world.organizer });
  owner = await world.signIn(await world.addMember('owner'));
  at = `/desk/events/${event.id}`;
  await owner.send(`${at}/gates`, { name: 'Utara' }, { act: 'add' });
  await owner.send(`${at}/gates`, { zoneName: 'Lapangan', name: 'Lapangan' }, { act: 'addZone' });
  await owner.send(`${at}/schedule`, { title: 'Band pembuka' }, { act: 'add' });
  await owner.send(`${at}/questions`, { text: 'Ukuran kaus?' }, { act: 'add' });
  question = await linkOn(`${at}/questions`, /href="([^"]+\/questions\/qst_[^"]+)"/);
  await owner.send(`${at}/devices`, { name: 'Ponsel utara' }, { act: 'add' });
  await owner.send('/desk/api-keys', { name: 'Toko', role: 'manager', scopes: 'orders.read' }, { act: 'make' });
  await owner.send('/desk/webhooks', { url: 'https://93.184.216.34/hook', types: 'order.paid' }, { act: 'add' });
  endpoint = await linkOn('/desk/webhooks', /href="(\/desk\/webhooks\/whe_\w+)"/);
  await owner.send('/desk/reports', { hour: '7', weekday: '1' }, { act: 'schedule' });
  await world.running.service.db.execute(sql`
    insert into tasks (id, organizer_id, event_id, order_id, kind, subject_id, detail)
    values ('tsk_00000000000000000001', ${world.organizer.id}, ${event.id}, ${`ord_${event.id.slice(4)}00000000000000000001`},
      'money_taken', 'x', '{"amount": 350000, "currency": "IDR"}')`);
});
afterAll(() => world.close());

const linkOn = async (path: string, link: RegExp) => link.exec((await owner.get(path)).html)?.[1] ?? '';

/** The acts of a page that stand behind a question, and all of its acts. */
async function actsOn(path: string) {
  const { html } = await owner.get(path);
  const actsOf = (part: string) => new Set([...part.matchAll(/name="act" value="(\w+)"/g)].map(([, act = '']) => act));
  const asked = [...html.matchAll(/<details class="ask">([\s\S]*?)<\/details>/g)].map(([, part = '']) => part);
  const open = html.replaceAll(/<details class="ask">[\s\S]*?<\/details>/g, '');
  return { html, asked: actsOf(asked.join('')), open: actsOf(open) };
}

describe('an act without a way back is asked about', () => {
  test.each([
    ['a gate', () => `${at}/gates`, 'remove', 'must choose another one'],
    ['a zone', () => `${at}/gates`, 'removeZone', 'limit of people'],
    ['a part of the schedule', () => `${at}/schedule`, 'remove', 'disappear from the page'],
    ['a question', () => question, 'remove', 'the question is lost'],
    ['a device', () => `${at}/devices`, 'end', 'signed out at once'],
    ['a key', () => '/desk/api-keys', 'end', 'stop working at once'],
    ['a webhook', () => endpoint, 'remove', 'Nothing is sent to this address'],
    ['the secret of a webhook', () => endpoint, 'rotate', 'another 24 hours'],
    ['a regular report', () => '/desk/reports', 'endSchedule', 'not made any more'],
    ['a task', () => '/desk/tasks', 'done', 'cannot be opened again'],
    ['money of a task', () => '/desk/tasks', 'refund', /gives Rp\s350,000 back to the buyer/],
  ])('%s', async (_name, path, act, says) => {
    const page = await actsOn(path());
    expect([page.asked.has(act), page.open.has(act)]).toEqual([true, false]);
    expect(page.html).toMatch(says);
  });

  test('in the language of the page', async () => {
    const { html } = await owner.get(`${at}/gates?lang=id`);
    expect(html).toContain('Ya, hapus Utara');
    expect((await owner.get(`${at}/gates?lang=en`)).html).toContain('Yes, remove Utara');
  });
});

test('a refused act stays open with its reason, in its row only', async () => {
  const { html } = await owner.get(`${at}/gates`);
  const zone = /name="zoneId" value="(zon_\w+)"/.exec(html)?.[1] ?? '';
  const gate = await linkOn(`${at}/gates`, /href="([^"]+\/gates\/[a-z]+_[^"]+)"/);
  await owner.send(gate, { zoneId: zone });
  const refused = await owner.send(`${at}/gates`, {}, { act: 'removeZone' });
  expect(refused.status).toBe(409);
  expect(refused.html.match(/<details class="ask" open>/g)).toHaveLength(1);
  expect(refused.html).toMatch(/<details class="ask" open>[\s\S]*?role="alert"[\s\S]*?<\/details>/);
});
