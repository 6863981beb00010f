import type { Page } from 'playwright-core';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestEvent, createEvent, someBuyer } from '../../testkit/factories.ts';
import { until } from '../../testkit/until.ts';
import { type PageWorld, openPageWorld } from './support/page-world.ts';

/** Guards what the forms of buyers and members say when they are not answered, and the ways on from there. */

let world: PageWorld;
beforeAll(async () => {
  world = await openPageWorld();
});
afterAll(() => world?.close());

const open = async (path: string): Promise<Page> => {
  const page = await world.browser.newPage({ viewport: { width: 320, height: 640 } });
  await page.goto(`${world.origin}${path}`);
  return page;
};

test('a form that is not answered does not promise to try again by itself', async () => {
  const page = await open('/find-order?lang=en');
  const answers = [
    { status: 503, code: 'service.overloaded', says: 'It is very busy. Try again in a moment.' },
    { status: 429, code: 'traffic.rate_limited', says: 'Too many requests come from your network. Try again in 7 s.' },
  ];
  await page.fill('#email', someBuyer().email);
  for (const { status, code, says } of answers) {
    await page.route('**/v1/orders/lookups', (route) =>
      route.fulfill({
        status,
        headers: { 'retry-after': '7' },
        contentType: 'application/problem+json',
        body: JSON.stringify({ code }),
      }),
    );
    await page.click('#submit');
    await page.waitForSelector(`#form-message:has-text("${says}")`);
    await page.unroute('**/v1/orders/lookups');
  }
  await page.route('**/v1/orders/lookups', (route) => route.abort());
  await page.click('#submit');
  await page.waitForSelector('#form-message:has-text("then try again.")');
  await page.close();
});

test.each(['find-order', 'event', 'waiting list'])(
  'a phone number is read whole on the smallest phone: %s',
  async (where) => {
    const { db } = world.running.service;
    const event = await createEvent(db, { event: { hasWaitingList: true }, categories: [{ capacity: 5 }] });
    if (where === 'waiting list') {
      await db.execute(sql`update stock set available = 0, blocked = 5 where event_id = ${event.id}`);
    }
    const paths = {
      'find-order': '/find-order',
      event: `/events/${event.slug}`,
      'waiting list': `/events/${event.slug}/waiting-list`,
    };
    const page = await open(`${paths[where as keyof typeof paths]}?lang=en`);
    if (where === 'find-order') await page.check('#by-phone');
    await page.fill('#phone', '+62 812 3456 78901');
    const [needed, there] = await page.evaluate<[number, number]>('[phone.scrollWidth, phone.clientWidth]');
    expect(needed).toBeLessThanOrEqual(there);
    await page.close();
  },
);

test('a mistyped domain is asked about wherever a page asks for an address, and changed only by a tap', async () => {
  const event = await partlySoldOut();
  for (const path of [
    '/find-order',
    `/events/${event.slug}`,
    `/events/${event.slug}/waiting-list`,
    '/desk/password-reset',
  ]) {
    const page = await open(`${path}?lang=en`);
    await page.fill('#email:enabled', 'ayu@gmial.com');
    await page.keyboard.press('Tab');
    await page.waitForSelector('.suggestion:has-text("Did you mean")');
    expect(await page.inputValue('#email')).toBe('ayu@gmial.com');
    await page.click('.suggestion button');
    expect([path, await page.inputValue('#email')]).toEqual([path, 'ayu@gmail.com']);
    await page.close();
  }
});

test('Enter sends no address whose domain may be mistyped before that was asked, and sends it as it is after that', async () => {
  const event = await partlySoldOut();
  for (const path of [
    '/find-order',
    `/events/${event.slug}`,
    `/events/${event.slug}/waiting-list`,
    '/desk/password-reset',
  ]) {
    const page = await open(`${path}?lang=en`);
    const sent: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === 'POST' && !pathname.endsWith('/phone-readings')) sent.push(request.postData() ?? '');
    });
    if (path === `/events/${event.slug}`) await page.click('.category:not([data-band="none"]) [data-step="1"]:enabled');
    const { name, phone } = someBuyer();
    for (const [field, value] of Object.entries({ '#name': name, '#phone': phone }))
      if (await page.isVisible(field)) await page.fill(`${field}:enabled`, value);
    await page.fill('#email:enabled', 'ayu@gmial.com');
    await page.keyboard.press('Enter');
    await page.waitForSelector(
      '.suggestion:has-text("Did you mean ayu@gmail.com If it is right as typed, send it again.")',
    );
    expect([path, await page.evaluate('document.activeElement.id'), sent]).toEqual([path, 'email', []]);
    // The question was read, and stays unanswered.
    await page.waitForTimeout(1200);
    await page.keyboard.press('Enter');
    await until(() => sent.length > 0);
    expect([path, sent.length, sent[0]?.includes('ayu@gmial.com')]).toEqual([path, 1, true]);
    await page.close();
  }
});

