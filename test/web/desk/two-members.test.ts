import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type DeskBrowser,
  type DeskWorld,
  filledForm,
  formFields,
  openDeskWorld,
} from '../../../testkit/web/desk-world.ts';

/**
 * Guards that a member who saves a page that was opened earlier changes only what that member has typed: what somebody else has
 * saved meanwhile, such as a price or the end of a sale, stays.
 */

let world: DeskWorld;
let ayu: DeskBrowser;
let budi: DeskBrowser;
let event: string;

beforeAll(async () => {
  world = await openDeskWorld();
  ayu = await world.signIn(await world.addMember('owner'));
  budi = await world.signIn(await world.addMember('owner'));
  const created = await ayu.send('/desk/events/new', {
    name: 'Konser Senja',
    category: 'konser',
    venue: 'Balai Sarbini',
    city: 'Jakarta',
    startsAt: '2027-03-20T19:00',
    endsAt: '2027-03-20T22:00',
  });
  event = created.location.split('?')[0] ?? '';
  await ayu.send(`${event}/tickets/pools/new`, { name: 'Tribun', capacity: '100' });
  const seconds = { description: 'Baris satu\r\nBaris dua', saleOpensAt: '2027-01-01T10:00:30' };
  await ayu.send(`${event}/tickets/categories/new`, { name: 'Festival', price: '350.000', ...seconds });
  await ayu.send(`${event}/schedule`, { title: 'Pembuka', stage: 'Utama' }, { act: 'add' });
  await ayu.send(`${event}/questions`, { text: 'Ukuran kaus?', kind: 'choice', choices: 'S\nM' }, { act: 'add' });
  await ayu.send(`${event}/gates`, { name: 'Lapangan', capacity: '500' }, { act: 'addZone' });
  await ayu.send(`${event}/gates`, { name: 'Gerbang A' }, { act: 'add' });
  await ayu.send('/desk/webhooks', { url: 'https://93.184.216.34/hook' }, { act: 'add' });
  const device = { device: '628111222333', token: 'a token of the device', callbackKey: 'k'.repeat(32) };
  await ayu.send('/desk/connections/senders/fonnte', device, { act: 'connect' });
});
afterAll(() => world.close());

const linkOn = async (page: string, pattern: RegExp) => pattern.exec((await ayu.get(page)).html)?.[1] ?? '';
type Fields = Record<string, string>;
type Page = {
  readonly find: () => Promise<string>;
  /** What the first member saves while the second has the page open, and what the second saves then. */
  readonly first: Fields;
  readonly second: Fields;
};

const endpoint = () => linkOn('/desk/webhooks', /href="(\/desk\/webhooks\/whe_\w+)"/);
const number = () => linkOn('/desk/connections', /href="(\/desk\/connections\/numbers\/snd_\w+)"/);
const pages: Readonly<Record<string, Page>> = {
  'a ticket category': {
    find: () => linkOn(`${event}/tickets`, /href="([^"]+\/categories\/cat_[^"/]+)"/),
    first: { price: '3500000', position: '4' },
    second: { name: 'Festival Berdiri' },
  },
  'an item of the schedule': {
    find: () => linkOn(`${event}/schedule`, /href="([^"]+\/schedule\/sch_[^"]+)"/),
    first: { stage: 'Kedua' },
    second: { title: 'Pembuka malam' },
  },
  'a question': {
    find: () => linkOn(`${event}/questions`, /href="([^"]+\/questions\/qst_[^"]+)"/),
    first: { choices: 'S\r\nM\r\nL' },
    second: { textEn: 'Size of your shirt?' },
  },
  'a zone': {
    find: () => linkOn(`${event}/gates`, /href="([^"]+\/zones\/[^"]+)"/),
    first: { capacity: '50' },
    second: { name: 'Lapangan B' },
  },
  'a gate': {
    find: () => linkOn(`${event}/gates`, /href="([^"]+\/gates\/gat_[^"]+)"/),
    first: { reEntry: 'none' },
    second: { name: 'Gerbang B' },
  },
  'the profile': {
    find: () => Promise.resolve('/desk/profile'),
    first: { 'contact.phone': '+62 812 3456 7890' },
    second: { 'terms.id': 'Tiket tidak dapat dikembalikan.' },
  },
  'a waiting room': {
    find: async () => `${event}/waiting-room`,
    first: { rateMax: '7', turnMinutes: '8' },
    second: { passMinutes: '11' },
  },
  'a webhook endpoint': { find: endpoint, first: { description: 'Gudang' }, second: { types: 'order.paid' } },
  'a webhook endpoint, the other way': {
    find: endpoint,
    first: { types: 'refund.paid' },
    second: { description: 'Kantor' },
  },
  'a WhatsApp number': {
    find: number,
    first: { weight: '40', dailyCap: '900' },
    second: { messagesPerSecond: '2.5' },
  },
};

test.each(Object.entries(pages))(
  '%s keeps what another member has saved since the page was opened',
  async (_what, { find, first, second }) => {
    const path = await find();
    expect(path).not.toBe('');
    const { html } = await budi.get(path);
    expect((await ayu.send(path, first)).status).toBe(303);
    const saved = await budi.post(path, filledForm(html, second));
    expect([saved.status, saved.html]).toEqual([303, '']);
    expect(formFields((await ayu.get(path)).html)).toMatchObject(written({ ...first, ...second }));
  },
);

