import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { demoMidtransAccount, demoWhatsappSender } from '../../../../sandbox/demo-accounts.ts';
import { orderWords } from '../../../../src/web/i18n/words/desk/orders/orders.ts';
import { writeTime } from '../../../../src/web/server/desk/forms.ts';
import { desktop } from '../../../../testkit/web/sizes.ts';
import { type StoryWorld, expectSaved, operatorToken, press, sendForm } from './story-world.ts';

/** The operator gives an organiser a link. Everything else the organiser does alone, at the desk on a desktop. */

const email = 'sari@senja.example';
const password = 'sandi yang cukup panjang';
const zone = 'Asia/Jakarta';
const minute = 60_000;
const inMinutes = (minutes: number) => writeTime(new Date(Date.now() + minutes * minute).toISOString(), zone);

export const eventName = 'Senja di Lapangan';
export const gates = ['North', 'South'] as const;
const price = 75_000;

/** The organiser's page, and the address of the event at the desk. */
export type Organiser = { readonly page: Page; readonly event: string; readonly eventId: string };

/** @returns the link that the operator gives to the organiser */
export async function operatorGivesLink({ browser, operationsOrigin }: StoryWorld): Promise<string> {
  const httpCredentials = { username: 'operator', password: operatorToken };
  const context = await browser.newContext({ viewport: desktop, httpCredentials });
  const page = await context.newPage();
  await page.goto(`${operationsOrigin}/operator/organizers?lang=en`);
  await page.waitForSelector('.nothing:text-is("No organisers yet.")');
  await sendForm(page, { ownerName: 'Sari', name: 'Senja Live', slug: 'senja', ownerEmail: email, locale: 'English' });
  const link = (await page.textContent('code.secret')) ?? '';
  await context.close();
  return link;
}

export async function organiserSignsIn({ browser, origin }: StoryWorld, link: string): Promise<Page> {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(link);
  await page.fill('#name', 'Sari');
  await page.fill('#password', password);
  await page.click('#submit:not([disabled])');
  await page.waitForSelector('#done:not([hidden])');
  await page.goto(`${origin}/desk`);
  await sendForm(page, { email, password });
  expect(new URL(page.url()).pathname).toBe('/desk');
  return page;
}

/** From no event to a draft with tickets, gates, staff, an account for the money, a number for messages, and a waiting room. */
export async function organiserPreparesEvent({ origin }: StoryWorld, page: Page): Promise<Organiser> {
  await page.goto(`${origin}/desk/events/new`);
  await sendForm(page, {
    name: eventName,
    category: 'konser',
    venue: 'Lapangan Banteng',
    city: 'Jakarta',
    startsAt: inMinutes(180),
    endsAt: inMinutes(420),
    doorsOpenAt: inMinutes(-30),
  });
  const event = `${origin}${new URL(page.url()).pathname}`;
  expect(await page.textContent('main')).toContain('3 more steps');
  const at = async (path: string, values: Readonly<Record<string, string>>) => {
    await page.goto(path.startsWith('/desk') ? `${origin}${path}` : `${event}${path}`);
    await sendForm(page, values);
    await expectSaved(page);
  };
  await at('/tickets/pools/new', { name: 'Lapangan', capacity: '100' });
  await at('/tickets/categories/new', { name: 'Festival', price: String(price), perOrderMax: '4' });
  for (const name of gates) await at('/gates', { name });
  await at('/desk/team', { name: 'Budi', email: 'budi@senja.example' });
  const { merchantId, serverKey, clientKey } = demoMidtransAccount;
  await at('/desk/connections', { merchantId, serverKey, clientKey });
  await press(page, 'Test this account');
  expect(await page.textContent('.notice-good')).toContain('It works: the gateway accepts the keys of this account.');
  const { phoneNumberId, accessToken, appSecret, verifyToken } = demoWhatsappSender;
  await at('/desk/connections/senders/whatsapp_cloud', { phoneNumberId, accessToken, appSecret, verifyToken });
  await at('/waiting-room', {
    preQueueOpensAt: inMinutes(10),
    freezesAt: inMinutes(60),
    opensAt: inMinutes(90),
    rateMax: '50',
  });
  return { page, event, eventId: event.split('/').at(-1) ?? '' };
}

