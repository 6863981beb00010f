import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createOrganizer } from '../../../testkit/factories.ts';
import {
  type DeskBrowser,
  type DeskWorld,
  deskPassword,
  formFields,
  openDeskWorld,
} from '../../../testkit/web/desk-world.ts';

/** Guards who may use the desk: the session's cookie, requests of other sites, form tokens, and another organiser's things. */

let world: DeskWorld;
let owner: string;
beforeAll(async () => {
  world = await openDeskWorld();
  owner = await world.addMember('owner');
});
afterAll(() => world.close());

const eventFields = {
  name: 'Konser Senja',
  category: 'konser',
  venue: 'Balai Sarbini',
  city: 'Jakarta',
  startsAt: '2027-03-20T19:00',
  endsAt: '2027-03-20T22:00',
  timeZone: 'Asia/Jakarta',
  currency: 'IDR',
};
const countEvents = async () =>
  (await rowsOf<{ count: number }>(world.running.service.db, sql`select count(*)::int as count from events`))[0]?.count;

test('a visitor is led to the sign-in and then back to the page', async () => {
  const browser = world.newBrowser();
  const asked = await browser.get('/desk/events/new');
  expect([asked.status, asked.location]).toEqual([303, '/desk/sign-in?next=%2Fdesk%2Fevents%2Fnew']);
  const signedIn = await browser.send(asked.location, { email: owner, password: deskPassword });
  expect([signedIn.status, signedIn.location]).toEqual([303, '/desk/events/new']);
  expect((await browser.get('/desk/events/new')).status).toBe(200);
});

test.each(['https://evil.example/', '//evil.example', '/desk/../x', '/desk\\evil', 'javascript:alert(1)', '/door'])(
  'the sign-in redirects to no foreign address: %s',
  async (next) => {
    const browser = world.newBrowser();
    const page = await browser.get('/desk/sign-in');
    const seen = await browser.post('/desk/sign-in', {
      ...formFields(page.html),
      email: owner,
      password: deskPassword,
      next,
    });
    expect([seen.status, seen.location]).toEqual([303, '/desk']);
  },
);

