import { generate } from 'lean-qr';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { type DoorPages, inStore, openDoorPages, untilKept } from '../support/door-pages.ts';

/** The camera of a phone at the door, from the ticket that it sees to the answer, and a list that another page of the phone deletes. */

let door: DoorPages;
const deadline = 120_000;
beforeAll(async () => {
  door = await openDoorPages();
}, deadline);
afterAll(() => door?.close());

/**
 * A camera with a torch. It shows the squares of `window.seen`, or a blank picture. The browser asks for the permission as long as `window.asks` is
 * set.
 */
const camera = `
  window.opened = [];
  window.torches = [];
  window.seen = [];
  navigator.mediaDevices.getUserMedia = async () => {
    while (window.asks) await new Promise((resolve) => setTimeout(resolve, 20));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 480];
    const picture = canvas.getContext('2d');
    setInterval(() => {
      picture.fillStyle = '#fff';
      picture.fillRect(0, 0, 640, 480);
      picture.fillStyle = '#000';
      for (const [x, y] of window.seen) picture.fillRect(240 + x * 6, 160 + y * 6, 6, 6);
    }, 50);
    const stream = canvas.captureStream(10);
    const [track] = stream.getTracks();
    track.getCapabilities = () => ({ torch: true });
    track.applyConstraints = async ({ advanced }) => void window.torches.push(advanced[0].torch);
    window.opened.push(track);
    return stream;
  };
  window.see = (isHidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden });
    document.dispatchEvent(new Event('visibilitychange'));
  };`;
/** Holds a ticket in front of the camera. */
const hold = (page: Page, code: string) => {
  const { size, get } = generate(code);
  const squares = Array.from({ length: size * size }, (_, at) => [at % size, Math.floor(at / size)] as const);
  return page.evaluate(`window.seen = ${JSON.stringify(squares.filter(([x, y]) => get(x, y)))}`);
};
const running = (page: Page) => page.evaluate("window.opened.filter(({ readyState }) => readyState === 'live').length");
const label = (page: Page, text: string) => page.waitForSelector(`#camera:text-is("${text}")`);
const start = async (page: Page): Promise<void> => {
  await page.click('#camera');
  await label(page, 'Turn the camera off');
  await page.waitForSelector('[data-camera]');
};

describe('the camera at the door', { timeout: deadline }, () => {
  test('reads the ticket in its picture, and without a network by the files that the service worker keeps', async () => {
    const [first, second] = await addTickets(door.sql, door.event, 2);
    const { page, context } = await door.phoneAt(undefined);
    await untilKept(page);
    await page.evaluate(camera);
    await start(page);
    await hold(page, first?.code ?? '');
    await page.waitForSelector('#answer-title:text-is("Come in")');
    expect(await page.isVisible('#answer-offline')).toBe(false);

    await (await context.newCDPSession(page)).send('Network.clearBrowserCache');
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('#scanner:not([hidden])');
    await page.evaluate(camera);
    await start(page);
    await hold(page, second?.code ?? '');
    await page.waitForSelector('#answer-title:text-is("Come in")');
    expect(await page.isVisible('#answer-offline')).toBe(true);
    await context.close();
  });

  test('has its torch', async () => {
    const { page, context } = await door.phoneAt(undefined);
    await page.evaluate(camera);
    expect(await page.isVisible('#torch')).toBe(false);
    await start(page);
    for (const state of ['true', 'false']) {
      await page.click('#torch');
      await page.waitForSelector(`#torch[aria-pressed="${state}"]`);
    }
    expect(await page.evaluate('window.torches')).toEqual([true, false]);
    await context.close();
  });

  test('goes off with the scanner, says what it does, and goes on when the phone is unlocked', async () => {
    const { page, context } = await door.phoneAt(undefined);
    await page.evaluate(camera);
    await start(page);
    await page.click('[data-act="change"]');
    await page.click('#choice-submit:not([disabled])');
    expect([await page.textContent('#camera'), await running(page)]).toEqual(['Turn the camera on', 0]);

    await start(page);
    await page.evaluate('window.see(true)');
    await label(page, 'Turn the camera on');
    expect(await running(page)).toBe(0);
    await page.evaluate('window.see(false)');
    await label(page, 'Turn the camera off');
    expect(await running(page)).toBe(1);
    await page.click('#camera');
    await label(page, 'Turn the camera on');
    await page.evaluate('window.see(true); window.see(false)');
    await page.waitForTimeout(300);
    expect(await running(page)).toBe(0);

    // Another app takes the camera.
    await start(page);
    await page.evaluate("window.opened.at(-1).stop(); window.opened.at(-1).dispatchEvent(new Event('ended'))");
    await label(page, 'Turn the camera on');
    await context.close();
  });

  test('stays off if the scanner was left while the browser asked for the permission', async () => {
    const { page, context } = await door.phoneAt(undefined);
    await page.evaluate(`${camera} window.asks = true;`);
    await page.click('#camera');
    await page.click('[data-act="change"]');
    await page.waitForSelector('#choice:not([hidden])');
    await page.evaluate('window.asks = false');
    await until(() => page.evaluate<boolean>('window.opened.length === 1'));
    await page.waitForTimeout(200);
    expect(await running(page)).toBe(0);
    await context.close();
  });

  test('waits for the phone to be unlocked if it was locked while the camera was being turned on', async () => {
    const { page, context } = await door.phoneAt(undefined);
    await page.evaluate(`${camera} window.asks = true;`);
    await page.click('#camera');
    await page.evaluate('window.see(true); window.asks = false');
    await until(() => page.evaluate<boolean>('window.opened.length === 1'));
    await until(async () => (await running(page)) === 0);
    await page.evaluate('window.see(false)');
    await label(page, 'Turn the camera off');
    expect(await running(page)).toBe(1);
    await context.close();
  });
});

test('a list that another page of the phone deletes while it is read is read from its beginning', async () => {
  const tickets = await addTickets(door.sql, door.event, 3);
  const { page, context } = await door.phoneAt(undefined, { serviceWorkers: 'block' });
  const count = () => inStore<number>(page, 'entries', '(rows) => rows.length');
  const all = await count();
  expect(all).toBeGreaterThanOrEqual(tickets.length);
  let deleted = 0;
  const asked: string[] = [];
  await page.route('**/door-list**', async (route) => {
    asked.push(new URL(route.request().url()).searchParams.get('cursor') === null ? 'beginning' : 'changes');
    const response = await route.fetch();
    if (deleted === 0) {
      deleted += 1;
      await page.evaluate(`new Promise((resolve) => {
        const opening = indexedDB.open('antre.door');
        opening.onsuccess = () => {
          const tx = opening.result.transaction(['lists', 'entries'], 'readwrite');
          for (const store of ['lists', 'entries']) tx.objectStore(store).clear();
          tx.oncomplete = () => { opening.result.close(); resolve(undefined); };
        };
      })`);
    }
    await route.fulfill({ response });
  });
  await page.evaluate("window.dispatchEvent(new Event('online'))");
  await until(async () => deleted === 1 && (await page.textContent('#list-age')) === 'List is current');
  await until(async () => (await count()) === all);
  expect(asked.slice(0, 2)).toEqual(['changes', 'beginning']);
  await context.close();
});
