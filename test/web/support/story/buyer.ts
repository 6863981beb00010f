import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { phone } from '../../../../testkit/web/sizes.ts';
import { until } from '../../../../testkit/until.ts';
import { lookUntil } from '../look-until.ts';
import { eventName } from './organiser.ts';
import type { StoryWorld } from './story-world.ts';

/** A buyer on a phone, in Indonesian. */

const buyer = { email: 'ayu@pembeli.test', name: 'Ayu Lestari', phone: '0812 3456 7890' };
const ticketsWanted = 3;

const stage = (page: Page, ...kinds: string[]) =>
  page.waitForSelector(kinds.map((kind) => `#stage[data-kind="${kind}"]`).join(', '), { timeout: 20_000 });

/** From the event's page into the line, by a code from the mail. */
export async function buyerJoinsLine(world: StoryWorld, eventPath: string): Promise<Page> {
  const context = await world.browser.newContext({ viewport: phone, locale: 'id-ID' });
  const page = await context.newPage();
  await until(async () => (await fetch(`${world.origin}${eventPath}`)).ok);
  await page.goto(`${world.origin}${eventPath}`);
  expect(await page.textContent('h1')).toBe(eventName);
  expect(await page.isVisible('#place')).toBe(false);
  await page.click('#room-link');
  await stage(page, 'join');
  await page.fill('#email', buyer.email);
  await page.click('#send-code');
  await page.waitForSelector('#code-form:not([hidden])');
  await page.fill('#otp', await world.codeFor(buyer.email));
  await page.click('#confirm');
  await stage(page, 'joined');
  return page;
}

/** Waits for the draw and the turn, and orders. @returns the order's id */
export async function buyerOrders(page: Page): Promise<string> {
  await lookUntil(page, 'passed');
  await page.click('#go');
  await page.waitForSelector('#place:visible');
  expect(await page.inputValue('#email')).toBe(buyer.email);
  for (let tickets = Number(await page.inputValue('[name="quantity"]')); tickets < ticketsWanted; tickets += 1)
    await page.click('[data-step="1"]');
  await page.fill('#name', buyer.name);
  await page.fill('#phone', buyer.phone);
  await page.click('#place');
  await page.waitForURL('**/orders/ord_*');
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** Chooses QRIS on the page of the order, pays, and gets the tickets there, by mail and by WhatsApp. */
export async function buyerPays(world: StoryWorld, page: Page, orderId: string): Promise<void> {
  await page.click('[data-method="qris"]');
  await page.waitForSelector('#qris:not([hidden])');
  expect((await page.textContent('#pay-total'))?.replaceAll(/\s/g, '')).toBe('Rp225.000');
  await world.pay(orderId, 'qris');
  await expect.poll(() => page.locator('.ticket img').count(), { timeout: 20_000 }).toBe(ticketsWanted);
  expect(await page.textContent('#status')).toBe('Lunas');
  expect(new URL(await world.linkFor(buyer.email, '/orders/')).pathname).toBe(`/orders/${orderId}`);
  const sent = `${world.sandboxUrl}/whatsapp/messages?to=6281234567890`;
  await until(async () => ((await (await fetch(sent)).json()) as { data: unknown[] }).data.length > 0);
}

/** A ticket as it is on the screen of the buyer's phone. */
export async function ticketOnScreen(page: Page, ticket: number): Promise<Buffer> {
  const card = page.locator('.ticket').nth(ticket);
  await card.scrollIntoViewIfNeeded();
  await page.evaluate(`document.querySelectorAll('.ticket')[${ticket}].querySelector('img').decode()`);
  return card.screenshot();
}

/** The buyer opens the order again: the third ticket is gone, and the event is elsewhere. */
export async function buyerSeesChanges(world: StoryWorld, page: Page, venue: string): Promise<void> {
  await until(async () => (await world.subjectsTo(buyer.email)).some((one) => one.includes('Tempat berubah')));
  await page.reload();
  await page.waitForSelector('.ticket[data-revoked]');
  expect(await page.locator('.ticket img').count()).toBe(ticketsWanted - 1);
  // Read after the order, and until then as it was when the page was last open.
  await page.waitForSelector(`#event-facts:has-text("${venue}")`);
  expect((await page.textContent('#totals'))?.replaceAll(/\s/g, '')).toContain('Rp75.000');
}