test('the session is hidden from scripts, bound to this host, and never sent for another site', async () => {
  const browser = await world.signIn(owner);
  const staff = browser.setCookies.find((line) => line.startsWith('antre_staff='));
  expect(staff).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  const secure = await openDeskWorld({ PUBLIC_URL: 'https://tickets.example' });
  try {
    const email = await secure.addMember('owner');
    const other = secure.newBrowser();
    await other.post('/desk/sign-in', { email, password: deskPassword }, { 'sec-fetch-site': 'same-origin' });
    expect(other.setCookies.find((line) => line.startsWith('__Host-antre_staff='))).toMatch(
      /; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
  } finally {
    await secure.close();
  }
});

test('pages are kept by no cache and allow no script, style or frame from elsewhere', async () => {
  const browser = await world.signIn(owner);
  for (const path of ['/desk', '/desk/events/new', '/desk/sign-in']) {
    const { headers, html } = await browser.get(path);
    expect(headers.get('cache-control')).toBe('no-store');
    const policy = headers.get('content-security-policy')?.split('; ') ?? [];
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(rule);
    expect(html).not.toMatch(/<script(?![^>]* src="\/web\/)|<style|\sstyle=|\son[a-z]+=/);
  }
});

test('a wrong password is answered without naming what was wrong, and the typed text stays, except the password', async () => {
  const browser = world.newBrowser();
  const seen = await browser.send('/desk/sign-in', { email: owner, password: 'not the right one' });
  expect(seen.status).toBe(401);
  expect(seen.html).toContain('The email address or password is wrong.');
  expect(formFields(seen.html)).toMatchObject({ email: owner, password: '' });
  expect(browser.cookies.has('antre_staff')).toBe(false);
});

const foreign: readonly [string, Record<string, string>][] = [
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['a sibling subdomain', { 'sec-fetch-site': 'same-site', origin: 'https://evil.localhost' }],
  ['a page that hides its origin', { origin: 'null' }],
  ['a program without an origin', {}],
];

test.each(foreign)('a form from %s changes nothing, even with the right token', async (_, headers) => {
  const browser = await world.signIn(owner);
  const before = await countEvents();
  const seen = await browser.send('/desk/events/new', eventFields, { headers });
  expect([seen.status, await countEvents()]).toEqual([403, before]);
  const signIn = await world.newBrowser().send('/desk/sign-in', { email: owner, password: deskPassword }, { headers });
  expect([signIn.status, signIn.headers.getSetCookie()]).toEqual([403, []]);
});

test('a form without the token of this session changes nothing; control: with the token it does', async () => {
  const browser = await world.signIn(owner);
  const stranger = await world.signIn(await world.addMember('owner'));
  const before = await countEvents();
  const { formToken } = formFields((await stranger.get('/desk/events/new')).html);
  for (const token of ['', 'x'.repeat(43), formToken ?? '']) {
    const seen = await browser.send('/desk/events/new', { ...eventFields, formToken: token });
    expect([seen.status, await countEvents()]).toEqual([403, before]);
  }
  const seen = await browser.send('/desk/events/new', eventFields);
  expect([seen.status, await countEvents()]).toEqual([303, (before ?? 0) + 1]);
});

test('a form that was opened before signing in again keeps what was typed, and is sent with one more press', async () => {
  const browser = await world.signIn(owner);
  const opened = formFields((await browser.get('/desk/events/new')).html);
  await browser.send('/desk/sign-in', { email: owner, password: deskPassword });
  const before = await countEvents();
  const seen = await browser.post('/desk/events/new', { ...opened, ...eventFields });
  expect([seen.status, await countEvents()]).toEqual([403, before]);
  expect(seen.html).toContain('You have signed in again since this form was opened.');
  expect(formFields(seen.html)).toMatchObject(eventFields);
  expect((await browser.post('/desk/events/new', formFields(seen.html))).status).toBe(303);
  expect(await countEvents()).toBe((before ?? 0) + 1);
});

test('signing out ends the session everywhere, not only the cookie', async () => {
  const browser = await world.signIn(owner);
  const kept = browser.cookies.get('antre_staff') ?? '';
  const { html } = await browser.get('/desk');
  const formToken = /name="formToken" value="([^"]+)"/.exec(html)?.[1] ?? '';
  expect((await browser.post('/desk/sign-out', { formToken })).location).toBe('/desk/sign-in');
  expect(browser.cookies.has('antre_staff')).toBe(false);
  const again = await world.running.fetch('/desk', { headers: { cookie: `antre_staff=${kept}` } });
  expect([again.status, again.headers.get('location')]).toEqual([303, '/desk/sign-in']);
});

test("another organiser's event answers like one that does not exist", async () => {
  const browser = await world.signIn(owner);
  const created = await browser.send('/desk/events/new', eventFields);
  const path = created.location.split('?')[0] ?? '';
  const neighbour = await world.signIn(await world.addMember('owner', await createOrganizer(world.running.service.db)));
  expect(path).toMatch(/^\/desk\/events\/evt_/);
  const missing = path.replace(/.{4}$/, '0000');
  const strip = (html: string) => html.replaceAll(/value="[^"]*"/g, '');
  const [theirs, none] = [await neighbour.get(path), await neighbour.get(missing)];
  expect([theirs.status, none.status]).toEqual([404, 404]);
  expect(strip(theirs.html)).toBe(strip(none.html));
  expect((await browser.get(path)).html).toContain('Konser Senja');
});

test('door staff see the link to the scanner, and no page of organisers', async () => {
  const browser: DeskBrowser = await world.signIn(await world.addMember('door'));
  expect((await browser.get('/desk')).html).toContain('href="/door"');
  const refused = await browser.send('/desk/events/new', eventFields);
  expect([refused.status, refused.html.includes('Your role does not allow this.')]).toEqual([403, true]);
});

test('nothing that somebody types or sends becomes part of a cookie', async () => {
  const cookiesOf = async (path: string, headers: Record<string, string> = {}) =>
    (await world.running.fetch(path, { headers })).headers.getSetCookie();
  expect(await cookiesOf('/desk/sign-in?lang=en')).toEqual([
    expect.stringMatching(
      /^(?:__Host-)?antre_language=en; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict(?:; Secure)?$/,
    ),
  ]);
  for (const odd of ['en; Domain=evil.example', 'en\r\nset-cookie: a=b', 'en\u0000', '__proto__', 'en,id']) {
    expect([odd, await cookiesOf(`/desk/sign-in?lang=${encodeURIComponent(odd)}`)]).toEqual([odd, []]);
    const cookie = `antre_language=${encodeURIComponent(odd)}; antre_staff=${encodeURIComponent(odd)}`;
    expect([odd, await cookiesOf('/desk/sign-in', { cookie })]).toEqual([odd, []]);
  }
});

test('an invalid or foreign cookie counts as no cookie', async () => {
  for (const value of ['x', 'a'.repeat(5000), 'ey.ey.ey', '%00', 'antre_key_abcdefghijklmnopqrstuvwx']) {
    const seen = await world.running.fetch('/desk', { headers: { cookie: `antre_staff=${value}` } });
    expect([value.slice(0, 10), seen.status, seen.headers.get('location')]).toEqual([
      value.slice(0, 10),
      303,
      '/desk/sign-in',
    ]);
  }
});
