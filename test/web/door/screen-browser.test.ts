import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { someBuyer } from '../../../testkit/factories.ts';
import { phone } from '../../../testkit/web/sizes.ts';
import { type DoorPages, openDoorPages, untilKept } from '../support/door-pages.ts';
import { cameraOverScreen } from '../support/door-senses.ts';

/**
 * Guards the way of a ticket from the page on which it was bought to the door: the cameras of two phones see the screen of a third one, as it is.
 */

const deadline = 120_000;
let door: DoorPages;
beforeAll(async () => {
  door = await openDoorPages();
  const { sql, event } = door;
  await sql`update ticket_categories set price = 0 where event_id = ${event.eventId}`;
  await sql`insert into stock (event_id, pool_id, capacity, available)
    select event_id, id, 10, 10 from pools where event_id = ${event.eventId} on conflict do nothing`;
}, deadline);
afterAll(() => door?.close());

/** @returns what the screen of the buyer's phone shows, as a PNG in base64 */
async function buyTicket(): Promise<string> {
  const buyer = someBuyer();
  const page = await door.browser.newPage({ viewport: phone });
  page.setDefaultNavigationTimeout(60_000);
  const [row] = await door.sql`select slug from events where id = ${door.event.eventId}`;
  await page.goto(`${door.origin}/events/${String(row?.['slug'])}?lang=en`);
  await page.click('[data-step="1"]:not([disabled])');
  await page.fill('#name', buyer.name);
  await page.fill('#email', buyer.email);
  await page.fill('#phone', buyer.phone);
  await page.click('#place');
  await page.waitForURL('**/orders/ord_*');
  await page.locator('.ticket img').scrollIntoViewIfNeeded();
  await page.waitForFunction("document.querySelector('.ticket img').naturalWidth > 0");
  const screen = await page.screenshot();
  await page.context().close();
  return screen.toString('base64');
}

async function see(page: Page, screen: string): Promise<{ title: string; isOffline: boolean }> {
  await page.evaluate(cameraOverScreen);
  await page.evaluate(`window.holdUp('${screen}')`);
  await page.click('#camera');
  await page.waitForSelector('#answer.answer-good, #answer.answer-bad, #answer.answer-wait');
  return {
    title: (await page.textContent('#answer-title')) ?? '',
    isOffline: await page.isVisible('#answer-offline'),
  };
}

test('the ticket on the screen of its buyer opens one gate online and another one offline, and both learn of it', {
  timeout: deadline,
}, async () => {
  const screen = await buyTicket();
  const [online, offline] = [await door.phoneAt(undefined), await door.phoneAt(undefined)];
  await untilKept(offline.page);
  await offline.context.setOffline(true);
  expect(await see(online.page, screen)).toEqual({ title: 'Come in', isOffline: false });
  expect(await see(offline.page, screen)).toEqual({ title: 'Come in', isOffline: true });

  await offline.context.setOffline(false);
  await offline.page.evaluate("window.dispatchEvent(new Event('online'))");
  await offline.page.waitForSelector('#unsent:text-is("All sent")');
  for (const { page } of [offline, online]) {
    await page.evaluate("window.dispatchEvent(new Event('online'))");
    await page.waitForSelector('#conflicts:text-is("1 problem")');
  }
  await Promise.all([online.context.close(), offline.context.close()]);
});
