import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexOrders } from '../../../src/orders/index.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestBrowser, openBrowser } from '../../../testkit/processes/browser.ts';
import { until } from '../../../testkit/until.ts';
import { desktop, smallPhone } from '../../../testkit/web/sizes.ts';
import { expectNoTrap, hasFocus, pressOn, typeInto } from '../../../testkit/web/keyboard.ts';
import { type HotWorld, openHotWorld } from '../../drizzle/support/hot-world.ts';
import { saleShowsWithinMs } from '../support/story/organiser.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import { hashTestPassword } from '../../../testkit/access/hash-test-password.ts';

/**
 * An organiser works through a sale on a phone of 320 px, and refunds at a desktop: API, worker, gateway and messages run for real. Each page
 * is tidy in both sizes.
 */

/** Longer than three renewals of a page without a stream, shorter than the interval of a stream without changes. */
const quietMs = 8500;
const password = 'sandi yang cukup panjang';
let world: HotWorld;
let browser: TestBrowser;
let page: Page;
let event: TestEvent;
let origin: string;

beforeAll(async () => {
  world = await openHotWorld();
  origin = world.api.publicUrl;
  event = await createEvent(world.db, { categories: [{ capacity: 50, price: 100_000 }] });
  await world.connectGateway(event);
  const hash = hashTestPassword(password);
  await world.db.execute(sql`
    insert into staff (id, organizer_id, email, name, role, status, password_hash)
    values (${newId('stf')}, ${event.organizer.id}, 'sari@organizer.test', 'Sari', 'manager', 'active', ${hash})`);
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: smallPhone, locale: 'en' });
  page = await context.newPage();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function buy(name: string, quantity: number): Promise<string> {
  const answer = await world.request('/v1/orders', {
    headers: { 'idempotency-key': randomUUID() },
    body: {
      eventSlug: event.slug,
      buyer: { ...someBuyer(), name },
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity }],
    },
  });
  expect(answer.status, answer.text).toBe(201);
  const { id } = answer.body as { id: string };
  await until(
    async () =>
      (await world.admin`select 1 from payment_attempts where order_id = ${id} and redirect_url is not null`).length >
      0,
    30_000,
  );
  expect(await world.control(`/payments/pay_${id.slice(4)}01/pay`, { method: 'qris' })).toBeLessThan(300);
  await until(
    async () => (await world.admin`select 1 from orders where id = ${id} and status = 'paid'`).length > 0,
    30_000,
  );
  return id;
}

/** How often the page has loaded its figures again. */
function renewalsOf(watched: Page): () => number {
  let count = 0;
  watched.on('request', (request) => {
    if (request.resourceType() === 'xhr') count += 1;
  });
  return () => count;
}

/** Nothing may be wider than the screen, and every control needs a name: as the page is shown, and in the other size. */
async function expectTidy(): Promise<void> {
  const shown = page.viewportSize() ?? smallPhone;
  for (const size of [shown.width === desktop.width ? smallPhone : desktop, shown]) {
    await page.setViewportSize(size);
    await expectTidyHere();
  }
}

async function expectTidyHere(): Promise<void> {
  const faults = await page.evaluate<string[]>(`(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['wider than the screen: ' + location.pathname] : [];
    const nameless = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')]
      .filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label') || (one.labels && one.labels.length)))
      .map((one) => 'no name: ' + one.outerHTML.slice(0, 100));
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    const doubled = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => 'id twice: ' + id);
    return [...wide, ...nameless, ...doubled];
  })()`);
  expect(faults).toEqual([]);
}