test('of a group of boxes, each member changes the boxes that this member has ticked', async () => {
  const path = await endpoint();
  const types = async () => filledForm((await ayu.get(path)).html, {}).getAll('types');
  const withTypes = (html: string, chosen: readonly string[]) => {
    const fields = filledForm(html, {});
    fields.delete('types');
    for (const type of chosen) fields.append('types', type);
    return fields;
  };
  const start = ['order.paid', 'order.refunded', 'refund.paid'];
  await ayu.post(path, withTypes((await ayu.get(path)).html, start));
  expect(await types()).toEqual(start);
  const { html } = await budi.get(path);
  const fewer = withTypes((await ayu.get(path)).html, ['order.paid', 'refund.paid']);
  expect((await ayu.post(path, fewer)).status).toBe(303);
  expect((await budi.post(path, withTypes(html, [...start, 'event.cancelled']))).status).toBe(303);
  expect(await types()).toEqual(['order.paid', 'refund.paid', 'event.cancelled']);
});

test('the notes and the names at the door are kept apart', async () => {
  const path = `${event}/gates`;
  const { html } = await budi.get(path);
  const opened = (await ayu.get(path)).html;
  const note = /name="(categoryNotes\.cat_\w+)"/.exec(html)?.[1] ?? '';
  expect((await ayu.send(path, { showsNames: 'yes' }, { act: 'settings' })).status).toBe(303);
  expect((await budi.post(path, filledForm(html, { [note]: 'Lewat samping' }, 'settings'))).status).toBe(303);
  expect((await ayu.post(path, filledForm(opened, { showsNames: 'yes' }, 'settings'))).status).toBe(303);
  const now = formFields((await ayu.get(path)).html, 'settings');
  expect([now['showsNames'], now[note]]).toEqual(['yes', 'Lewat samping']);
});

test('the role of a member and the events of the member are kept apart', async () => {
  const [id = ''] = (await world.addMember('door')).split('@');
  const path = await linkOn('/desk/team', new RegExp(`href="(/desk/team/${id})"`, 'i'));
  expect(path).not.toBe('');
  const { html } = await budi.get(path);
  const eventId = event.split('/').at(-1) ?? '';
  expect((await ayu.send(path, { eventIds: eventId }, { act: 'role' })).status).toBe(303);
  expect((await budi.post(path, filledForm(html, { role: 'manager' }, 'role'))).status).toBe(303);
  const now = formFields((await ayu.get(path)).html, 'role');
  expect([now['role'], now['eventIds']]).toEqual(['manager', eventId]);
  const opened = (await budi.get(path)).html;
  const managed = { role: 'door', managerEventIds: eventId };
  expect((await ayu.send(path, managed, { act: 'role' })).status).toBe(303);
  expect((await budi.post(path, filledForm(opened, {}, 'role'))).status).toBe(303);
  expect(formFields((await ayu.get(path)).html, 'role')).toMatchObject(managed);
});

test('a sale that another member has stopped stays stopped', async () => {
  const path = await linkOn(`${event}/tickets`, /href="([^"]+\/categories\/cat_[^"/]+)"/);
  const opened = formFields((await budi.get(path)).html);
  const { onSale: _, ...stopped } = formFields((await ayu.get(path)).html);
  expect((await ayu.post(path, stopped)).status).toBe(303);
  await budi.post(path, { ...opened, perOrderMax: '4' });
  const now = formFields((await ayu.get(path)).html);
  expect([now['onSale'], now['perOrderMax']]).toEqual([undefined, '4']);
  expect((await ayu.post(path, { ...now, onSale: 'yes' })).status).toBe(303);
  expect(formFields((await ayu.get(path)).html)['onSale']).toBe('yes');
});

test('places that another member has added stay, when the blocked ones are changed', async () => {
  const path = await linkOn(`${event}/tickets`, /href="([^"]+\/pools\/pol_[^"/]+)"/);
  const opened = formFields((await budi.get(`${path}?capacity=100&blocked=5`)).html);
  const asked = formFields((await ayu.get(`${path}?capacity=140&blocked=0`)).html);
  expect((await ayu.post(path, asked)).status).toBe(303);
  expect((await budi.post(path, opened)).status).toBe(303);
  const { html } = await ayu.get(path);
  expect(html).toMatch(/name="capacity"[^>]*value="140"/);
  expect(html).toMatch(/name="blocked"[^>]*value="5"/);
});

test('after a refusal, too, a page knows what it showed first', async () => {
  const path = await linkOn(`${event}/schedule`, /href="([^"]+\/schedule\/sch_[^"]+)"/);
  const opened = formFields((await budi.get(path)).html);
  const refused = await budi.post(path, { ...opened, endsAt: '2027-03-20T01:00' });
  expect(refused.status).toBe(409);
  await ayu.send(path, { stage: 'Ketiga' });
  await budi.post(path, { ...formFields(refused.html), endsAt: opened['endsAt'] ?? '', title: 'Penutup' });
  expect(formFields((await ayu.get(path)).html)).toMatchObject({ stage: 'Ketiga', title: 'Penutup' });
});

/** As the fields show it again. */
function written(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]));
}
