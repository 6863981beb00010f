import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvent, createPromoCode, someBuyer } from '../../testkit/factories.ts';
import { until } from '../../testkit/until.ts';
import { type PageWorld, openPageWorld } from './support/page-world.ts';

describe('the page of an event in a browser', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld();
  });
  afterAll(() => world?.close());

  const open = async (slug: string): Promise<Page> => {
    const page = await world.browser.newPage({ viewport: { width: 320, height: 640 } });
    await page.goto(`${world.origin}/events/${slug}?lang=en`);
    return page;
  };
  const focused = (page: Page) => page.evaluate('document.activeElement.id || document.activeElement.name');
  const untilInView = (page: Page, selector: string) =>
    until(() =>
      page.evaluate<boolean>(
        `(() => { const at = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
          return at.top >= 0 && at.bottom <= innerHeight; })()`,
      ),
    );
  const fillIn = async (page: Page) => {
    const buyer = someBuyer();
    await page.fill('#name', buyer.name);
    await page.fill('#email', buyer.email);
    await page.fill('#phone', buyer.phone);
  };

  test('sold out is said before everything else, without a form; the form comes when places return', async () => {
    const { db } = world.running.service;
    const event = await createEvent(db, { categories: [{ capacity: 5 }] });
    await db.execute(sql`update stock set available = 0, blocked = 5 where event_id = ${event.id}`);
    const page = await open(event.slug);
    expect(await page.textContent('h1 + .sale-line')).toBe('Sold out');
    expect(await page.isVisible('.stage-panel.while-sold_out')).toBe(true);
    for (const part of ['#buyer', '#place', '.stepper', '#jump']) expect(await page.isVisible(part)).toBe(false);
    await db.execute(sql`update stock set available = 5, blocked = 0 where event_id = ${event.id}`);
    await page.waitForSelector('#place:visible', { timeout: 40_000 });
    expect(await page.textContent('.sale-line')).toBe('Tickets available');
    expect(await page.isVisible('.stage-panel')).toBe(false);
    await page.close();
  });

  test.each([60, -60])(
    'the sale opens and ends by the server, on a phone whose clock is %i minutes off',
    async (minutes) => {
      const at = (inMinutes: number) => new Date(Date.now() + inMinutes * 60_000);
      const event = await createEvent(world.running.service.db, {
        categories: [
          { price: 0, saleClosesAt: at(30) },
          { price: 0, saleOpensAt: at(30) },
        ],
      });
      const page = await world.browser.newPage();
      await page.addInitScript(`const now = Date.now; Date.now = () => now() + ${minutes} * 60_000;`);
      await page.goto(`${world.origin}/events/${event.slug}?lang=en`);
      const stateOf = (index: number) =>
        page.getAttribute(`[data-category="${event.categories[index]?.id}"]`, 'data-state');
      await until(async () => /^(29|30):\d\d$/.test((await page.textContent('#opens-in')) ?? ''));
      expect([await stateOf(0), await stateOf(1)]).toEqual(['open', 'upcoming']);
      await page.close();
    },
  );

  test('a form that is half filled in stays when the reader comes back from the terms', async () => {
    const event = await createEvent(world.running.service.db, { categories: [{ price: 0 }] });
    const page = await open(event.slug);
    await page.click('[data-step="1"]');
    await page.fill('#name', 'Ayu Lestari');
    // Browsers under test keep no pages, so this is what the page sees of it.
    await page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await page.waitForTimeout(500);
    expect([await page.inputValue('#name'), await page.inputValue('[name="quantity"]')]).toEqual(['Ayu Lestari', '1']);
    await page.close();
  });

  test('a browser that blocks all storage orders, too', async () => {
    const event = await createEvent(world.running.service.db, { categories: [{ price: 0 }] });
    const page = await world.browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });`);
    await page.goto(`${world.origin}/events/${event.slug}?lang=en`);
    await page.click('[data-step="1"]');
    await fillIn(page);
    await page.click('#place');
    await page.waitForSelector('.ticket img');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('chosen tickets that sell out meanwhile leave the order with a word', async () => {
    const { db } = world.running.service;
    const event = await createEvent(db, { categories: [{ name: 'Duduk', capacity: 5 }, { capacity: 5 }] });
    const page = await open(event.slug);
    const [first = '', other = ''] = event.categories.map(({ id }) => `[data-category="${id}"]`);
    for (const row of [first, other]) await page.click(`${row} [data-step="1"]`);
    await db.execute(
      sql`update stock set available = 0, blocked = 5 where event_id = ${event.id} and pool_id = ${event.categories[0]?.poolId}`,
    );
    await page.waitForSelector(`${first} .choice-fault:visible`, { timeout: 40_000 });
    expect(await page.textContent(`${first} .choice-fault`)).toContain('Duduk has just sold out');
    expect(await page.inputValue(`${other} input`)).toBe('1');
    await page.close();
  });

  test('before the sale there is a countdown instead of a form, and the form appears on time', async () => {
    const opensAt = new Date(Date.now() + 8000);
    const event = await createEvent(world.running.service.db, { categories: [{ saleOpensAt: opensAt }] });
    const page = await open(event.slug);
    expect(await page.textContent('.sale-line')).toBe('Not on sale yet');
    await until(async () => /^00:0\d$/.test((await page.textContent('#opens-in')) ?? ''));
    expect(await page.isVisible('#buyer')).toBe(false);
    await page.waitForSelector('#place:visible', { timeout: 40_000 });
    expect(Date.now()).toBeGreaterThanOrEqual(opensAt.getTime() - 1000);
    await page.close();
  });

  test('fees, discount and total are shown before ordering, and are what the order costs', async () => {
    const { db } = world.running.service;
    const event = await createEvent(db, { event: { feePerTicket: 5000 }, categories: [{ price: 100_000 }] });
    await createPromoCode(db, event, { code: 'TENTH', value: 10 });
    const page = await open(event.slug);
    await page.click('[data-step="1"]');
    await page.click('.promo summary');
    await page.fill('#promoCode', 'tenth');
    await page.click('#promo-apply');
    await page.waitForSelector('#promo-result:has-text("10,000")');
    expect(await page.textContent('#total')).toContain('95,000');
    await page.click('[data-step="1"]');
    await page.waitForSelector('#promo-result:has-text("20,000")');
    expect((await page.textContent('#price-parts'))?.replaceAll(/\s/g, '')).toBe(
      'TicketsRp200,000Discount−Rp20,000ServicefeeRp10,000',
    );
    await fillIn(page);
    await page.click('#place');
    await page.waitForURL('**/orders/ord_*');
    const placed = await db.execute(sql`select total::int, discount::int from orders where event_id = ${event.id}`);
    expect([...placed]).toEqual([{ total: 190_000, discount: 20_000 }]);
    await page.close();
  });

  test('the other language keeps the chosen tickets and what was typed, once', async () => {
    const { db } = world.running.service;
    const event = await createEvent(db, { categories: [{}, { price: 100_000 }] });
    await createPromoCode(db, event, { code: 'TENTH', value: 10 });
    const page = await open(event.slug);
    const second = `[data-category="${event.categories[1]?.id}"]`;
    for (const _ of '12') await page.click(`${second} [data-step="1"]`);
    await page.click('.promo summary');
    await page.fill('#promoCode', 'tenth');
    await page.check('#news');
    await fillIn(page);
    const names = ['#name', '#email', '#phone', '#promoCode'];
    const typed = () => Promise.all(names.map((name) => page.inputValue(name)));
    const before = await typed();
    await page.click('a[hreflang="id"]');
    await page.waitForURL(/lang=id/);
    await page.waitForSelector('#promo-result:has-text("20.000")');
    expect(await typed()).toEqual(before);
    expect(await page.inputValue(`${second} input`)).toBe('2');
    expect(await page.isChecked('#news')).toBe(true);
    expect(await page.textContent('#total')).toContain('180.000');
    await page.click('#place');
    await page.waitForURL('**/orders/ord_*');
    const placed = await db.execute(sql`select total::int, locale from orders where event_id = ${event.id}`);
    expect([...placed]).toEqual([{ total: 180_000, locale: 'id' }]);
    // The next visit begins with an empty form.
    await page.goto(`${world.origin}/events/${event.slug}?lang=en`);
    await page.waitForSelector('#place:enabled');
    expect([await page.inputValue('#name'), await page.inputValue(`${second} input`)]).toEqual(['', '0']);
    await page.close();
  });

  test('each error is said once, beside its field, in view and with the focus there', async () => {
    const { db } = world.running.service;
    const event = await createEvent(db, { categories: [{ perOrderMin: 1, perOrderMax: 4 }, { capacity: 3 }] });
    const page = await open(event.slug);
    await fillIn(page);
    await page.click('#place');
    expect(await page.textContent('#choice-error')).toBe('Choose at least one ticket.');
    expect(await focused(page)).toBe('quantity');
    await untilInView(page, '#choice-error');

    const second = event.categories[1]?.id ?? '';
    for (const _ of '123') await page.click(`[data-category="${second}"] [data-step="1"]`);
    expect(await page.isVisible('#choice-error')).toBe(false);
    await db.execute(
      sql`update stock set available = 2, blocked = 1 where event_id = ${event.id} and pool_id = ${event.categories[1]?.poolId}`,
    );
    await page.click('#place');
    const fault = `#fault-${second}`;
    await page.waitForSelector(`${fault}:visible`);
    expect(await page.textContent(fault)).toContain('no longer enough tickets');
    await untilInView(page, fault);
    expect(await page.isVisible('#form-message')).toBe(false);
    expect(await page.evaluate(`document.activeElement.closest('[data-category]').dataset.category`)).toBe(second);
    await page.close();
  });
});
