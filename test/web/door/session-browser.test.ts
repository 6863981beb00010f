import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDoorEvent, addTickets } from '../../../testkit/check-in/door-event.ts';
import { killBrowser, launchWithProfile } from '../../../testkit/processes/browser.ts';
import { until } from '../../../testkit/until.ts';
import {
  type DoorMember,
  type DoorPages,
  doorPassword,
  openDoorPages,
  scan,
  untilKept,
} from '../support/door-pages.ts';

/**
 * Guards what the door has when it goes on. What somebody typed when the session ended is there after the sign-in of the same person, and of nobody
 * else. What a phone decided is there after its battery was empty.
 */

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

test('a phone whose battery went empty goes on where it was, and sends what it had decided', {
  timeout: deadline,
}, async () => {
  const [ticket] = await addTickets(door.sql, door.event, 1);
  const profile = mkdtempSync(join(tmpdir(), 'antre-door-'));
  /** Browsers write the session and the place some seconds after they are stored. Scans are written before their answer is shown. */
  const isWritten = () =>
    globSync(join(profile, '**/Local Storage/leveldb/*.log')).some((file) => readFileSync(file).includes('"place"'));
  const opened: BrowserContext[] = [];
  const turnOn = async () => {
    const context = await launchWithProfile(profile);
    opened.push(context);
    return context;
  };
  try {
    const before = await turnOn();
    const page = await before.newPage();
    await door.pair(page, undefined);
    await untilKept(page);
    await until(isWritten);
    await before.setOffline(true);
    expect(await scan(page, ticket?.code ?? '')).toMatchObject({ title: 'Come in', isOffline: true });
    await killBrowser(before);

    const after = await turnOn();
    await after.setOffline(true);
    const again = await after.newPage();
    await again.goto(`${door.origin}/door?lang=en`);
    await again.waitForSelector('#unsent:text-is("1 not sent")');
    expect((await scan(again, ticket?.code ?? '')).title).toBe('Already used');
    await after.setOffline(false);
    await again.evaluate("window.dispatchEvent(new Event('online'))");
    await again.waitForSelector('#unsent:text-is("All sent")');
    const scans = await door.sql`select passed from scans where ticket_id = ${ticket?.id ?? ''} order by scanned_at`;
    expect(scans).toEqual([{ passed: true }, { passed: false }]);
  } finally {
    await Promise.allSettled(opened.map((context) => context.close()));
    rmSync(profile, { recursive: true, force: true });
  }
});