const textOf = (selector: string) => page.textContent(selector);
describe('an organiser at the desk', () => {
  let orderId = '';

  test('signs in by keyboard alone and watches the sale renew itself', async () => {
    await page.goto(`${origin}/desk/sign-in?lang=en&next=${encodeURIComponent(`/desk/events/${event.id}/sale`)}`);
    await typeInto(page.locator('#email'), 'sari@organizer.test');
    await typeInto(page.locator('#password'), password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sale');
    await expectTidy();
    orderId = await buy('Ayu Lestari', 2);
    await expect.poll(() => page.innerText('.pool'), { timeout: saleShowsWithinMs }).toMatch(/Sold\s*2/);
    expect(await textOf('#sale-state')).toContain('Updates by itself');
    await expect.poll(() => page.locator('.chart .bar-1:not([height="0"])').count(), { timeout: 75_000 }).toBe(1);
  });

  test('a page that follows the stream of the sale asks only after a change; control: one without it keeps asking', async () => {
    const without = await page.context().newPage();
    await without.route('**/sales/stream', (route) => route.fulfill({ status: 404, body: '' }));
    const [renewed, asked] = [renewalsOf(page), renewalsOf(without)];
    const stream = page.waitForResponse((answer) => answer.url().endsWith('/sales/stream'));
    await Promise.all([page.reload(), without.goto(page.url())]);
    expect((await stream).status()).toBe(200);
    await until(() => renewed() > 0 && asked() > 0, 20_000);
    // The order before this is no longer a part of the rate, and its messages are gone: nothing changes by itself.
    await expect.poll(() => page.innerText('.sale-rate strong'), { timeout: saleShowsWithinMs }).toBe('0');
    await expect.poll(() => world.admin`select from deliveries where status in ('queued', 'sending')`).toEqual([]);
    const [before, askedBefore] = [renewed(), asked()];
    await page.waitForTimeout(quietMs);
    // Without a change, the stream sends the figures every ten seconds.
    expect(renewed() - before).toBeLessThanOrEqual(1);
    expect(asked() - askedBefore).toBeGreaterThanOrEqual(3);
    await without.close();
    await buy('Bayu Lestari', 1);
    await expect.poll(() => page.innerText('.pool'), { timeout: saleShowsWithinMs }).toMatch(/Sold\s*3/);
  });

  test('a page whose oldest figures were read before the change asks again until they show it; the test above is the control', async () => {
    const late = await page.context().newPage();
    await late.route('**/sale', async (route) => {
      if (route.request().resourceType() !== 'xhr') return route.continue();
      const answer = await route.fetch();
      const body = (await answer.text()).replace(/data-behind-ms="\d+"/, 'data-behind-ms="4000"');
      return route.fulfill({ response: answer, body });
    });
    const asked = renewalsOf(late);
    const stream = late.waitForResponse((answer) => answer.url().endsWith('/sales/stream'));
    await late.goto(page.url());
    expect((await stream).status()).toBe(200);
    await until(() => asked() >= 3, quietMs);
    await late.close();
  });

  test('its figures are readable at arm’s length', async () => {
    const sizesOf = (selector: string) =>
      page.evaluate<number[]>(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => Number.parseFloat(getComputedStyle(one).fontSize))`,
      );
    const [rate, others] = [
      await sizesOf('.sale-rate strong'),
      await sizesOf('#figures dd, #figures td.number > span'),
    ];
    expect(Math.min(...rate)).toBeGreaterThanOrEqual(48);
    expect(others.length).toBeGreaterThan(10);
    expect(Math.min(...others)).toBeGreaterThanOrEqual(24);
    await expectTidy();
  });

  test('finds the order by a mistyped name, by keyboard', async () => {
    await indexOrders({ db: world.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
    await pressOn(page.getByRole('navigation').first().getByRole('link', { name: 'Orders', exact: true }));
    await page.waitForURL('**/desk/orders');
    await expectNoTrap(page);
    await typeInto(page.locator('[name=q]'), 'Lestrai');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Nothing found for “Lestrai”. Near it:');
    expect(page.url()).not.toContain('Lestrai');
    await expectTidy();
    await pressOn(page.locator(`a[href="/desk/orders/${orderId}"]`).first());
    await page.waitForSelector('text=Order placed');
    await expectTidy();
  });

  test('refunds one ticket by keyboard at a desktop, after a preview of what the buyer gets', async () => {
    await page.setViewportSize(desktop);
    await pressOn(
      page
        .locator('main')
        .getByRole('link', { name: /Refund/ })
        .first(),
    );
    await page.waitForSelector('#ticket-0');
    await expectTidy();
    await pressOn(page.locator('#ticket-0'), 'Space');
    await pressOn(page.getByRole('button', { name: 'Preview first' }));
    await page.waitForSelector('.refund-amount');
    expect(await textOf('.refund-amount')).toContain('100,000');
    await expectTidy();
    await pressOn(page.getByRole('button', { name: 'Refund now' }));
    await page.waitForSelector('text=The refund is on its way.');
    expect(await hasFocus(page.locator('.notice-good'))).toBe(true);
    await until(
      async () =>
        (await world.admin`select 1 from refunds where order_id = ${orderId} and status = 'done' and amount = 100000`)
          .length === 1,
      30_000,
    );
    expect(
      await world.admin`select status, count(*)::int as n from tickets where order_id = ${orderId} group by 1 order by 1`,
    ).toEqual([
      { status: 'live', n: 1 },
      { status: 'revoked', n: 1 },
    ]);
    await page.setViewportSize(smallPhone);
  });

  test('corrects the address and sends the tickets again', async () => {
    await page.goto(`${origin}/desk/orders/${orderId}`);
    await page.click('summary:has-text("Correct the address")');
    await page.fill('[name=email]', 'ayu.right@gmial.com');
    await page.keyboard.press('Tab');
    await page.click('.suggestion button');
    expect(await page.inputValue('[name=email]')).toBe('ayu.right@gmail.com');
    await page.fill('[name=email]', 'ayu.right@example.test');
    await page.click('button:has-text("Correct the address")');
    await page.waitForSelector('text=The address is corrected');
    expect(await textOf('.facts')).toContain('ayu.right@example.test');
    await page.click('button:has-text("Send the tickets again")');
    await page.waitForSelector('text=The tickets are on their way again.');
    await page.reload();
    expect(await textOf('.story')).toContain('Message queued');
  });

  test('pairs a device by the code on the screen', async () => {
    await page.goto(`${origin}/desk/events/${event.id}/devices`);
    await expectTidy();
    await page.fill('[name=name]', 'North gate');
    await page.keyboard.press('Enter');
    await page.waitForSelector('svg.pairing-code');
    await expectTidy();
    const token = (await textOf('code.secret')) ?? '';
    const answer = await world.request('/v1/sessions/current', { token });
    expect(answer.body).toMatchObject({ kind: 'device', eventId: event.id });
    // The phone opens what the code says.
    const phone = await (await browser.newContext({ locale: 'en' })).newPage();
    await phone.goto(`${origin}/door?lang=en#device=${token}`);
    // Not before a tap: a link from elsewhere must not pair a phone.
    await phone.waitForSelector('#device-submit:not([disabled])');
    expect(await phone.isVisible('#actor')).toBe(false);
    await phone.click('#device-submit');
    await phone.waitForSelector('#actor:has-text("North gate")');
    expect(phone.url()).not.toContain(token);
    await phone.close();
  });

  test.each([
    '/desk',
    '/desk/tasks',
    '/desk/reports',
    '/desk/team',
    '/desk/connections',
    '/desk/webhooks',
    '/desk/log',
  ])('%s fits a narrow screen and names its controls', async (path) => {
    await page.goto(`${origin}${path}`);
    await expectTidy();
  });

  test('the replay and the attendees fit on the screen', async () => {
    for (const part of ['sale/replay', 'sale/conflicts', 'attendees', 'orders', 'gifts']) {
      await page.goto(`${origin}/desk/events/${event.id}/${part}`);
      await expectTidy();
    }
  });
});
