import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readQrPicture } from '../../../testkit/check-in/qr-reader.ts';
import { type TestEvent, type TestEventOptions, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type PageWorld, openPageWorld } from '../support/page-world.ts';

/** Guards what the page of an order offers and says, as its event and its money are. */

let world: PageWorld;
beforeAll(async () => {
  world = await openPageWorld();
});
afterAll(() => world?.close());

type Placed = { readonly id: string; readonly accessToken: string; readonly event: TestEvent };

async function place(options: TestEventOptions): Promise<Placed> {
  const event = await createEvent(world.running.service.db, options);
  const response = await world.running.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer: someBuyer(),
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 3 }],
    }),
  });
  return { ...((await response.json()) as { id: string; accessToken: string }), event };
}

async function open({ id, accessToken }: Placed): Promise<Page> {
  const page = await world.browser.newPage({ viewport: { width: 320, height: 640 } });
  await page.goto(`${world.origin}/orders/${id}?lang=en#${accessToken}`);
  await page.waitForSelector('#order:not([hidden])');
  return page;
}

type Attempt = {
  readonly method: string;
  readonly status: string;
  readonly refunded?: number;
  readonly instructions?: object;
};

/** What a worker and a gateway would have brought about. */
async function addAttempt({ id }: Placed, { method, status, refunded = 0, instructions = {} }: Attempt): Promise<void> {
  await world.running.service.db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status,
      instructions, received, refunded, expires_at)
    select event_id, ${`pay_${id.slice(4)}01`}, id, organizer_id, 1, 'midtrans', ${method}, total, currency, ${status},
      ${JSON.stringify(instructions)}::jsonb, case when ${refunded}::bigint > 0 then total else 0 end, ${refunded}, expires_at
    from orders where id = ${id}`);
}

const free = [{ price: 0 }];
const priced = [{ price: 100_000 }];

test.each([
  ['never', { refundableUntilHours: null }, false],
  ['until an hour ago', { refundableUntilHours: 73 }, false],
  ['still', { refundableUntilHours: 24 }, true],
  ['still, as the event has no date', { refundableUntilHours: 73, postponedAt: new Date() }, true],
])('a paid order that can %s be cancelled offers no more than that', async (_, event, isOffered) => {
  const page = await open(await place({ event, categories: free }));
  await page.waitForSelector('.ticket');
  expect(await page.isVisible('#cancel')).toBe(isOffered);
  await page.close();
});

test('an event that was postponed, or called off, says so on the page of the order', async () => {
  const postponed = await open(await place({ event: { postponedAt: new Date() }, categories: free }));
  expect(await postponed.textContent('#event-state')).toContain('postponed');
  expect(await postponed.textContent('#event-facts')).toBe('Lapangan Selatan, Jakarta');
  await postponed.close();
  const placed = await place({ categories: free });
  await world.running.service.db.execute(sql`update events set status = 'cancelled' where id = ${placed.event.id}`);
  const off = await open(placed);
  expect(await off.textContent('#event-state')).toContain('called off');
  await off.close();
});

test('a ticket has one number on the whole page, also after others were taken back', async () => {
  const placed = await place({ categories: [{ price: 0, name: 'Duduk', nameEn: 'Seated', hasHolderNames: true }] });
  const first = sql`id = ${`tkt_${placed.id.slice(4)}001`}`;
  await world.running.service.db.execute(
    sql`update tickets set status = 'revoked', revoked_at = now(), revoked_reason = 'refunded' where ${first}`,
  );
  const page = await open(placed);
  await page.waitForSelector('#transfers:not([hidden])');
  expect(await page.locator('.ticket-top span').allTextContents()).toEqual([1, 2, 3].map((n) => `Ticket ${n} of 3`));
  expect(await page.locator('#transfer-ticket option').allTextContents()).toEqual([
    'Ticket 2, Seated',
    'Ticket 3, Seated',
  ]);
  expect(await page.locator('.details-group legend').allTextContents()).toEqual([
    'Ticket 2, Seated',
    'Ticket 3, Seated',
  ]);
  await page.close();
});

test('a page without a ticket to show says where the tickets are, and shows no code at the door', async () => {
  const placed = await place({ categories: free });
  await world.running.service.db.execute(sql`update tickets set times_transferred = 1 where order_id = ${placed.id}`);
  const page = await open(placed);
  await page.waitForSelector('#all-given:visible');
  expect(await page.isVisible('#show-at-door')).toBe(false);
  await page.close();
});

test('the buyer reads how much has gone back', async () => {
  const placed = await place({ categories: priced });
  await addAttempt(placed, { method: 'qris', status: 'partially_refunded', refunded: 100_000 });
  await world.running.service.db.execute(
    sql`update orders set status = 'partially_refunded', paid_at = now() where id = ${placed.id}`,
  );
  const page = await open(placed);
  expect((await page.textContent('#totals'))?.replaceAll(/\s/g, '')).toBe('TotalRp300,000Paidbacksofar−Rp100,000');
  await page.close();
});

test('a QR code can be saved on the phone that shows it, and other apps can read the picture', async () => {
  const placed = await place({ categories: priced });
  const qrString =
    '00020101021226610016ID.CO.SHOPEE.WWW0118936009180000000020208000000000303UBE5204581253033605802ID6304ABCD';
  await addAttempt(placed, { method: 'qris', status: 'pending', instructions: { qrString } });
  const page = await open(placed);
  const saved = page.waitForEvent('download');
  await page.click('#qris-save[href]');
  expect(await readQrPicture(await (await saved).path())).toBe(qrString);
  await page.close();
});

test('a number that was not copied yet is not called copied', async () => {
  const placed = await place({ categories: priced });
  const vaNumber = '8808123456789012';
  await addAttempt(placed, { method: 'bca_va', status: 'pending', instructions: { vaNumber, bank: 'bca' } });
  const page = await open(placed);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: world.origin });
  await page.click('#copy');
  await page.waitForSelector('#copy:text-is("Copied")');
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(vaNumber);
  await page.waitForSelector('#copy:text-is("Copy")');
  await page.close();
});

test('a number is copied without blanks in the browsers of other apps, which have no clipboard for pages, and by hand', async () => {
  const placed = await place({ categories: priced });
  const vaNumber = '8808123456789012';
  await addAttempt(placed, { method: 'bca_va', status: 'pending', instructions: { vaNumber, bank: 'bca' } });
  const page = await open(placed);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: world.origin });
  const copied = () => page.evaluate('window.own.readText()');
  await page.evaluate(`window.own = navigator.clipboard;
    Object.defineProperty(navigator, 'clipboard', { value: undefined });`);
  await page.click('#copy');
  await page.waitForSelector('#copy:text-is("Copied")');
  expect(await copied()).toBe(vaNumber);
  await page.evaluate("window.own.writeText('something else')");
  await page.evaluate("getSelection().selectAllChildren(document.getElementById('va-number'))");
  await page.keyboard.press('ControlOrMeta+c');
  await expect.poll(copied).toBe(vaNumber);
  await page.close();
});

test('no money comes or goes back with an order that costs nothing', async () => {
  const placed = await place({ event: { refundableUntilHours: 1 }, categories: free });
  const page = await open(placed);
  expect(await page.textContent('#status')).toBe('Ordered');
  await page.click('#cancel');
  expect(await page.textContent('#cancel-text')).not.toMatch(/money|refund/);
  await page.click('#cancel-yes');
  await page.waitForSelector('#status:text-is("Cancelled")');
  expect(await page.textContent('#notice')).toBe('This order is cancelled.');
  await page.close();

  const other = await place({ categories: free });
  await world.running.service.db.execute(sql`update events set status = 'cancelled' where id = ${other.event.id}`);
  const off = await open(other);
  expect(await off.textContent('#event-state')).toBe('This event was called off.');
  await off.close();
});

test('a page that was out of sight for long reads again what may have changed meanwhile', async () => {
  const placed = await place({ categories: free });
  const page = await open(placed);
  await page.waitForSelector('.ticket img');
  const { db } = world.running.service;
  await db.execute(
    sql`update tickets set status = 'revoked', revoked_at = now(), revoked_reason = 'refunded' where id = ${`tkt_${placed.id.slice(4)}001`}`,
  );
  const comeBackAfter = (minutes: number) =>
    page.evaluate(`{
      const see = (isHidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      const now = Date.now;
      see(true);
      Date.now = () => now() + ${minutes} * 60_000;
      see(false);
      Date.now = now;
    }`);
  let calls = 0;
  page.on('request', (request) => {
    if (request.url().includes('/v1/')) calls += 1;
  });
  await comeBackAfter(1);
  await page.waitForTimeout(500);
  expect([calls, await page.locator('.ticket[data-revoked]').count()]).toEqual([0, 0]);
  await comeBackAfter(6);
  await page.waitForSelector('.ticket[data-revoked]');
  await page.close();
});

test('a payment that failed is tried again, also with the same method, and the focus stays with it', async () => {
  const placed = await place({ categories: priced });
  await addAttempt(placed, { method: 'card', status: 'denied' });
  const page = await open(placed);
  expect(await page.locator('#method-list [aria-pressed="true"]').count()).toBe(0);
  const asked: string[] = [];
  await page.route('**/payments', (route) => {
    asked.push((route.request().postDataJSON() as { method: string }).method);
    return route.fulfill({ status: 202, json: {} });
  });
  for (const [button, method] of [
    ['#method-list [data-method="card"]', 'card'],
    ['#pay-again', 'any'],
  ] as const) {
    await page.click(button);
    await expect.poll(() => asked.at(-1)).toBe(method);
    expect(await page.evaluate('document.activeElement.id')).toBe('pay-title');
  }
  await page.close();
});

test('a page that is open when the time to pay ends says so at once, also without a network', async () => {
  const placed = await place({ categories: priced });
  await addAttempt(placed, { method: 'bca_va', status: 'pending', instructions: { vaNumber: '8808123456789012' } });
  const page = await world.browser.newPage();
  const asked = new Set<Request>();
  page.on('request', (request) => void (request.url().endsWith('/stream') || asked.add(request)));
  page.on('requestfinished', (request) => void asked.delete(request));
  page.on('requestfailed', (request) => void asked.delete(request));
  await page.clock.install();
  await page.goto(`${world.origin}/orders/${placed.id}?lang=en#${placed.accessToken}`);
  await page.focus('#copy:visible');
  await page.context().setOffline(true);
  // An answer that comes after the jump of the clock would tell the page that its clock is an hour fast.
  await expect.poll(() => asked.size, { timeout: 20_000 }).toBe(0);
  await page.clock.fastForward('01:00:00');
  await page.waitForSelector('#notice:text-matches("^The time to pay is over")');
  expect(await page.isVisible('#pay')).toBe(false);
  expect(await page.evaluate('document.activeElement.id')).toBe('event-name');
  await page.close();
});
