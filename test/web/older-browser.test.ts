import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvent, someBuyer } from '../../testkit/factories.ts';
import { type PageWorld, openPageWorld } from './support/page-world.ts';

/** Guards that pages work in the oldest browsers that their scripts are built for (`src/web/client-build/bundle-web.ts`). */

let world: PageWorld;
beforeAll(async () => {
  world = await openPageWorld();
});
afterAll(() => world?.close());

/** Takes away what Chrome 87 and Safari 14.1 do not have. */
const older = `
  for (const kind of [Array, String, Object.getPrototypeOf(Int8Array)]) delete kind.prototype.at;
  for (const name of ['findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']) delete Array.prototype[name];
  for (const name of ['isWellFormed', 'toWellFormed']) delete String.prototype[name];
  for (const name of ['timeout', 'any']) delete AbortSignal[name];
  for (const name of ['showModal', 'show', 'close', 'open']) delete HTMLDialogElement.prototype[name];
  for (const name of ['hasOwn', 'groupBy']) delete Object[name];
  for (const name of ['structuredClone', 'BarcodeDetector']) delete window[name];
  delete Crypto.prototype.randomUUID;
  delete Promise.withResolvers;
  const Format = Intl.DateTimeFormat;
  Intl.DateTimeFormat = function (locales, options) {
    if (/Offset|Generic/.test(options?.timeZoneName ?? '')) throw new RangeError('timeZoneName');
    return new Format(locales, options);
  };
`;

async function open(path: string): Promise<{ page: Page; faults: string[] }> {
  const context = await world.browser.newContext({
    viewport: { width: 320, height: 640 },
    // A zone without a name of its own, whose distance from UTC is shown.
    timezoneId: 'Asia/Singapore',
    serviceWorkers: 'block',
  });
  await context.addInitScript(older);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${world.origin}${path}`);
  return { page, faults };
}

test('an event is ordered, the order is shown until it is paid, and it can be cancelled', async () => {
  const { db } = world.running.service;
  const event = await createEvent(db, { event: { timeZone: 'Asia/Singapore' }, categories: [{ price: 100_000 }] });
  const { page, faults } = await open(`/events/${event.slug}?lang=en`);
  await page.click('[data-step="1"]');
  const { name, email, phone } = someBuyer();
  await page.fill('#name', name);
  await page.fill('#email', email);
  await page.fill('#phone', phone);
  await page.click('#place');
  await page.waitForURL('**/orders/ord_*');
  await page.waitForSelector('#order:not([hidden])');
  const id = new URL(page.url()).pathname.slice('/orders/'.length);
  await db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, instructions, expires_at)
    select event_id, ${`pay_${id.slice(4)}01`}, id, organizer_id, 1, 'midtrans', 'bca_va', total, currency, 'pending',
      '{"vaNumber": "8808123456789012", "bank": "bca"}', expires_at from orders where id = ${id}`);
  // A row that no act wrote is announced to no open page.
  await page.reload();
  await page.waitForSelector('#virtual-account:not([hidden])');
  expect(await page.textContent('#pay-by')).toMatch(/^until \d\d:\d\d GMT\+8$/);
  expect(await page.isVisible('#cancel-dialog')).toBe(false);
  await page.click('#cancel');
  await page.click('#cancel-no');
  expect(await page.isVisible('#cancel-dialog')).toBe(false);
  await page.click('#cancel');
  await page.click('#cancel-yes');
  await page.waitForSelector('#status:text-matches("^(Being closed|Cancelled)$")');
  expect(faults).toEqual([]);
  await page.context().close();
});

test.each([
  ['a waiting list', '/waiting-list/wtl_7K3M9XQ206FJ2V1H8C9QX4T0RBVE', '#missing:not([hidden])'],
  ['a ticket', '/tickets/tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001', '#missing:not([hidden])'],
  ['a search for orders', '/find-order', '#submit:not([disabled])'],
  ['the door', '/door', '#submit:not([disabled])'],
])('the page of %s opens', async (_, path, ready) => {
  const { page, faults } = await open(`${path}?lang=en`);
  await page.waitForSelector(ready);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('the page of a ticket that was paid shows it', async () => {
  const event = await createEvent(world.running.service.db, { categories: [{ price: 0 }] });
  const response = await world.running.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer: someBuyer(),
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
  const { id, accessToken } = (await response.json()) as { id: string; accessToken: string };
  const { page, faults } = await open(`/orders/${id}?lang=en#${accessToken}`);
  await page.waitForSelector('.ticket img');
  expect(faults).toEqual([]);
  await page.context().close();
});
