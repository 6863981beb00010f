import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestBrowser, openBrowser } from '../../../testkit/processes/browser.ts';
import { type QueueWorld, openQueueWorld } from '../support/queue-world.ts';

/** Guards the text of the order form in a real browser when a turn ends: it comes back at the next turn, and to nobody else. */

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

/** Gives this browser a turn of an address, which ends after so many seconds. The page looks at its storage once a second. */
async function hold(page: Page, slug: string, email: string, seconds: number): Promise<void> {
  const held = {
    place: { token: 'x', index: 3, accountKey: 'key', salt: 'salt', address: { kind: 'email', text: email } },
    pass: { text: 'pass', expiresAt: new Date(Date.now() + seconds * 1000).toISOString() },
  };
  await page.evaluate(`localStorage.setItem('antre.place.${slug}', ${JSON.stringify(JSON.stringify(held))})`);
}

test('what was typed when the turn ended is in the form at the next turn of the same address only', async () => {
  const { slug } = await world.room({ rateMax: 0.1 });
  const page = await browser.newPage({ viewport: { width: 390, height: 800 }, locale: 'en-GB' });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const turn = async (email: string) => {
    await hold(page, slug, email, 600);
    await page.reload();
    await page.waitForSelector('#buyer:enabled');
  };
  const turnEnds = async (email: string) => {
    await hold(page, slug, email, -1);
    await page.waitForSelector('#buyer:disabled', { state: 'attached' });
  };
  const typed = async () => Promise.all(['#name', '#phone'].map((field) => page.inputValue(field)));

  await page.goto(`${world.origin}/events/${slug}?lang=en`);
  await turn('ayu@pembeli.test');
  await page.fill('#name', 'Ayu Lestari');
  await page.fill('#phone', '0812 5555 0101');
  await turnEnds('ayu@pembeli.test');
  await page.goto(`${world.origin}/events/${slug}/queue?lang=en`);
  await page.goto(`${world.origin}/events/${slug}?lang=en`);
  await turn('ayu@pembeli.test');
  expect(await typed()).toEqual(['Ayu Lestari', '0812 5555 0101']);

  await turnEnds('ayu@pembeli.test');
  await turn('budi@pembeli.test');
  expect(await typed()).toEqual(['', '']);
  await turn('ayu@pembeli.test');
  expect([...(await typed()), ...faults]).toEqual(['', '']);
}, 120_000);

test('a mistyped domain is asked about before a code is sent to it: the place would be lost', async () => {
  const { slug } = await world.room();
  const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
  await page.goto(`${world.origin}/events/${slug}/queue?lang=en`);
  await page.fill('#address-form:not([hidden]) #email', 'ayu@gmial.com');
  await page.keyboard.press('Tab');
  await page.click('.suggestion button');
  expect(await page.inputValue('#email')).toBe('ayu@gmail.com');
  await page.close();
});

test('a browser that stores nothing says so before a place is taken', async () => {
  const { slug } = await world.room();
  for (const isBlocked of [true, false]) {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    if (isBlocked)
      await page.addInitScript(
        `Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('denied', 'SecurityError'); } });`,
      );
    await page.goto(`${world.origin}/events/${slug}/queue?lang=en`);
    await page.waitForSelector('#address-form:not([hidden])');
    expect(await page.isVisible('#not-kept')).toBe(isBlocked);
    await page.close();
  }
});
