import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noPages, type Stop } from '../../testkit/web/tour/stop.ts';
import { stopsOf } from '../../testkit/web/tour/stops.ts';
import {
  accessibilityFaults,
  focusFaults,
  jumpOf,
  smallScreenFaults,
  structureOf,
  weightFaults,
  widerScreenFaults,
} from '../../testkit/web/tour/faults.ts';
import { desktop, phone } from '../../testkit/web/sizes.ts';
import { type Sessions, createVisitor, signInToDesk, tourLanguages } from '../../testkit/web/tour/visit.ts';
import { type TourWorld, openTourWorld, tourSlug } from '../../testkit/web/tour/world.ts';
import { delayMsOf, openThrottledPage, paintMsOf } from '../../testkit/web/throttled-phone.ts';

/**
 * Guards that everyone can use every page. A public page has at most 60 KB with all its files, and no layout shift. axe finds nothing in
 * either theme, nor in the other language where a page differs in more than words. Nothing is wider than 320 pixels, wider screens show the whole navigation of the desk, and no word is broken.
 * The keyboard focus is visible, and every control is large enough for a finger. `npm run screens` takes screenshots instead.
 */

const tourMs = 600_000;
const atOnce = 2;
/** Part of the names of the stops to visit. */
const only = process.env['TOUR'];
const pictures = process.env['SCREENS'];

let world: TourWorld;
let sessions: Sessions;
let stops: readonly Stop[];

beforeAll(async () => {
  world = await openTourWorld();
  sessions = await signInToDesk(world);
  stops = stopsOf(world);
}, 120_000);
afterAll(() => world?.close());

/** Pages that scripts fill, and what is there when they are whole. */
const steady = [
  ['order paid', '.ticket'],
  ['order gift', '.ticket'],
  ['order pending', '#pay:not([hidden])'],
  ['ticket received', '#ticket:not([hidden])'],
  ['ticket waiting list', '#confirm:not([hidden])'],
  ['queue waiting', '#line:not([hidden])'],
  ['queue join', '#join:not([hidden])'],
  ['event', '#place:not([disabled])'],
] as const;
/** A twentieth of the window. */
const steadyMax = 0.05;

/** Visits a public page of the tour with some trouble. */
async function visitAs(
  name: string,
  { before }: { readonly before: (page: Page) => Promise<unknown> },
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const stop = stops.find((one) => one.name === name);
  if (stop === undefined) throw new Error(`no stop ${name}`);
  const visitor = createVisitor(world, sessions);
  const troubled = async (page: Page) => {
    await stop.before?.(page);
    await before(page);
  };
  await visitor.visit({ stop: { ...stop, before: troubled }, language: 'id', size: phone }, look);
  await visitor.close();
}

/** Each address of the API is refused once, as a service does that has too much to do. */
async function refuseOnce(page: Page): Promise<void> {
  const refused = new Set<string>();
  await page.route('**/v1/**', (route) => {
    const { pathname } = new URL(route.request().url());
    if (refused.has(pathname)) return route.fallback();
    refused.add(pathname);
    return route.fulfill({
      status: 503,
      headers: { 'retry-after': '1' },
      json: { status: 503, code: 'service.overloaded' },
    });
  });
}

async function tour(
  look: (page: Page, stop: Stop, language: string) => Promise<void>,
  size: typeof phone,
): Promise<string[]> {
  const rounds = tourLanguages.flatMap((language) => stops.map((stop) => ({ stop, language })));
  const waiting = rounds.filter(({ stop }) => only === undefined || stop.name.includes(only));
  const lost: string[] = [];
  const walk = async () => {
    const visitor = createVisitor(world, sessions);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { stop, language } = next;
      await visitor
        .visit({ stop, language, size }, (page) => look(page, stop, language))
        .catch((error: unknown) => lost.push(String(error)));
    }
    await visitor.close();
  };
  await Promise.all(Array.from({ length: atOnce }, walk));
  return lost;
}

