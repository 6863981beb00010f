import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueueView } from '../../../src/web/client/queue/queue-view.ts';
import { paymentMethodWords } from '../../../src/web/i18n/words/order/payment-methods.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestBrowser, openBrowser } from '../../../testkit/processes/browser.ts';
import { expectNoTrap, hasFocus, pressOn, tabTo, typeInto } from '../../../testkit/web/keyboard.ts';
import { lookNow, lookUntil } from '../support/look-until.ts';
import { type QueueWorld, openQueueWorld } from '../support/queue-world.ts';
import { until } from '../../../testkit/until.ts';

/**
 * Buyers in a real browser with the whole product: uncommon ways through a waiting room, use by keyboard alone, and payments that are
 * chosen and shown on the page of the order.
 */

describe('the waiting room in a browser', () => {
  let world: QueueWorld;
  let browser: TestBrowser;

  beforeAll(async () => {
    world = await openQueueWorld();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const kind = (page: Page, ...kinds: string[]) =>
    page.waitForSelector(kinds.map((one) => `#stage[data-kind="${one}"]`).join(', '), { timeout: 40_000 });
  const queueOf = async (slug: string): Promise<QueueView> =>
    (await (await fetch(`${world.origin}/v1/events/${slug}/queue`)).json()) as QueueView;
  const indexIn = async (page: Page, slug: string): Promise<number> =>
    Number(await page.evaluate(`JSON.parse(localStorage.getItem('antre.place.${slug}')).place.index`));

  test('a code comes by WhatsApp; a missed turn is followed by another one at the end, and by an order', async () => {
    const event = await world.room({ rateMax: 0.1 });
    const page = await browser.newPage({ viewport: { width: 390, height: 800 }, locale: 'id-ID' });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    const queueUrl = `${world.origin}/events/${event.slug}/queue`;
    await page.goto(queueUrl);
    await kind(page, 'join');
    await page.click('[name="way"][value="phone"]');
    // A reading that a busy service refuses is asked for again when something is typed.
    await until(async () => {
      await page.fill('#phone', '0813 5555 0101');
      await page.dispatchEvent('#phone', 'change');
      return page.waitForSelector('#phone-reading:not(:empty)', { timeout: 5000 }).then(Boolean, () => false);
    });
    await page.click('#send-code');
    await page.waitForSelector('#code-form:not([hidden])');
    expect(await page.textContent('#sent-to')).toContain('+62 813 5555 0101');
    await page.fill('#otp', await world.codeOnPhone('6281355550101'));
    await page.click('#confirm');
    await kind(page, 'joined');
    const first = await indexIn(page, event.slug);
    await world.others(event, 5);
    await world.freezeNow(event);
    await until(async () => (await queueOf(event.slug)).phase === 'open');
    await lookNow(page);
    await kind(page, 'waiting');

    // The turn began and ended while the page was closed.
    await page.goto(`${world.origin}/find-order`);
    await world.set(event, { serving: 6, lapsedBelow: 6 });
    await until(async () => (await queueOf(event.slug)).lapsedBelow === 6);
    await page.goto(queueUrl);
    await lookUntil(page, 'lapsed');
    expect(await page.textContent('#stage-text')).toContain('antre lagi dari belakang');
    await page.click('#rejoin');
    await kind(page, 'waiting', 'called', 'passed');
    expect(first).toBeLessThan(6);
    expect(await indexIn(page, event.slug)).toBe(6);
    await page.reload();
    await kind(page, 'waiting', 'called', 'passed');
    await world.set(event, { rateMax: 200 });
    await until(async () => (await queueOf(event.slug)).serving > 6);
    await lookUntil(page, 'passed');
    expect(await page.textContent('#stage-text')).toContain('+62 813 5555 0101');
    await page.click('#go');
    await page.waitForSelector('#place:visible');
    expect(await page.inputValue('#phone')).toBe('+62 813 5555 0101');
    await page.click('[data-step="1"]');
    await page.fill('#name', 'Citra Dewi');
    await page.fill('#email', 'citra@pembeli.test');
    await page.click('#place');
    await page.waitForURL('**/orders/ord_*');
    await page.waitForSelector('.ticket img');
    expect(faults).toEqual([]);
  }, 120_000);

  test('by keyboard alone: finds an event, waits, orders, pays by QRIS, and gives a ticket to somebody', async () => {
    const event = await world.room({ price: 75_000, city: 'Ternate' });
    await world.connectGateway(event);
    const page = await browser.newPage({ viewport: { width: 390, height: 800 }, locale: 'en-GB' });
    const button = (name: string | RegExp) => page.getByRole('button', { name });
    const link = (name: string | RegExp) => page.getByRole('link', { name });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));

    await page.goto(`${world.origin}/?lang=en`);
    await typeInto(page.getByLabel('City'), 'Ternate');
    await page.keyboard.press('Enter');
    await page.waitForURL('**city=Ternate**');
    await expectNoTrap(page);
    await pressOn(page.locator(`a[href*="/events/${event.slug}"]`).first());
    await pressOn(link('To the waiting room'));
    await kind(page, 'join');
    await pressOn(page.getByRole('radio', { name: 'Email' }), 'Space');
    await pressOn(page.locator('#send-code'));
    expect(await hasFocus(page.locator('#email'))).toBe(true);
    await page.keyboard.type('sekar@pembeli.test');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#code-form:not([hidden])');
    expect(await hasFocus(page.locator('#otp'))).toBe(true);
    await page.keyboard.type(await world.codeFor('sekar@pembeli.test'));
    await page.keyboard.press('Enter');
    await kind(page, 'joined');
    // The form that had the focus is gone.
    await until(() => hasFocus(page.locator('#stage-title')));
    await expectNoTrap(page);
    await world.freezeNow(event);
    await until(async () => (await queueOf(event.slug)).phase === 'open');
    await lookUntil(page, 'passed');
    await pressOn(page.locator('#go'));
    await page.waitForSelector('#place:visible');

    await pressOn(button('One more Festival'));
    await page.keyboard.press('Space');
    expect(await page.inputValue('[name="quantity"]')).toBe('2');
    await pressOn(button('Order tickets'));
    await page.waitForSelector('#name-error:not([hidden])');
    expect(await hasFocus(page.locator('#name'))).toBe(true);
    await page.keyboard.type('Sekar Ayuningtyas');
    await typeInto(page.getByLabel('WhatsApp number'), '0812 3456 7890');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/orders/ord_*');
    const orderId = new URL(page.url()).pathname.split('/').at(-1) ?? '';

    await pressOn(button('QRIS'));
    expect(await hasFocus(page.locator('#pay-title'))).toBe(true);
    await page.waitForSelector('#qris:not([hidden])');
    await expectNoTrap(page);
    await tabTo(button('BCA virtual account'));
    await world.pay(orderId, 'qris');
    await page.waitForSelector('.ticket img');
    // The button that had the focus is gone with its panel.
    expect(await hasFocus(page.locator('#event-name'))).toBe(true);

    await pressOn(page.locator('#transfers summary'));
    await typeInto(page.getByLabel('Name of the new holder'), 'Bima Arya');
    await typeInto(page.getByLabel('Email of the new holder'), 'bima@pembeli.test');
    await pressOn(button('Give the ticket'));
    await page.waitForSelector('#transfer-message[data-mood="good"]');
    await until(() => hasFocus(button('Give the ticket')));
    await until(async () => {
      const kept = await page.evaluate<string[]>(`caches.open('antre-${orderId}').then(async (cache) =>
        (await cache.keys()).map(({ url }) => url).filter((url) => url.endsWith('.svg')))`);
      return kept.filter((url) => url.includes('/qr.svg')).length === 1;
    });
    expect(await page.isVisible('#kept')).toBe(true);
    await pressOn(button('Cancel the order'));
    await page.waitForSelector('#cancel-dialog[open]');
    await page.keyboard.press('Escape');
    expect(await hasFocus(button('Cancel the order'))).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  }, 120_000);

  test('by keyboard alone: joins a waiting list, confirms the place, and leaves it', async () => {
    const event = await createEvent(world.db, {
      event: { hasWaitingList: true },
      categories: [{ price: 0, capacity: 1 }],
    });
    await orderOf(event);
    const page = await browser.newPage({ viewport: { width: 390, height: 800 }, locale: 'en-GB' });
    await page.goto(`${world.origin}/events/${event.slug}?lang=en`);
    await pressOn(page.getByRole('link', { name: 'Tell me when places return' }));
    await page.waitForURL('**/waiting-list**');
    await expectNoTrap(page);
    await pressOn(page.getByRole('button', { name: 'Join the list' }));
    await until(() => hasFocus(page.locator('#name')));
    await page.keyboard.type('Sekar Ayuningtyas');
    await typeInto(page.getByLabel('Email'), 'tunggu@pembeli.test');
    await typeInto(page.getByLabel('WhatsApp number'), '0812 3456 7891');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#done:not([hidden])');
    expect(await hasFocus(page.locator('#done'))).toBe(true);
    await page.goto(await world.linkFor('tunggu@pembeli.test', '/waiting-list/'));
    await pressOn(page.locator('#confirm'));
    await page.waitForSelector('#confirm', { state: 'hidden' });
    await until(() => hasFocus(page.locator('#state')));
    await pressOn(page.locator('#leave'));
    await page.waitForSelector('#left:not([hidden])');
    expect(await hasFocus(page.locator('#left'))).toBe(true);
    await page.close();
  });

  /** An order placed by a program. */
  async function orderOf(event: TestEvent): Promise<{ id: string; accessToken: string }> {
    const response = await fetch(`${world.origin}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({
        eventSlug: event.slug,
        buyer: someBuyer(),
        lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
      }),
    });
    expect(response.status).toBe(201);
    return (await response.json()) as { id: string; accessToken: string };
  }

  test.each(['id', 'en'] as const)(
    'a bank transfer is chosen, explained, copied and paid on our page (%s)',
    async (language) => {
      const event = await createEvent(world.db, { categories: [{ price: 50_000 }] });
      await world.connectGateway(event);
      const { id, accessToken } = await orderOf(event);
      const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
      const page = await context.newPage();
      await page.goto(`${world.origin}/orders/${id}?lang=${language}#${accessToken}`);
      const words = paymentMethodWords[language];
      await page.click(`[data-method="bca_va"]`);
      await page.waitForSelector('#virtual-account:not([hidden])');
      expect(await page.textContent('#va-label')).toBe(words.accountAt('BCA'));
      expect(await page.locator('#va-steps li').allTextContents()).toEqual(words.steps['bca']);
      expect(await page.getAttribute('[data-method="bca_va"]', 'aria-pressed')).toBe('true');
      const number = (await page.textContent('#va-number'))?.replaceAll(' ', '') ?? '';
      expect(number).toMatch(/^\d{8,}$/);
      await page.click('#copy');
      await until(async () => (await page.evaluate<string>('navigator.clipboard.readText()')) === number);
      await world.pay(id, 'bca_va');
      await page.waitForSelector('.ticket img');
      expect(await page.isVisible('#pay')).toBe(false);
      await context.close();
    },
    60_000,
  );

  test('a QRIS code is shown on the order’s page, and tickets replace it when it is paid', async () => {
    const event = await createEvent(world.db, { categories: [{ price: 50_000 }] });
    await world.connectGateway(event);
    const { id, accessToken } = await orderOf(event);
    const page = await browser.newPage();
    await page.goto(`${world.origin}/orders/${id}?lang=en#${accessToken}`);
    await page.click('[data-method="qris"]');
    await page.waitForSelector('#qris:not([hidden])');
    const inkOf = () =>
      page.evaluate<number>(`(() => {
        const canvas = document.getElementById('qris-code');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, at) => at % 4 === 3 && value > 0 && data[at - 1] < 128).length;
      })()`);
    await until(async () => (await inkOf()) > 200);
    expect(await page.textContent('#status')).toBe('Waiting for payment');
    expect(await page.isVisible('#pay-deadline')).toBe(true);
    await world.pay(id, 'qris');
    await page.waitForSelector('.ticket img');
    expect(await page.textContent('#status')).toBe('Paid');
    await page.close();
  });
});
