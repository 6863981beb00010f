import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueueView } from '../../src/web/client/queue/queue-view.ts';
import { launchBrowser } from '../../testkit/processes/browser.ts';
import { lookNow, lookUntil } from './support/look-until.ts';
import { type QueueWorld, openQueueWorld } from './support/queue-world.ts';
import { until } from '../../testkit/until.ts';

/** The less usual ways through a waiting room, in a real browser: by WhatsApp, and a second time after a turn that passed. */

describe('the waiting room in a browser', () => {
  let world: QueueWorld;
  let browser: Browser;

  beforeAll(async () => {
    world = await openQueueWorld();
    browser = await launchBrowser();
  }, 60_000);
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
    await page.fill('#phone', '0813 5555 0101');
    await page.click('#send-code');
    await page.waitForSelector('#code-form:not([hidden])');
    expect(await page.textContent('#sent-to')).toContain('+62 813 5555 0101');
    await page.fill('#otp', await world.codeOnPhone('6281355550101'));
    await page.click('#confirm');
    await kind(page, 'joined');
    const first = await indexIn(page, event.slug);
    await world.others(event, 5);
    await world.freezeNow(event);
    await until(async () => (await queueOf(event.slug)).phase === 'open', 40_000);
    await lookNow(page);
    await kind(page, 'waiting');

    // Called while nobody looked, and over.
    await page.goto(`${world.origin}/find-order`);
    await world.set(event, { serving: 6, lapsedBelow: 6 });
    await until(async () => (await queueOf(event.slug)).lapsedBelow === 6);
    await page.goto(queueUrl);
    await lookUntil(page, 'lapsed');
    expect(await page.textContent('#stage-text')).toContain('ujung antrean');
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
});
