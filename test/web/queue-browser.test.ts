import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { positionOf } from '../../src/waiting-room/draw/index.ts';
import type { Held } from '../../src/web/browser/queue/held-place.ts';
import type { QueueView } from '../../src/web/browser/queue/queue-view.ts';
import { until } from '../support/worker.ts';
import { type QueueWorld, openQueueWorld } from './support/queue-world.ts';

/** The waiting room in a real browser, with API, worker, mail and beacon: what is promised to those who wait. */

const browserPath = '/usr/bin/chromium';
const shots = process.env['QUEUE_SHOTS'];

describe('the waiting room in a browser', () => {
  let world: QueueWorld;
  let browser: Browser;

  beforeAll(async () => {
    world = await openQueueWorld();
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const shot = async (page: Page, name: string) => {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  };
  const kind = (page: Page, ...kinds: string[]) =>
    page.waitForSelector(kinds.map((one) => `#stage[data-kind="${one}"]`).join(', '), { timeout: 40_000 });
  const queueOf = async (slug: string): Promise<QueueView> => {
    const response = await fetch(`${world.origin}/v1/events/${slug}/queue`);
    return (await response.json()) as QueueView;
  };
  const heldBy = async (page: Page, slug: string): Promise<Held> =>
    JSON.parse(await page.evaluate(`localStorage.getItem('antre.place.${slug}') ?? '{}'`)) as Held;
  const lookNow = (page: Page) => page.evaluate("window.dispatchEvent(new Event('online'))");
  const faultsOf = (page: Page): string[] => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on(
      'console',
      (message) => /Content Security Policy|Trusted/.test(message.text()) && faults.push(message.text()),
    );
    return faults;
  };
  const phone = (): Promise<BrowserContext> =>
    browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'id-ID', deviceScaleFactor: 2 });

  test('from the event to the line, by a code from the mail, through the draw, to an order and its tickets', async () => {
    const event = await world.room({ difficulty: 4000, rateMax: 0.1 });
    const context = await phone();
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(`${world.origin}/events/${event.slug}`);
    await shot(page, '01-event');
    expect(await page.isVisible('#place')).toBe(false);
    await page.click('#room-link');
    await kind(page, 'join');
    await shot(page, '02-join');
    const email = 'Ayu.Lestari@Pembeli.test';
    await page.fill('#email', email);
    await page.click('#send-code');
    await page.waitForSelector('#code-form:not([hidden])');
    // On a phone, going to the mail may lose the page.
    await page.reload();
    await page.waitForSelector('#code-form:not([hidden])');
    await shot(page, '03-code');
    await page.fill('#otp', await world.codeFor(email));
    await page.click('#confirm');
    await kind(page, 'joined');
    await shot(page, '04-joined');
    await world.others(event, 11);
    await world.freezeNow(event);
    await lookNow(page);
    await kind(page, 'drawing');
    await shot(page, '05-drawing');

    // The position that the page computes is the one that the service goes by; nobody told it.
    await kind(page, 'waiting');
    await shot(page, '06-waiting');
    const document = await queueOf(event.slug);
    const held = await heldBy(page, event.slug);
    const draw = { drawKey: Buffer.from(document.draw?.drawKey ?? '', 'hex'), frozenPlaces: document.places };
    const position = positionOf(draw, held.place?.index ?? -1);
    expect(await page.textContent('#number')).toBe(String(position + 1));
    await page.click('#verify');
    await page.waitForSelector('#checks li:nth-child(8)', { timeout: 20_000 });
    await page.evaluate("document.querySelector('#checks').scrollIntoView()");
    await shot(page, '07-verified');
    expect(await page.locator('.verdict-right').count()).toBe(8);

    // Without a pass nothing can be ordered here; then the turn comes.
    await page.goto(`${world.origin}/events/${event.slug}`);
    expect(await page.isVisible('#place')).toBe(false);
    await page.goBack();
    await kind(page, 'waiting');
    await world.set(event, { rateMax: 200 });
    await until(async () => (await queueOf(event.slug)).serving > position);
    await lookNow(page);
    await kind(page, 'passed');
    expect(await page.title()).toContain('Giliran Anda!');
    await shot(page, '08-passed');
    await page.click('#go');
    await page.waitForSelector('#place:visible');
    await shot(page, '09-checkout');
    expect(await page.inputValue('#email')).toBe(email);
    await page.click('[data-step="1"]');
    await page.fill('#name', 'Ayu Lestari');
    await page.fill('#phone', '0812 3456 7890');
    await page.click('#place');
    await page.waitForURL('**/orders/ord_*');
    await page.waitForSelector('.ticket img');
    await page.goto(`${world.origin}/events/${event.slug}/queue`);
    await kind(page, 'spent');
    await shot(page, '10-spent');
    await page.click('#go');
    await page.waitForSelector('.ticket img');
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);
});
