import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { senderKinds } from '../../../src/web/server/desk/connections/sender-fields.ts';
import { formValues } from '../../../src/web/server/desk/forms.ts';
import { sealedBytesMax } from '../../../src/web/server/desk/sign-in/kept-form.ts';
import {
  type DeskBrowser,
  type DeskWorld,
  deskPassword,
  formFields,
  openDeskWorld,
} from '../../../testkit/web/desk-world.ts';

/** Guards that what a member typed survives the end of the session, and that nobody else sees it. */

let world: DeskWorld;
let owner: string;
beforeAll(async () => {
  world = await openDeskWorld();
  owner = await world.addMember('owner');
});
afterAll(() => world.close());

const path = '/desk/events/new';
const typed = {
  name: 'Konser Senja & <Kawan>',
  category: 'konser',
  venue: 'Balai Sarbini',
  city: 'Jakarta',
  startsAt: '2027-03-20T19:00',
  endsAt: '2027-03-20T22:00',
  timeZone: 'Asia/Jakarta',
  currency: 'IDR',
};
const fieldNames = (count: number) => Array.from({ length: count }, (_, number) => [`field${number}`, '']);
const countEvents = async () =>
  (await rowsOf<{ count: number }>(world.running.service.db, sql`select count(*)::int as count from events`))[0]?.count;

const apiCall = (method: string, address: string, token: string) =>
  world.running.fetch(address, { method, headers: { authorization: `Bearer ${token}` } });

/** Ways to end a session before the browser sends the form. */
const ends: readonly [string, (browser: DeskBrowser) => Promise<DeskBrowser>][] = [
  ['expired, so that the browser has no cookie', async () => world.newBrowser()],
  [
    'was ended by the member elsewhere',
    async (browser) => {
      await apiCall('DELETE', '/v1/sessions/current', browser.cookies.get('antre_staff') ?? '');
      return browser;
    },
  ],
  [
    'was ended by another owner',
    async (browser) => {
      const token = browser.cookies.get('antre_staff') ?? '';
      const { id } = (await (await apiCall('GET', '/v1/sessions/current', token)).json()) as { id: string };
      const other = await world.signIn(await world.addMember('owner'));
      const staff = `/v1/organizers/${world.organizer.slug}/staff/${id}/sessions`;
      expect((await apiCall('DELETE', staff, other.cookies.get('antre_staff') ?? '')).status).toBe(204);
      return browser;
    },
  ],
];

test.each(ends)('what was typed comes back after the sign-in: the session %s', async (_, end) => {
  const signedIn = await world.signIn(owner);
  const opened = formFields((await signedIn.get(path)).html);
  const browser = await end(signedIn);
  const before = await countEvents();

  const refused = await browser.post(path, { ...opened, ...typed });
  expect([refused.status, refused.location, await countEvents()]).toEqual([401, '', before]);
  expect(refused.html).toContain('what you typed waits in its form');
  expect(refused.html).not.toContain('Konser Senja');
  expect(refused.headers.get('cache-control')).toBe('no-store');

  const wrong = await browser.post(path, { ...formFields(refused.html, 'sign-in'), email: owner, password: 'wrong' });
  expect([wrong.status, formFields(wrong.html, 'sign-in')['email']]).toEqual([401, owner]);

  const signIn = { ...formFields(wrong.html, 'sign-in'), email: owner, password: deskPassword };
  const again = await browser.post(path, signIn);
  expect([again.status, await countEvents()]).toEqual([403, before]);
  expect(again.html).toContain('Nothing was changed yet.');
  expect(formFields(again.html)).toMatchObject({ ...typed, key: opened['key'] });
  expect((await browser.post(path, formFields(again.html))).status).toBe(303);
  expect(await countEvents()).toBe((before ?? 0) + 1);
});

