import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { positionOf } from '../../../src/waiting-room/draw/index.ts';
import type { Held } from '../../../src/web/client/queue/held-place.ts';
import type { QueueView } from '../../../src/web/client/queue/queue-view.ts';
import { type TestBrowser, openBrowser } from '../../../testkit/processes/browser.ts';
import { beyondWidth, desktop } from '../../../testkit/web/sizes.ts';
import { lookNow, lookUntil } from '../support/look-until.ts';
import { type QueueWorld, openQueueWorld } from '../support/queue-world.ts';
import { watchRequests } from '../support/watch-requests.ts';
import { until } from '../../../testkit/until.ts';

/** The waiting room in a real browser, with API, worker, mail and beacon: the promises to people who wait. */

/** A folder for pictures of each stage, for whoever wants to look at them. */
const shots = process.env['QUEUE_SHOTS'];

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

  test('a buyer gets from the event to the line by a code from the mail and through the draw on a phone, and to an order and its tickets at a desktop', async () => {
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
    // On a phone, opening the mail app may discard the page.
    await page.reload();
    await page.waitForSelector('#code-form:not([hidden])');
    await shot(page, '03-code');
    await page.fill('#otp', await world.codeFor(email));
    await page.click('#confirm');
    await kind(page, 'joined');
    await shot(page, '04-joined');
    await world.others(event, 11);
    // Until this test lets it, the room calls nobody: the place may be the first in line.
    await world.set(event, { isPaused: true });
    await world.freezeNow(event);
    await until(async () => (await queueOf(event.slug)).phase !== 'pre_queue');
    await lookNow(page);
    await kind(page, 'drawing', 'drawn', 'waiting');
    await shot(page, '05-drawing');

    // The page computes its position by itself, and it equals the service's.
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
    // This browser cannot check what it did not see in time. It reports no fault.
    expect(await page.locator('.verdict-wrong').count()).toBe(0);
    expect(await page.locator('.verdict-right').count()).toBeGreaterThanOrEqual(7);

    // Without a pass nothing can be ordered here; then the turn comes.
    await page.goto(`${world.origin}/events/${event.slug}`);
    expect(await page.isVisible('#place')).toBe(false);
    await page.goBack();
    await kind(page, 'waiting');
    await world.set(event, { rateMax: 200, isPaused: false });
    await until(async () => (await queueOf(event.slug)).serving > position);
    await lookUntil(page, 'passed');
    expect(await page.title()).toContain('Giliran Anda!');
    await shot(page, '08-passed');
    await page.setViewportSize(desktop);
    expect(await beyondWidth(page)).toBe(0);
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
    expect(await beyondWidth(page)).toBe(0);
    await page.goto(`${world.origin}/events/${event.slug}/queue`);
    await kind(page, 'spent');
    await shot(page, '10-spent');
    await page.click('#go');
    await page.waitForSelector('.ticket img');
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  test('a lost connection and a restarted API lose nothing; nobody orders past the line', async () => {
    const event = await world.room();
    const context = await phone();
    const page = await context.newPage();
    const faults = faultsOf(page);
    const url = `${world.origin}/events/${event.slug}/queue?lang=en`;
    await page.goto(url);
    await kind(page, 'join');
    await page.click('[name="way"][value="phone"]');
    expect(await page.isVisible('#phone')).toBe(true);
    await page.click('#send-code');
    expect(await page.textContent('#phone-error')).toContain('phone number');
    await page.click('[name="way"][value="email"]');
    await page.fill('#email', 'budi@pembeli.test');
    await page.click('#send-code');
    await page.waitForSelector('#code-form:not([hidden])');
    const code = await world.codeFor('budi@pembeli.test');
    await page.fill('#otp', String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
    await page.click('#confirm');
    await page.waitForSelector('#form-message:not([hidden])');
    expect(await page.textContent('#form-message')).toContain('wrong or has expired');
    await page.fill('#otp', code);
    await page.click('#confirm');
    await kind(page, 'joined');
    const held = await heldBy(page, event.slug);

    await context.setOffline(true);
    await lookNow(page);
    await page.waitForSelector('#away:not([hidden])');
    expect(await page.textContent('#away')).toContain('Your place is safe');
    expect(await page.isVisible('#stage')).toBe(true);
    await context.setOffline(false);
    await page.waitForSelector('#away', { state: 'hidden' });
    await world.restartApi(async () => {
      await lookNow(page);
      await page.waitForSelector('#away:not([hidden])');
    });
    await lookNow(page);
    await page.waitForSelector('#away', { state: 'hidden' });
    await page.reload();
    await kind(page, 'joined');
    expect((await heldBy(page, event.slug)).place).toEqual(held.place);

    // The page believes that the line is over. The order is refused, with an explanation and a link.
    await page.route('**/queue', async (route) => {
      if (!route.request().url().includes('/v1/')) return route.continue();
      return route.fulfill({ json: { ...(await queueOf(event.slug)), phase: 'over' } });
    });
    await page.goto(`${world.origin}/events/${event.slug}?lang=en`);
    await page.waitForSelector('#place:visible');
    await page.click('[data-step="1"]');
    await page.fill('#name', 'Budi');
    await page.fill('#email', 'budi@pembeli.test');
    await page.fill('#phone', '0812 1111 2222');
    await page.click('#place');
    await page.waitForSelector('#form-message a');
    expect(await page.textContent('#form-message')).toContain('has a waiting room');
    await page.click('#form-message a');
    await page.waitForURL(`**/events/${event.slug}/queue?lang=en`);
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);

  test('a change that the stream brings is shown without a request, since all pages would send it at once', async () => {
    const event = await world.room();
    const context = await phone();
    const page = await context.newPage();
    const requests = watchRequests(page, `/v1/events/${event.slug}/queue`);
    await page.goto(`${world.origin}/events/${event.slug}/queue`);
    await kind(page, 'join');
    await requests.untilFollowing();
    const before = requests.asked();
    await world.set(event, { phase: 'over' });
    await kind(page, 'over');
    await page.waitForTimeout(300);
    expect(requests.asked()).toBe(before);
    await context.close();
  });

  test('each end of a wait is explained in one sentence, with a next step', async () => {
    const event = await world.room();
    const context = await phone();
    const page = await context.newPage();
    let said: Partial<QueueView> = {};
    await page.route('**/v1/events/*/queue', async (route) =>
      route.fulfill({ json: { ...(await queueOf(event.slug)), ...said } }),
    );
    // The stream would send the document as it really is.
    await page.route('**/v1/events/*/stream', (route) => route.fulfill({ status: 404, body: '' }));
    const place = {
      token: 'place.x',
      index: 4,
      accountKey: 'a',
      salt: '00',
      address: { kind: 'email', text: 'a@b.test' },
    };
    const open = async (state: Held, document: Partial<QueueView>, wanted: string) => {
      said = { servingAt: new Date().toISOString(), serving: 2, places: 9, ...document };
      await page.goto(`${world.origin}/find-order`);
      await page.evaluate(`localStorage.setItem('antre.place.${event.slug}', '${JSON.stringify(state)}')`);
      await page.goto(`${world.origin}/events/${event.slug}/queue?lang=en`);
      await kind(page, wanted);
      await shot(page, `end-${wanted}`);
    };
    const draw = {
      number: 1,
      state: 'drawn',
      seedHash: '00',
      beaconRound: 1,
      beaconRoundAt: said.servingAt ?? '',
      frozenPlaces: 2,
    } as const;
    const held = { place } as Held;
    await open(held, { phase: 'probably_sold_out', draw }, 'sold_out');
    expect(await page.textContent('#stage-title')).toBe('Probably sold out');
    await open({}, { phase: 'probably_sold_out', draw }, 'sold_out');
    expect(await page.isVisible('#join')).toBe(false);
    await open(held, { phase: 'open', draw, lapsedBelow: 5, serving: 9 }, 'lapsed');
    expect(await page.isVisible('#other-address')).toBe(true);
    await open({ ...held, spentBy: '' }, { phase: 'open', draw }, 'spent');
    expect(await page.getAttribute('#go', 'href')).toBe('/find-order?lang=en');
    // The order's page knows how the order ended, and this page asks for it.
    await page.route('**/v1/orders/ord_*', (route) => route.fulfill({ json: { status: 'expired' } }));
    await open({ ...held, spentBy: 'ord_1' }, { phase: 'open', draw, lapsedBelow: 5, serving: 9 }, 'unpaid');
    expect(await page.isVisible('#rejoin')).toBe(true);
    await open(held, { phase: 'over', draw }, 'over');
    expect(await page.getAttribute('#go', 'href')).toBe(`/events/${event.slug}?lang=en`);
    await open(held, { phase: 'over', draw, stock: 'none' }, 'all_sold');
    expect(await page.textContent('#stage-text')).toContain('Nobody is called any more');
    await open(held, { phase: 'over', draw, isSaleOver: true }, 'sale_over');
    expect(await page.textContent('#stage-text')).toContain('no longer sold');
    await open(held, { phase: 'open', draw, isPaused: true, ratePerSecond: 0 }, 'waiting');
    expect(await page.textContent('#stage-note')).toContain('paused');
    expect(await page.textContent('#estimate')).toBe('cannot be said yet');
    // The service does not know the place: the page says so, and offers another one.
    await open(held, { phase: 'open', draw, serving: 9 }, 'join');
    expect(await page.textContent('#form-message')).toContain('not good any more');
    await page.waitForSelector('#address-form:not([hidden])');
    await context.close();
  });
});
