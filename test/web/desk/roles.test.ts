import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../../src/access/actor.ts';
import { createApp } from '../../../src/app.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createEvent, createOrganizer } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards that the desk offers each member only what the member may open and send. */

let world: DeskWorld;
beforeAll(async () => {
  world = await openDeskWorld({ REQUESTS_PER_MINUTE_PER_NETWORK: '1000000' });
});
afterAll(() => world?.close());

const pagesMax = 150;
/** One page stands for all that differ in ids only. */
const kindOf = (path: string) => path.replaceAll(/[a-z]{3}_[0-9A-Za-z]+/g, ':id').replace(/\?.*/, '');
/** Acts of a row or a page, as a person finds them there. */
const actsOf = (html: string) => [
  ...new Set([...html.matchAll(/name="act" value="(\w+)"/g)].map(([, act = '']) => act)),
];

/** Opens each page that a link of the desk leads to. */
async function walk(browser: DeskBrowser) {
  const seen = new Map<string, { path: string; status: number; html: string; from: string }>();
  const next = [{ path: '/desk', from: '' }];
  for (let one = next.shift(); one !== undefined && seen.size < pagesMax; one = next.shift()) {
    const { path, from } = one;
    if (seen.has(kindOf(path))) continue;
    const { status, html } = await browser.get(path);
    seen.set(kindOf(path), { path, status, html, from });
    for (const [, to = ''] of html.matchAll(/href="(\/(?:desk|events)(?:[/?][^"#]*)?)"/g)) {
      next.push({ path: to.replaceAll('&amp;', '&'), from: path });
    }
  }
  return [...seen.values()];
}

type Reach = 'all' | 'some' | 'manages some';

/** A member of a new organizer with an event on sale, a draft, an order, a device, and colleagues of each role. */
async function workplaceOf(role: Role, reach: Reach): Promise<DeskBrowser> {
  const { db } = world.running.service;
  const organizer = await createOrganizer(db);
  const event = await createEvent(db, { organizer, categories: [{ price: 0 }] });
  const draft = await createEvent(db, { organizer, event: { status: 'draft', publishedAt: null } });
  for (const colleague of ['owner', 'manager', 'door'] as const) await world.addMember(colleague, organizer);
  const owner = await world.signIn(await world.addMember('owner', organizer));
  await owner.send(`/desk/events/${event.id}/devices`, { name: 'Gate' }, { act: 'add' });
  const gift = {
    'buyer.name': 'Ayu Lestari',
    'buyer.email': 'ayu@example.test',
    'buyer.phone': '081234567890',
    'lines.0.quantity': '2',
  };
  expect((await owner.send(`/desk/events/${event.id}/gifts`, gift, { act: 'give' })).status).toBe(303);
  const at = `/desk/events/${event.id}`;
  for (const [path, act, fields] of [
    [`${at}/gates`, 'add', { name: 'Utara' }],
    [`${at}/gates`, 'addZone', { name: 'Festival' }],
    [`${at}/questions`, 'add', { text: 'Ukuran kaus' }],
    ['/desk/api-keys', 'make', { name: 'Site', scopes: 'orders.read' }],
  ] as const) {
    expect((await owner.send(path, fields, { act })).status, path).toBeLessThan(400);
  }
  await db.execute(sql`insert into webhook_endpoints (id, organizer_id, url, description, types, secret)
    values (${newId('whe')}, ${organizer.id}, 'https://crm.example/antre', '', array['order.paid'], 'none')`);
  const email = await world.addMember(role, organizer);
  if (reach !== 'all') {
    const column = sql.raw(reach === 'some' ? 'event_ids' : 'manager_event_ids');
    await db.execute(sql`update staff set ${column} = array[${event.id}, ${draft.id}] where email = ${email}`);
  }
  return world.signIn(email);
}

const members = [
  { name: 'an owner', role: 'owner', reach: 'all', pages: 30 },
  { name: 'a manager', role: 'manager', reach: 'all', pages: 25 },
  { name: 'a manager of some events', role: 'manager', reach: 'some', pages: 15 },
  { name: 'door staff', role: 'door', reach: 'all', pages: 1 },
  { name: 'door staff of some events', role: 'door', reach: 'some', pages: 1 },
  { name: 'door staff who manage some events', role: 'door', reach: 'manages some', pages: 15 },
] as const;

/** An owner has fifty pages. */
const walkMs = 240_000;

test.each(members)(
  'no link and no form that $name sees is refused',
  { timeout: walkMs },
  async ({ role, reach, pages }) => {
    const browser = await workplaceOf(role, reach);
    const walked = await walk(browser);
    expect(walked.length).toBeGreaterThanOrEqual(pages);
    expect(walked.flatMap(({ path, status, from }) => (status < 400 ? [] : [`${status} ${path} on ${from}`]))).toEqual(
      [],
    );
    const refused: string[] = [];
    for (const { path, html } of walked) {
      for (const act of actsOf(html)) {
        const { status, html: answer } = await browser.post(path.split('?')[0] ?? path, formFields(html, act));
        // What is missing in a form is refused in other ways. Ending one's own access ends the session, too.
        if (status === 303 && !answer.includes('sign-in')) continue;
        if (status === 403) refused.push(`${act} at ${path}`);
      }
    }
    expect(refused).toEqual([]);
  },
);

test('a row that is refused says so itself, and the other rows do not', async () => {
  const { db } = world.running.service;
  const event = await createEvent(db, { organizer: world.organizer });
  const owner = await world.signIn(await world.addMember('owner'));
  const gates = `/desk/events/${event.id}/gates`;
  for (const name of ['Zona Utara', 'Zona Selatan']) {
    expect((await owner.send(gates, { name }, { act: 'addZone' })).status).toBe(303);
  }
  const { html } = await owner.get(gates);
  const fields = formFields(html, 'removeZone');
  await owner.send(gates, { name: 'Utara', zoneId: fields['zoneId'] ?? '' }, { act: 'add' });
  const refused = await owner.post(gates, fields);
  expect(refused.html.match(/role="alert"/g)).toHaveLength(1);
});

test('a page that is not there, or not for this member, leads back to the events', async () => {
  const manager = await workplaceOf('manager', 'some');
  for (const [path, status] of [
    ['/desk/team', 403],
    ['/desk/events/evt_00000000', 404],
  ] as const) {
    const seen = await manager.get(path);
    expect([seen.status, /<main[^]*<a class="button[^"]*" href="\/desk">/.test(seen.html)]).toEqual([status, true]);
  }
});

test('a page about a thing that does not exist answers 404, whatever it would show', async () => {
  const { service } = world.running;
  const event = await createEvent(service.db, { organizer: world.organizer });
  const owner = await world.signIn(await world.addMember('owner'));
  const pages = createApp(service).routes.filter(({ method, path }) => method === 'GET' && /^\/desk\/.*:/.test(path));
  const found: string[] = [];
  for (const path of new Set(pages.map((page) => page.path))) {
    const isOfEvent = path.replaceAll(/:\w+/g, '') === path.replace(':eventId', '');
    const asked = path
      .replace(':eventId', isOfEvent ? 'evt_00000000' : event.id)
      .replace(':orderId', `ord_${'0'.repeat(28)}`)
      .replace(/:(?:kind|template|locale)/g, 'none')
      .replaceAll(/:\w+/g, `tsk_${'0'.repeat(20)}`);
    const { status } = await owner.get(asked);
    if (status !== 404) found.push(`${path} ${status}`);
  }
  expect(pages.length).toBeGreaterThan(40);
  expect(found).toEqual([]);
});