test('another member who signs in there gets the page without the text, and so does another address', async () => {
  const opened = formFields((await (await world.signIn(owner)).get(path)).html);
  const browser = world.newBrowser();
  const refused = await browser.post(path, { ...opened, ...typed });
  const fields = formFields(refused.html, 'sign-in');
  const other = { email: await world.addMember('owner'), password: deskPassword };
  const theirs = await browser.post(path, { ...fields, ...other });
  expect([theirs.status, theirs.location]).toEqual([303, path]);
  expect(formFields((await browser.get(path)).html)['name']).toBe('');

  const mine = { ...fields, email: owner, password: deskPassword };
  const elsewhere = await world.newBrowser().post('/desk/profile', mine);
  expect([elsewhere.status, elsewhere.location]).toEqual([303, '/desk/profile']);
  const control = await world.newBrowser().post(path, mine);
  expect(formFields(control.html)).toMatchObject(typed);
});

test('a form that one member opened is not shown to the next one in the same browser', async () => {
  const browser = await world.signIn(owner);
  const opened = formFields((await browser.get(path)).html);
  await browser.send('/desk/sign-in', { email: await world.addMember('owner'), password: deskPassword });
  const seen = await browser.post(path, { ...opened, ...typed });
  expect([seen.status, seen.html.includes('Konser Senja')]).toEqual([403, false]);
});

test('nothing is kept of a form that another site sends, or that names no member, is too large or has too many fields', async () => {
  const opened = formFields((await (await world.signIn(owner)).get(path)).html);
  const browser = world.newBrowser();
  const toSignIn = [303, `/desk/sign-in?next=${encodeURIComponent(path)}`];
  const foreign = await browser.post(path, { ...opened, ...typed }, { 'sec-fetch-site': 'cross-site' });
  const nameless = await browser.post(path, { ...opened, ...typed, formToken: 'x' });
  const large = await browser.post(path, { ...opened, ...typed, name: 'x'.repeat(600_000) });
  // Half a megabyte of empty fields would take a second to read.
  const many = await browser.post(path, { ...opened, ...Object.fromEntries(fieldNames(2000)) });
  for (const seen of [foreign, nameless, large, many]) expect([seen.status, seen.location]).toEqual(toSignIn);
});

test('passwords and keys are not kept: each form names its fields for them', async () => {
  const browser = await world.signIn(owner);
  const pages = ['/desk/connections', ...senderKinds.map((kind) => `/desk/connections/senders/${kind}`)];
  const shown = await Promise.all(pages.map(async (page) => (await browser.get(page)).html));
  const forms = shown
    .flatMap((html) => [...html.matchAll(/<form\b[\s\S]*?<\/form>/g)])
    .filter(([form]) => form.includes('type="password"'));
  expect(forms).toHaveLength(pages.length);
  for (const [form] of forms) {
    const inputs = [...form.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag);
    const fields = inputs.map((tag) => {
      const [, name = ''] = /\sname="([^"]*)"/.exec(tag) ?? [];
      const [, value = ''] = /\svalue="([^"]*)"/.exec(tag) ?? [];
      return [name, tag.includes('type="password"') ? 'a secret' : value || 'plain'] as const;
    });
    const kept = new URLSearchParams(
      formValues(new URLSearchParams(fields.map(([...field]) => field))).withoutSecrets(),
    );
    const plain = fields.filter(([name, value]) => value !== 'a secret' && !['formToken', 'secrets'].includes(name));
    expect([...kept.keys()].toSorted()).toEqual(plain.map(([name]) => name).toSorted());
  }
});

test('without a session an upload is not read, because its text is nothing without the file', async () => {
  const { origin } = new URL(world.running.service.config.PUBLIC_URL);
  const { formToken = '' } = formFields((await (await world.signIn(owner)).get(path)).html);
  const send = async (fileBytes: number) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ formToken, act: 'upload' })) body.set(name, value);
    body.set('file', new Blob([new Uint8Array(fileBytes)]), 'picture.png');
    const address = '/desk/events/evt_0000000000000000/picture';
    const { status } = await world.running.fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin },
      body,
    });
    return status;
  };
  expect([await send(1024), await send(2 * sealedBytesMax)]).toEqual([401, 303]);
});