test('what a form has said of a field goes once the field is put right, and moves no button under the finger', async () => {
  const event = await partlySoldOut();
  for (const [path, button] of [
    ['/find-order', '#submit'],
    [`/events/${event.slug}`, '#place'],
    [`/events/${event.slug}/waiting-list`, '#submit'],
    ['/desk/password-reset', '#request-submit'],
  ] as const) {
    const page = await open(`${path}?lang=en`);
    await page.fill('#email:enabled', 'ayu');
    await page.click(`${button}:enabled`);
    await page.waitForSelector('#email-error:visible');
    await page.focus('#email');
    await page.keyboard.press('End');
    await page.keyboard.type('@gmial');
    expect([path, await page.isVisible('#email-error')]).toEqual([path, true]);
    await page.keyboard.type('.com');
    expect([path, await page.isVisible('#email-error')]).toEqual([path, false]);
    expect([path, await page.getAttribute('#email', 'aria-invalid')]).toEqual([path, null]);
    await page.keyboard.press('Tab');
    await page.waitForSelector('.suggestion button');
    await page.focus('#email');
    await page.keyboard.press('End');
    await page.keyboard.type('.my');
    const before = await topOf(page, button);
    await page.locator('#email').blur();
    expect([path, await topOf(page, button)]).toEqual([path, before]);
    await page.close();
  }
});

/** An event that can be ordered, and has a waiting list for one of its categories. */
async function partlySoldOut(): Promise<TestEvent> {
  const { db } = world.running.service;
  const event = await createEvent(db, {
    event: { hasWaitingList: true },
    categories: [{ capacity: 5 }, { capacity: 5 }],
  });
  await db.execute(
    sql`update stock set available = 0, blocked = 5 where event_id = ${event.id} and pool_id = ${event.categories[0]?.poolId}`,
  );
  return event;
}

const topOf = (page: Page, selector: string) =>
  page.evaluate<number>(`document.querySelector('${selector}').getBoundingClientRect().top + scrollY`);

test('from "check your messages" a button leads back to the address, as it was typed', async () => {
  const page = await open('/find-order?lang=en');
  const { email } = someBuyer();
  await page.fill('#email', email);
  await page.click('#submit');
  await page.click('#done [data-act="other-address"]');
  expect(await page.isVisible('#done')).toBe(false);
  expect(await page.inputValue('#email')).toBe(email);
  expect(await page.evaluate('document.activeElement.id')).toBe('email');
  await page.fill('#email', someBuyer().email);
  await page.click('#submit');
  await page.waitForSelector('#done:not([hidden])');
  await page.close();
});

test('the other language keeps what was typed into a form, but no password', async () => {
  const page = await open('/find-order?lang=en');
  await page.check('#by-phone');
  await page.fill('#phone', '0812 3456 7890');
  await page.selectOption('#phone-country', 'SG');
  await page.click('a[hreflang="id"]');
  await page.waitForURL(/lang=id/);
  await page.waitForSelector('#phone:visible');
  expect([await page.inputValue('#phone'), await page.inputValue('#phone-country')]).toEqual(['0812 3456 7890', 'SG']);
  await page.goto(`${world.origin}/door?lang=en`);
  await page.fill('#email', 'ayu@example.test');
  await page.fill('#password', 'a secret of hers');
  await page.click('a[hreflang="id"]');
  await page.waitForURL(/lang=id/);
  await page.waitForFunction(`email.value === 'ayu@example.test'`);
  expect(await page.inputValue('#password')).toBe('');
  expect(await page.evaluate<string>('JSON.stringify({ ...sessionStorage })')).not.toContain('secret');
  await page.close();
});

const secret = '#token=tok_00000000000000000000.none';
test.each([
  [`/desk/invitation?lang=en${secret}`, '#form', 'Bergabung dengan tim'],
  [`/desk/password-reset?lang=en${secret}`, '#form', 'Kata sandi baru'],
  [`/desk/report?lang=en${secret}`, '#form', 'Unduh laporan'],
  ['/door?lang=en#device=dev_secret', '#device-form', 'Pintu'],
])('the link of %s works in the other language, too', async (path, form, title) => {
  const page = await open(path);
  await page.waitForSelector(`${form}:visible`);
  expect(new URL(page.url()).hash).toBe('');
  await page.click('a[hreflang="id"]');
  await page.waitForSelector(`h1:visible:has-text("${title}")`);
  await page.waitForSelector(`${form}:visible`);
  expect(new URL(page.url()).hash).toBe('');
  if (form === '#device-form') expect(await page.inputValue('#deviceToken')).toBe('dev_secret');
  await page.close();
});

test('people wait for what is sold out, in their language, and are not offered what is on sale', async () => {
  const { db } = world.running.service;
  const event = await createEvent(db, {
    event: { hasWaitingList: true },
    categories: [
      { name: 'Duduk', capacity: 5 },
      { name: 'Berdiri', nameEn: 'Standing', capacity: 5 },
    ],
  });
  const onSale = await open(`/events/${event.slug}?lang=en`);
  expect(await onSale.isVisible('#waiting-list')).toBe(false);
  const early = await open(`/events/${event.slug}/waiting-list?lang=en`);
  expect(await early.textContent('.notice')).toBe('This event still has tickets. Order them on its page.');
  await early.close();
  await db.execute(
    sql`update stock set available = 0, blocked = 5 where event_id = ${event.id} and pool_id = ${event.categories[1]?.poolId}`,
  );
  await onSale.waitForSelector('#waiting-list:visible', { timeout: 40_000 });
  await onSale.click('#waiting-list a');
  // The page may be some seconds older than what the stream says.
  await until(async () => {
    await onSale.reload();
    return onSale.isVisible('#category');
  });
  expect(await onSale.locator('#category option').allTextContents()).toEqual(['Standing']);
  await onSale.fill('#quantity', '0');
  await onSale.click('#submit');
  await onSale.waitForSelector('#quantity-error:has-text("at least 1")');
  await onSale.close();
});
