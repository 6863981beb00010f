import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../testkit/web/desk-world.ts';

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
  budi = await world.signIn(await world.addMember('manager'));
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
});
afterAll(() => world.close());

const linkOn = async (page: string, pattern: RegExp) => pattern.exec((await ayu.get(page)).html)?.[1] ?? '';
const pages: readonly [string, () => Promise<string>, Record<string, string>, Record<string, string>][] = [
  [
    'a ticket category',
    () => linkOn(`${event}/tickets`, /href="([^"]+\/categories\/cat_[^"/]+)"/),
    { price: '3500000', position: '4' },
    { name: 'Festival Berdiri' },
  ],
  [
    'an item of the schedule',
    () => linkOn(`${event}/schedule`, /href="([^"]+\/schedule\/sch_[^"]+)"/),
    { stage: 'Kedua' },
    { title: 'Pembuka malam' },
  ],
  [
    'a question',
    () => linkOn(`${event}/questions`, /href="([^"]+\/questions\/qst_[^"]+)"/),
    { choices: 'S\r\nM\r\nL' },
    { textEn: 'Size of your shirt?' },
  ],
  [
    'a zone',
    () => linkOn(`${event}/gates`, /href="([^"]+\/zones\/[^"]+)"/),
    { capacity: '50' },
    { name: 'Lapangan B' },
  ],
  [
    'a gate',
    () => linkOn(`${event}/gates`, /href="([^"]+\/gates\/gat_[^"]+)"/),
    { reEntry: 'none' },
    { name: 'Gerbang B' },
  ],
  [
    'the profile',
    () => Promise.resolve('/desk/profile'),
    { 'contact.phone': '+62 812 3456 7890' },
    { 'terms.id': 'Tiket tidak dapat dikembalikan.' },
  ],
];

test.each(pages)(
  '%s keeps what another member has saved since the page was opened',
  async (_what, find, first, second) => {
    const path = await find();
    expect(path).not.toBe('');
    const opened = formFields((await budi.get(path)).html);
    expect((await ayu.send(path, first)).status).toBe(303);
    const saved = await budi.post(path, { ...opened, ...second });
    expect([saved.status, saved.html]).toEqual([303, '']);
    expect(formFields((await ayu.get(path)).html)).toMatchObject(written({ ...first, ...second }));
  },
);

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
