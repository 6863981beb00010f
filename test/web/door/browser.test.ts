import { generate } from 'lean-qr';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { type DoorPages, openDoorPages } from '../support/door-pages.ts';

describe('the door in a browser', () => {
  let door: DoorPages;
  let browser: DoorPages['browser'];
  let sql: DoorPages['sql'];
  let event: DoorPages['event'];
  let origin: string;
  let token: string;

  beforeAll(async () => {
    door = await openDoorPages();
    ({ browser, sql, event, origin } = door);
    token = await door.addDevice('Gate');
  });
  afterAll(() => door?.close());

  const startScanning = async (page: Page) => {
    await page.goto(`${origin}/door?lang=en`);
    await page.click('details.promo summary');
    await page.fill('#deviceToken', token);
    await page.click('#device-submit');
    await page.click('#choice-submit:not([disabled])');
    await page.waitForSelector('#scanner:not([hidden])');
  };
  test('a token that pairs nothing stays in its field, with the reason below it', async () => {
    const page = await browser.newPage({ serviceWorkers: 'block' });
    await page.goto(`${origin}/door?lang=en#device=dev_unknown`);
    await page.route('**/v1/sessions/current', (route) => route.abort());
    await page.click('#device-submit');
    await page.waitForSelector('#device-message:has-text("then try again.")');
    await page.unroute('**/v1/sessions/current');
    await page.click('#device-submit');
    await page.waitForSelector('#device-message:has-text("ask the organiser for a new one")');
    expect(await page.inputValue('#deviceToken')).toBe('dev_unknown');
    await page.fill('#deviceToken', token);
    await page.click('#device-submit');
    await page.waitForSelector('#choice-submit:not([disabled])');
    await until(async () => (await page.inputValue('#deviceToken')) === '');
    await page.close();
  });

  const ticketCode = async () => (await addTickets(sql, event, 1))[0]?.code ?? '';
  const admitted = (page: Page, count: number) => page.waitForSelector(`#count-here:text-is("${count}")`);

  test('a keyboard scanner may end with Tab, Enter, both or nothing, with the focus anywhere', async () => {
    const page = await browser.newPage();
    await startScanning(page);
    let count = 0;
    for (const focus of ['#code', 'body'] as const) {
      for (const end of [['Tab'], ['Enter'], ['Tab', 'Enter'], ['Enter', 'Enter'], []]) {
        if (focus === '#code') await page.focus('#code');
        else await page.evaluate('document.activeElement.blur()');
        await page.keyboard.type(`]Q3${(await ticketCode()).toLowerCase()}`, { delay: 2 });
        for (const key of end) await page.keyboard.press(key);
        count += 1;
        await admitted(page, count);
        expect(await page.textContent('#answer-title')).toBe('Come in');
        expect(await page.inputValue('#code')).toBe('');
      }
    }
    const kept = await sql`select distinct device_id from scans where event_id = ${event.eventId}`;
    expect(kept).toEqual([{ device_id: await page.evaluate("localStorage.getItem('antre.door.device')") }]);
    await page.close();
  });

  test('a slow keyboard scanner is read completely', async () => {
    const page = await browser.newPage();
    await startScanning(page);
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.type(await ticketCode(), { delay: 150 });
    await admitted(page, 1);
    await page.close();
  });

  test('a keyboard that is set to another country costs no ticket: Y and Z are swapped', async () => {
    const page = await browser.newPage();
    await startScanning(page);
    const before = Number(await page.textContent('#count-here'));
    for (let tries = 0, swapped = 0; swapped < 1 && tries < 50; tries += 1) {
      const code = await ticketCode();
      if (!/[YZ]/.test(code)) continue;
      swapped += 1;
      const keys = Array.from(code, (letter) => ({
        key: { Y: 'Z', Z: 'Y' }[letter] ?? letter,
        code: /\d/.test(letter) ? `Digit${letter}` : `Key${letter}`,
        bubbles: true,
        cancelable: true,
      }));
      await page.evaluate(
        `for (const key of ${JSON.stringify(keys)}) document.dispatchEvent(new KeyboardEvent('keydown', key))`,
      );
      await admitted(page, before + 1);
    }
    await page.close();
  });

  test('a phone that is paired while the service refuses for load, or is out of reach, goes on by itself', async () => {
    // Without its worker, so that the test sees the calls of the page.
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    let asked = 0;
    await page.route('**/v1/sessions/current', (route) => {
      asked += 1;
      if (asked === 1) return route.fulfill({ status: 503, headers: { 'retry-after': '1' }, body: '' });
      return asked === 2 ? route.abort() : route.continue();
    });
    await page.goto(`${origin}/door?lang=en#device=${token}`);
    await page.click('#device-submit');
    await page.waitForSelector('#device-message:not(:empty)');
    await page.click('#choice-submit:not([disabled])');
    await page.waitForSelector('#scanner:not([hidden])');
    expect(asked).toBe(3);
    await context.close();
  });

  test('the decoder of the camera reads a code beside the page', async () => {
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${origin}/door?lang=en`);
    const code = await ticketCode();
    const { size, get } = generate(code);
    const side = (size + 8) * 4;
    const dark = Array.from({ length: side * side }, (_, at) => {
      const [x, y] = [Math.floor((at % side) / 4) - 4, Math.floor(Math.floor(at / side) / 4) - 4];
      return x >= 0 && y >= 0 && x < size && y < size && get(x, y);
    });
    const pixels = dark.map((isDark) => (isDark ? '1' : '0')).join('');
    const read = await page.evaluate(`new Promise((resolve, reject) => {
      const worker = new Worker(document.getElementById('video').dataset.decoder);
      const picture = new ImageData(${side}, ${side});
      [...'${pixels}'].forEach((one, at) => picture.data.set(one === '1' ? [0, 0, 0, 255] : [255, 255, 255, 255], at * 4));
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => reject(new Error('the worker failed'));
      worker.postMessage(picture, [picture.data.buffer]);
    })`);
    expect(read).toBe(code);
    await context.close();
  });
});
