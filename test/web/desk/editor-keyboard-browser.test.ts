import { sql } from 'drizzle-orm';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { useBrowserOn } from '../../../testkit/web/use-browser-on.ts';
import { deskPassword, openDeskWorld } from '../../../testkit/web/desk-world.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { beyondWidth, desktop, smallPhone } from '../../../testkit/web/sizes.ts';
import { expectNoTrap, hasFocus, pressOn, tabTo, typeInto } from '../../../testkit/web/keyboard.ts';

/**
 * Guards that an organiser can edit and move an event without a mouse, on a phone and at a desktop: the summary of faults links to every fault, and each page puts the
 * focus where the work continues.
 */

const world = await openDeskWorld({ PUBLIC_URL: 'http://127.0.0.1' });
afterAll(() => world.close());
const { browser, origin } = await useBrowserOn(world.running.service);
let page: Page;
let draft: TestEvent;
let published: TestEvent;

beforeAll(async () => {
  const { db } = world.running.service;
  const { organizer } = world;
  draft = await createEvent(db, { organizer, event: { status: 'draft', name: 'Senja Draf' } });
  published = await createEvent(db, { organizer, event: { name: 'Senja Terbit' } });
  page = await browser.newPage({ viewport: smallPhone, locale: 'en-GB' });
  page.setDefaultTimeout(20_000);
  await page.goto(`${origin}/desk?lang=en`);
  await typeInto(page.locator('[name="email"]'), await world.addMember('owner'));
  await typeInto(page.locator('[name="password"]'), deskPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === '/desk');
});

const field = (name: string): Locator => page.locator(`[name="${name}"]`);
const tabsOfForm = 150;

/** Types a time part by part. This browser uses the American format in every language. */
async function typeTime(
  name: string,
  [day, month, year, hour, minute]: readonly [string, string, string, number, string],
) {
  await tabTo(field(name), tabsOfForm);
  await page.keyboard.type(`${month}${day}${year}`);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type(`${String(hour % 12 || 12).padStart(2, '0')}${minute}${hour < 12 ? 'A' : 'P'}`);
}

/** Sends the form with Enter on its main button, and waits for the next page. */
async function send(button: Locator): Promise<void> {
  await tabTo(button, tabsOfForm);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}
const mainButton = () => page.locator('main .button-main');

/** The summary of faults has the focus, and its link leads into the field, which says what is wrong. */
async function expectFaultReached(name: string, label: string): Promise<void> {
  const summary = page.locator('[role="alert"]');
  expect(await hasFocus(summary)).toBe(true);
  await pressOn(summary.getByRole('link', { name: label, exact: true }));
  await expect.poll(() => hasFocus(field(name))).toBe(true);
  expect(await field(name).getAttribute('aria-invalid')).toBe('true');
  const described = (await field(name).getAttribute('aria-describedby')) ?? '';
  expect(described.split(' ')).toContain(`${await field(name).getAttribute('id')}-error`);
}

async function eventRow(id: string): Promise<{ name: string; starts: string; ends: string; venue: string }> {
  const [row] = await rowsOf<{ name: string; starts: string; ends: string; venue: string }>(
    world.running.service.db,
    sql`
      select name, venue, to_char(starts_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD HH24:MI') as starts,
        to_char(ends_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD HH24:MI') as ends from events where id = ${id}`,
  );
  if (row === undefined) throw new Error('no event');
  return row;
}

