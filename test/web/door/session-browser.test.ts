import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDoorEvent, addTickets } from '../../../testkit/check-in/door-event.ts';
import { type DoorMember, type DoorPages, doorPassword, openDoorPages } from '../support/door-pages.ts';

/** Guards what somebody typed at the door when the session ended: it is there after the sign-in of the same person, and of nobody else. */

const deadline = 120_000;
let door: DoorPages;
beforeAll(async () => {
  door = await openDoorPages();
}, deadline);
afterAll(() => door?.close());

async function signIn(page: Page, { email }: DoorMember): Promise<void> {
  await page.fill('#email', email);
  await page.fill('#password', doorPassword);
  await page.click('#submit');
  await page.click('#choice-submit:not([disabled])');
  await page.waitForSelector('#scanner:not([hidden])');
}

/** Sends a code after the session has ended. */
async function sendTooLate(page: Page, member: DoorMember, code: string): Promise<void> {
  await page.fill('#code', code);
  await door.endSessions(member);
  // A call in the background may learn of it first. The button is hidden then.
  await page.click('#code-submit', { timeout: 3000 }).catch(() => {});
  await page.waitForSelector('#sign-in:not([hidden])');
}

test('a code and a search wait for the person who typed them, and not for the next one', {
  timeout: deadline,
}, async () => {
  const [first, second] = [await door.addMember(), await door.addMember()];
  const codes = (await addTickets(door.sql, door.event, 2)).map(({ code }) => code);
  const page = await door.browser.newPage({ viewport: { width: 390, height: 800 } });
  page.setDefaultTimeout(20_000);
  page.setDefaultNavigationTimeout(60_000);
  await page.goto(`${door.origin}/door?lang=en`);
  await signIn(page, first);
  await page.click('#search-open');
  await page.fill('#search-text', 'Ayu Lestari');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');

  await sendTooLate(page, first, codes[0] ?? '');
  expect(await page.textContent('#search-list')).toBe('');
  await signIn(page, first);
  expect([await page.inputValue('#code'), await page.inputValue('#search-text')]).toEqual([codes[0], 'Ayu Lestari']);
  await page.click('#code-submit');
  await page.waitForSelector('#answer-title:text-is("Come in")');

  await sendTooLate(page, first, codes[1] ?? '');
  await signIn(page, second);
  expect([await page.inputValue('#code'), await page.inputValue('#search-text')]).toEqual(['', '']);
  await page.close();
});

test('the events to choose from are read from the organiser alone, however many others there are', {
  timeout: deadline,
}, async () => {
  const other = await addDoorEvent(door.sql);
  const page = await door.browser.newPage();
  page.setDefaultNavigationTimeout(60_000);
  const listed: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/v1/events') listed.push(searchParams.get('organizer') ?? 'all');
  });
  await page.goto(`${door.origin}/door?lang=en`);
  await signIn(page, await door.addMember());
  expect(listed).toEqual([door.event.organizerSlug]);
  expect(await page.locator(`#event option[value="${other.eventId}"]`).count()).toBe(0);
  expect(await page.locator(`#event option[value="${door.event.eventId}"]`).count()).toBe(1);
  await page.close();
});