const checks = (): void => {
  test('each page of the service is on the tour', () => {
    const toured = new Set(stops.map(({ route }) => route));
    const pages = world.routes
      .filter(
        ({ method, path }) => method === 'GET' && !/^\/(v1|assets|docs|openapi|health|ready|live|problems)/.test(path),
      )
      .map(({ path }) => path)
      .filter((path) => !noPages.includes(path) && !path.includes(':file'));
    expect([...new Set(pages)].filter((path) => !toured.has(path))).toEqual([]);
  });

  test('show and answer on a throttled phone as the output says; `npm run bench -- pages` has the bars', async () => {
    const page = await openThrottledPage(world.browser);
    await page.goto(`${world.origin}/events/${tourSlug}?lang=id`, { waitUntil: 'load' });
    await page.waitForSelector('#place:not([disabled])');
    const paintMs = await paintMsOf(page);
    await page.click('[data-step="1"]:not([disabled])');
    await page.click('#place');
    await page.waitForSelector('#name-error:not([hidden])');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))');
    const delayMs = await delayMsOf(page);
    console.info(`event page on a throttled phone: LCP ${Math.round(paintMs)} ms, INP ${Math.round(delayMs)} ms`);
    expect(paintMs).toBeGreaterThan(0);
    await page.context().close();
  });

  test.each(steady)('%s does not jump when a busy service refuses each first request', async (name, end) => {
    await visitAs(name, { before: refuseOnce }, async (page) => {
      await page.waitForSelector(end);
      expect(await jumpOf(page)).toBeLessThan(steadyMax);
    });
  });

  test('an order does not jump when its copy for the time without a network is kept late', async () => {
    const released = Promise.withResolvers<void>();
    const late = (page: Page) =>
      page.route('**/qr.svg', (route) => released.promise.then(() => route.fallback()).catch(() => undefined));
    await visitAs('order paid', { before: late }, async (page) => {
      await page.waitForSelector('#transfers:not([hidden])');
      await page.evaluate(`document.querySelector('#transfers').scrollIntoView({ block: 'end' })`);
      released.resolve();
      await page.waitForSelector('#kept:not([hidden])');
      expect(await jumpOf(page)).toBeLessThan(steadyMax);
    });
  });

  test('a page jumps by what moves later than the frame that answers a click, and not by what moves in it', async () => {
    const jumpAfter = async (act: string) => {
      const page = await world.browser.newPage({ viewport: phone });
      await page.setContent(`<button>Press</button><p id="late" hidden style="height: 300px"></p><p style="height: 300px">Text</p><script>
        const busy = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); };
        const move = () => { document.querySelector('#late').hidden = false; };
        document.querySelector('button').addEventListener('click', () => { ${act} });</script>`);
      await page.click('button');
      await page.waitForSelector('#late:not([hidden])');
      const jump = await jumpOf(page);
      await page.close();
      return jump;
    };
    expect(await jumpAfter('busy(700); move();')).toBe(0);
    expect(await jumpAfter('setTimeout(move, 700);')).toBeGreaterThan(0.1);
  });

  test('can be used by everyone', { timeout: tourMs }, async () => {
    const faults: string[] = [];
    const judged = new Map<string, string>();
    const lost = await tour(async (page, { name, route, as }, language) => {
      const isPublic = as === undefined && route !== '/door';
      const weight = isPublic ? await weightFaults(page) : [];
      const structure = await structureOf(page);
      const isJudged = judged.get(name) === structure;
      judged.set(name, structure);
      const found = [
        ...weight,
        ...(isJudged ? [] : [...(await accessibilityFaults(page)), ...(await focusFaults(page))]),
        ...(await smallScreenFaults(page)),
        ...(await widerScreenFaults(page)),
      ];
      faults.push(...found.map((fault) => `${name} (${language}) ${fault}`));
    }, phone);
    expect([...lost, ...faults]).toEqual([]);
  });
};

const takePictures = (): void => {
  test('of each page', { timeout: tourMs }, async () => {
    const folder = pictures ?? '';
    for (const [width, size] of Object.entries({ phone, desktop })) {
      const lost = await tour(async (page, { name }, language) => {
        for (const theme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme: theme });
          const of = join(folder, `${width}-${language}-${theme}`);
          mkdirSync(of, { recursive: true });
          await page.screenshot({ path: join(of, `${name.replaceAll(' ', '-')}.png`), fullPage: true });
        }
      }, size);
      expect(lost).toEqual([]);
    }
  });
};

if (pictures === undefined) describe('the pages', checks);
else describe('pictures', takePictures);