test('edits an event: faults are reached from their summary, and what was typed stays', async () => {
  await pressOn(page.getByRole('link', { name: 'Senja Draf' }));
  await page.waitForURL(`**/desk/events/${draft.id}`);
  await pressOn(page.getByRole('navigation', { name: 'This event' }).getByRole('link', { name: 'Details' }));
  await page.waitForURL('**/details');
  await expectNoTrap(page);
  await typeInto(field('name'), ' ');
  await typeTime('startsAt', ['20', '03', '2027', 19, '00']);
  await typeTime('endsAt', ['20', '03', '2027', 18, '00']);
  await tabTo(field('ticketsPerOrderMax'), tabsOfForm);
  await typeInto(field('ticketsPerOrderMax'), 'many');
  await send(mainButton());
  expect((await eventRow(draft.id)).name).toBe('Senja Draf');

  await expectFaultReached('name', 'Name of the event');
  await page.keyboard.type('Senja Baru');
  await tabTo(field('ticketsPerOrderMax'), tabsOfForm);
  expect(await field('ticketsPerOrderMax').inputValue()).toBe('many');
  await typeInto(field('ticketsPerOrderMax'), '3');
  await send(mainButton());
  await expectFaultReached('endsAt', 'Ends');
  await typeTime('endsAt', ['20', '03', '2027', 22, '30']);
  await send(mainButton());
  await page.waitForURL(`**/desk/events/${draft.id}?done=saved`);
  expect(await hasFocus(page.locator('.notice-good'))).toBe(true);
  expect(await eventRow(draft.id)).toMatchObject({
    name: 'Senja Baru',
    starts: '2027-03-20 19:00',
    ends: '2027-03-20 22:30',
  });
});

test('moves an event: faults and preview on a phone; a change by somebody else meanwhile, and the move, at a desktop', async () => {
  await page.goto(`${origin}/desk/events/${published.id}/publication`);
  await pressOn(page.locator('main').getByRole('link', { name: 'Move the event' }));
  await page.waitForURL('**/move');
  await expectNoTrap(page);
  const before = await eventRow(published.id);
  await typeTime('startsAt', ['21', '03', '2027', 19, '00']);
  await typeTime('endsAt', ['21', '03', '2027', 18, '00']);
  await send(mainButton());
  await expectFaultReached('endsAt', 'Ends');
  await typeTime('endsAt', ['21', '03', '2027', 23, '00']);
  await typeTime('doorsOpenAt', ['21', '03', '2027', 17, '00']);
  await typeInto(field('venue'), 'Stadion Maguwoharjo');
  await send(mainButton());
  // The preview begins at its heading, below the navigation.
  expect(await hasFocus(page.locator('main h1'))).toBe(true);
  expect(await eventRow(published.id)).toEqual(before);

  await page.setViewportSize(desktop);
  await world.running.service.db.execute(sql`update events set version = version + 1 where id = ${published.id}`);
  await send(page.locator('main .button-danger'));
  expect(await hasFocus(page.locator('[role="alert"]'))).toBe(true);
  expect(await field('venue').inputValue()).toBe('Stadion Maguwoharjo');
  expect(await eventRow(published.id)).toEqual(before);

  await send(mainButton());
  expect(await hasFocus(page.locator('main h1'))).toBe(true);
  await send(page.locator('main .button-danger'));
  await page.waitForURL('**/notices?done=saved');
  expect(await hasFocus(page.locator('.notice-good'))).toBe(true);
  expect(await eventRow(published.id)).toEqual({
    name: 'Senja Terbit',
    venue: 'Stadion Maguwoharjo',
    starts: '2027-03-21 19:00',
    ends: '2027-03-21 23:00',
  });
});

test('the button that calls an event off, or postpones it, is within two screens of a phone, below whom it tells and what it costs', async () => {
  await page.setViewportSize(smallPhone);
  const { id } = await createEvent(world.running.service.db, { organizer: world.organizer });
  const owner = await world.signIn(await world.addMember('owner'));
  const buyer = { 'buyer.name': 'Ayu Lestari', 'buyer.email': 'ayu@example.test', 'buyer.phone': '081234567890' };
  expect((await owner.send(`/desk/events/${id}/gifts`, buyer, { act: 'give' })).status).toBe(303);
  for (const part of ['call-off', 'postpone']) {
    await page.goto(`${origin}/desk/events/${id}/${part}`);
    const end = await page.evaluate<number>(
      `document.querySelector('main .button-danger').getBoundingClientRect().bottom + scrollY`,
    );
    expect([part, Math.max(end, 2 * smallPhone.height)]).toEqual([part, 2 * smallPhone.height]);
    expect(await page.innerText('.confirm')).toMatch(/Recipients:\s1 email address/);
    expect(await page.isVisible('.message-text')).toBe(false);
    await pressOn(page.locator('.confirm summary').last());
    expect(await page.locator('.message-text').last().innerText()).toContain('Ayu Lestari');
    expect([part, await beyondWidth(page)]).toEqual([part, 0]);
  }
});
