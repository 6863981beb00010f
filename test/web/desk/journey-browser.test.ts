import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { staffLink } from '../../../src/access/links/staff-link.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { useBrowserOn } from '../../../testkit/web/use-browser-on.ts';
import { deskPassword, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/**
 * Guards that an organiser gets from an empty database to a published event with a price by the desk alone, with gate, staff, payment account
 * and sender: on a phone of 320 pixels and on a desktop, its forms by keyboard alone, in both languages and themes.
 */

const world = await openDeskWorld({ PUBLIC_URL: 'http://127.0.0.1', SELF_SIGN_UP: 'true' });
afterAll(() => world.close());
const { browser, origin } = await useBrowserOn(world.running.service);

/** Checks the current page: nothing is wider than the window, and there is one main heading. */
async function look(page: Page): Promise<void> {
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  expect([page.url(), wide]).toEqual([page.url(), Math.min(wide, 0)]);
  expect([page.url(), await page.locator('main h1').count()]).toEqual([page.url(), 1]);
}

/** By keyboard alone: the field is reached with the Tab key, then typed into. */
async function type(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await tabTo(page, `document.activeElement.getAttribute('name') === ${JSON.stringify(name)}`);
    if (/^\d{4}-\d\d-\d\dT/.test(value)) await page.fill(`[name="${name}"]`, value);
    else {
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(value);
    }
  }
}

const tabsMax = 80;
async function tabTo(page: Page, isThere: string): Promise<void> {
  for (let tabs = 0; tabs < tabsMax; tabs += 1) {
    if (await page.evaluate<boolean>(isThere)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${isThere} on ${page.url()}`);
}

/** Sends the form with the main button, by keyboard, and waits for the next page. */
async function send(page: Page): Promise<void> {
  await tabTo(page, `document.activeElement.matches('.button-main')`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

async function invitationOf(email: string): Promise<string> {
  const { db, config } = world.running.service;
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`select t.id from staff_tokens t join staff s on s.id = t.staff_id where s.email = ${email} and t.used_at is null`,
  );
  return new URL(staffLink(config, { id: row?.id ?? '', purpose: 'invitation' })).hash;
}

const sizes = [
  { name: 'a phone in Indonesian, dark', width: 320, height: 640, locale: 'id-ID', colorScheme: 'dark' },
  { name: 'a desktop in English, light', width: 1280, height: 800, locale: 'en-GB', colorScheme: 'light' },
] as const;

test.each(sizes)(
  'from signing up to a published event on $name',
  async ({ name, width, height, locale, colorScheme }) => {
    const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme });
    const page = await context.newPage();
    const slug = name.split(' ')[1] ?? '';
    const email = `${slug}@senja.example`;
    await page.goto(`${origin}/desk/sign-up`);
    await look(page);
    await send(page);
    expect(await page.evaluate(`document.activeElement.matches('[role="alert"]')`)).toBe(true);
    await look(page);
    await type(page, { name: 'Senja Live', slug: `senja-${slug}`, ownerName: 'Sari', ownerEmail: email });
    await send(page);
    await look(page);

    await page.goto(`${origin}/desk/invitation${await invitationOf(email)}`);
    await page.fill('#name', 'Sari');
    await page.fill('#password', deskPassword);
    await page.click('#submit');
    await page.waitForSelector('#done:not([hidden])');
    await page.goto(`${origin}/desk`);
    await look(page);
    await type(page, { email, password: deskPassword });
    await send(page);
    await look(page);

    await page.goto(`${origin}/desk/events/new`);
    await type(page, {
      name: 'Pasar Malam',
      category: 'pasar',
      venue: 'Lapangan Banteng',
      city: 'Jakarta',
      startsAt: '2027-03-20T19:00',
      endsAt: '2027-03-20T22:00',
    });
    await look(page);
    await send(page);
    await look(page);
    const event = new URL(page.url()).pathname;

    await page.goto(`${origin}${event}/tickets`);
    await look(page);
    await page.goto(`${origin}${event}/tickets/pools/new`);
    await type(page, { name: 'Lapangan', capacity: '500' });
    await look(page);
    await send(page);
    await page.goto(`${origin}${event}/tickets/categories/new`);
    await type(page, { name: 'Masuk', price: '75000' });
    await look(page);
    await send(page);
    await look(page);
    for (const part of [
      '/details',
      '/gates',
      '/schedule',
      '/promo-codes',
      '/waiting-room',
      '/duplicate',
      '/publication',
    ]) {
      await page.goto(`${origin}${event}${part}`);
      await look(page);
    }
    expect(await page.locator('.button-main').count()).toBe(0);
    for (const [path, values] of [
      [`${event}/gates`, { name: 'Utara' }],
      ['/desk/team', { name: 'Budi', email: `door-${slug}@senja.example` }],
      ['/desk/connections', { merchantId: `G-${slug}`, serverKey: 'Mid-server-secret', clientKey: 'Mid-client-1' }],
      [
        '/desk/connections/senders/fonnte',
        { device: `62812${width}00001`, token: 'token-of-device', callbackKey: 'k'.repeat(40) },
      ],
    ] as const) {
      await page.goto(`${origin}${path}`);
      await type(page, values);
      await look(page);
      await send(page);
      expect([path, await page.locator('.notice-good').count()]).toEqual([path, 1]);
      await look(page);
    }
    await page.goto(`${origin}${event}/publication`);
    await send(page);
    await look(page);
    await page.goto(`${origin}${event}/call-off`);
    await look(page);
    const published = await rowsOf(
      world.running.service.db,
      sql`select 1 from events where status = 'published' and id = ${event.split('/').at(-1) ?? ''}`,
    );
    expect(published).toHaveLength(1);
    await context.close();
  },
  180_000,
);
