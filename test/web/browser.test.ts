import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newsWordingNow, newsWordings } from '../../src/web/i18n/words/news.ts';
import { type TestEvent, createEvent, someBuyer } from '../../testkit/factories.ts';
import type { TestBrowser } from '../../testkit/processes/browser.ts';
import type { TestService } from '../../testkit/processes/service.ts';
import { until } from '../../testkit/until.ts';
import { type PageWorld, openPageWorld } from './support/page-world.ts';

describe('the pages in a browser', () => {
  let world: PageWorld;
  let running: TestService;
  let browser: TestBrowser;
  let event: TestEvent;
  let origin: string;

  beforeAll(async () => {
    world = await openPageWorld();
    ({ running, browser, origin } = world);
    event = await createEvent(running.service.db, {
      event: { name: '<img src=x onerror="window.hacked=1">' },
      categories: [{ price: 0, name: 'Warga <b>Cipete</b>', capacity: 50 }],
    });
  });
  afterAll(() => world?.close());

  const fillIn = async (page: Page) => {
    const buyer = someBuyer();
    await page.goto(`${origin}/events/${event.slug}?lang=en`);
    await page.click('[data-step="1"]');
    await page.fill('#name', buyer.name);
    await page.fill('#email', buyer.email);
    await page.fill('#phone', buyer.phone);
  };

  test('an order whose answer is lost is found again, not placed twice; its token leaves the address; its tickets are shown', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on(
      'console',
      (message) => /Content Security Policy|Trusted/.test(message.text()) && faults.push(message.text()),
    );
    const keys: (string | undefined)[] = [];
    await page.route('**/v1/orders', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length === 1) {
        return route.fulfill({
          status: 503,
          headers: { 'retry-after': '1' },
          contentType: 'application/problem+json',
          body: '{"code":"payments.busy"}',
        });
      }
      if (keys.length === 2) {
        await route.fetch();
        return route.abort();
      }
      return route.continue();
    });
    await fillIn(page);
    await page.click('#place');
    await page.waitForURL('**/orders/ord_*');
    await page.waitForSelector('.ticket img');
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.textContent('#event-name')).toBe('<img src=x onerror="window.hacked=1">');
    expect(await page.locator('.ticket').count()).toBe(1);
    await until(() => page.evaluate<boolean>("document.querySelector('.ticket img').naturalWidth > 0"));
    expect(await page.textContent('.ticket .mono')).toMatch(/^[\dA-Z]{5} [\dA-Z]{5} [\dA-Z]{5} [\dA-Z]{5} [\dA-Z]{6}$/);
    expect(await page.evaluate('[document.cookie, sessionStorage.length, localStorage.length, window.hacked]')).toEqual(
      ['', 0, 0, undefined],
    );
    const orders = await running.service.db.execute(
      `select count(*)::int as count from orders where event_id = '${event.id}'`,
    );
    expect(orders).toMatchObject([{ count: 1 }]);

    const link = page.url();
    await page.reload();
    await page.waitForSelector('.ticket img');
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await stranger.waitForSelector('#missing:not([hidden])');
    expect(await stranger.isVisible('#order')).toBe(false);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('the phone number is shown as it is read before anything is ordered, and an ambiguous one is asked about', async () => {
    const page = await browser.newPage();
    const orders: { buyer?: unknown }[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/orders')) orders.push(request.postDataJSON() as { buyer?: unknown });
    });
    const buyer = someBuyer();
    await page.goto(`${origin}/events/${event.slug}?lang=en`);
    const reading = (text: string) => page.waitForSelector(`#phone-reading:has-text("${text}")`);
    await page.click('[data-step="1"]');
    await page.fill('#name', buyer.name);
    await page.fill('#email', buyer.email);
    expect(await page.textContent('#phone-country option:checked')).toBe('Indonesia +62');

    await page.fill('#phone', '85256781234');
    await reading('+62 852 5678 1234 (Indonesia)');
    await page.fill('#phone', '6591234567');
    await page.click('#place');
    await page.waitForSelector('#phone-error:not([hidden])');
    expect(await page.textContent('#phone-error')).toContain('another country');
    expect(await page.textContent('#phone-reading')).toBe('');
    expect(orders).toEqual([]);

    await page.fill('#phone', '91234567');
    await page.selectOption('#phone-country', 'SG');
    await reading('+65 9123 4567 (Singapore)');
    expect(await page.isVisible('#phone-error')).toBe(false);
    await page.fill('#name', 'evil.shop');
    await page.click('#place');
    await page.waitForSelector('#name-error:not([hidden])');
    expect(await page.textContent('#name-error')).toContain('without links');
    await page.fill('#name', buyer.name);
    await page.click('#place');
    await page.waitForURL('**/orders/ord_*');
    expect(orders.at(-1)?.buyer).toEqual({ name: buyer.name, email: buyer.email, phone: '+6591234567' });
    await page.close();
  });

  test('a buyer can order although the number cannot be shown', async () => {
    const page = await browser.newPage();
    await page.route('**/v1/buyers/phone-readings', (route) => route.fulfill({ status: 503, body: '' }));
    await fillIn(page);
    await page.fill('#phone', '0813-6690-3055');
    await page.click('#place');
    await page.waitForURL('**/orders/ord_*');
    await page.waitForSelector('.ticket img');
    expect(await page.textContent('#buyer-contact')).toContain('+6281366903055');
    await page.close();
  });

  test('news are agreed to by a tick alone, and the consent names the words that stood beside it', async () => {
    const { db } = running.service;
    const consentOf = async (isTicked: boolean) => {
      const page = await browser.newPage();
      await fillIn(page);
      expect(await page.isChecked('#news')).toBe(false);
      const words = (await page.textContent('.agree'))?.trim();
      if (isTicked) await page.check('#news');
      await page.click('#place');
      await page.waitForURL('**/orders/ord_*');
      const orderId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      await page.close();
      const rows = await db.execute(sql`select wording, locale from news_consents where order_id = ${orderId}`);
      return { words, rows: [...rows] };
    };
    expect((await consentOf(false)).rows).toEqual([]);
    const { words, rows } = await consentOf(true);
    expect(rows).toEqual([{ wording: newsWordingNow, locale: 'en' }]);
    expect(words).toBe(newsWordings[newsWordingNow].en);
  });

  test('a price that changed while the form was filled in is shown and confirmed, and one order results', async () => {
    const priced = await createEvent(running.service.db, {
      event: { feePerTicket: 5000 },
      categories: [{ price: 100_000 }, { price: 0 }],
    });
    const page = await browser.newPage();
    const bodies: { expectedTotal?: unknown }[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/orders')) bodies.push(request.postDataJSON() as { expectedTotal?: unknown });
    });
    const buyer = someBuyer();
    await page.goto(`${origin}/events/${priced.slug}?lang=en`);
    for (const step of await page.locator('[data-step="1"]').all()) await step.click();
    expect(await page.textContent('#total')).toContain('105,000');
    await running.service.db.execute(
      sql`update ticket_categories set price = 120000 where event_id = ${priced.id} and price > 0`,
    );
    await page.fill('#name', buyer.name);
    await page.fill('#email', buyer.email);
    await page.fill('#phone', buyer.phone);
    await page.click('#place');
    await page.waitForSelector('#form-message[data-mood="wait"] button');
    expect(await page.textContent('#form-message')).toContain('125,000 now');
    expect(await page.textContent('#total')).toContain('125,000');
    await page.click('#form-message button');
    await page.waitForURL('**/orders/**');
    expect(bodies.map(({ expectedTotal }) => expectedTotal)).toEqual([
      { amount: 105_000, currency: 'IDR' },
      { amount: 125_000, currency: 'IDR' },
    ]);
    const placed = await running.service.db.execute(sql`select total::int from orders where event_id = ${priced.id}`);
    expect([...placed]).toEqual([{ total: 125_000 }]);
    await page.close();
  });

  test('errors stand beside their field, and a refusal is said in words', async () => {
    const page = await browser.newPage();
    await fillIn(page);
    await page.fill('#email', 'nobody');
    await page.click('#place');
    expect(await page.getAttribute('#email', 'aria-invalid')).toBe('true');
    expect(await page.textContent('#email-error')).toContain('valid email address');
    await page.fill('#email', someBuyer().email);
    await page.click('.promo summary');
    await page.fill('#promoCode', 'NO-SUCH-CODE');
    await page.click('#place');
    await page.waitForSelector('#promoCode-error:not([hidden])');
    expect(await page.textContent('#promoCode-error')).toContain('promo code is not valid');
    // One fault is said once, and the focus is where it can be mended.
    expect(await page.isVisible('#form-message')).toBe(false);
    expect(await page.evaluate('document.activeElement.id')).toBe('promoCode');
    expect(await page.isEnabled('#place')).toBe(true);
    await page.close();
  });
});