/** @returns the address that the public knows the event by */
export async function organiserPublishes({ page, event }: Organiser): Promise<string> {
  await page.goto(event);
  expect(await page.textContent('main')).toContain('1 more step.');
  await page.goto(`${event}/publication`);
  await press(page, 'Show it to the public');
  expect(new URL(page.url()).search).toBe('?done=published');
  await page.goto(event);
  return new URL((await page.locator('a[href^="/events/"]').first().getAttribute('href')) ?? '', event).pathname;
}

/** A page that stays open and is never reloaded: it must show by itself what happens. */
export async function organiserWatches({ page, event }: Organiser): Promise<Page> {
  const sale = await page.context().newPage();
  await sale.goto(`${event}/sale`);
  await sale.waitForSelector('.pool');
  await sale.evaluate('window.isNeverReloaded = true');
  return sale;
}

/**
 * Figures that took long to read, as on a busy machine, rest for twenty times as long before the stream tells a change. At the latest the page
 * looks for itself after a minute.
 */
export const saleShowsWithinMs = 75_000;

/** What the page of the sale says, once it says it. */
export async function expectOnSale(sale: Page, text: RegExp): Promise<void> {
  await expect.poll(() => sale.innerText('#figures'), { timeout: saleShowsWithinMs }).toMatch(text);
  expect(await sale.evaluate('window.isNeverReloaded')).toBe(true);
}

/** Two paired devices: the links that their screens' codes carry. */
export async function organiserPairsDevices({ page, event }: Organiser): Promise<string[]> {
  const links: string[] = [];
  for (const name of gates) {
    await page.goto(`${event}/devices`);
    await sendForm(page, { name: `${name} phone` });
    await page.waitForSelector('svg.pairing-code');
    links.push(`${new URL(event).origin}/door?lang=en#device=${(await page.textContent('code.secret')) ?? ''}`);
  }
  return links;
}

/** Takes the third ticket back, after a preview of what the buyer gets. */
export async function organiserRefundsTicket({ page, event }: Organiser, orderId: string): Promise<void> {
  await page.goto(`${event}/orders`);
  await page.click(`a[href="/desk/orders/${orderId}"]`);
  await page.waitForSelector('.story');
  await page
    .locator('main')
    .getByRole('link', { name: /Refund/ })
    .first()
    .click();
  await page.check('#ticket-2');
  await press(page, 'Preview first');
  expect(await page.textContent('.refund-amount')).toContain('75,000');
  await press(page, 'Refund now');
  expect(await page.textContent('.notice-good')).toContain('The refund is on its way.');
}

/** The story of the order tells in order that it was paid, that a ticket was taken back, and that its money went back. */
export async function organiserSeesRefund({ page, event }: Organiser, orderId: string): Promise<void> {
  await page.goto(`${new URL(event).origin}/desk/orders/${orderId}`);
  const { kinds } = orderWords.en;
  const told = await page.locator('.story strong').allTextContents();
  const places = ['order.placed', 'order.paid', 'refund.requested', 'tickets.revoked', 'refund.done'].map((kind) =>
    told.indexOf(kinds[kind] ?? ''),
  );
  expect([places, told]).toEqual([places.toSorted((one, other) => one - other), told]);
  expect(places).not.toContain(-1);
}

/** Moves the event, and sends the message about it at once. */
export async function organiserMovesEvent({ page, event }: Organiser, venue: string): Promise<void> {
  await page.goto(`${event}/move`);
  await sendForm(page, { venue });
  expect(await page.textContent('main')).toContain(`New place: ${eventName}`);
  await press(page, 'Yes, move the event');
  await page.locator('main table a').first().click();
  await press(page, 'Send it now');
  await expectSaved(page);
}
