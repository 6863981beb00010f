import { generate } from 'lean-qr';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { type DoorPages, openDoorPages, scan } from '../support/door-pages.ts';
import { type Held, decoding, sensing } from '../support/door-senses.ts';

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
    await sql`insert into door_settings (event_id, shows_names) values (${event.eventId}, true)`;
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

  test('the decoder of the camera reads codes as they are held: turned, blurred, inverted, far away, and long', async () => {
    // A policy of the page would keep the test from starting the decoder by itself.
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${origin}/door?lang=en`);
    await page.evaluate(decoding);
    const short = await ticketCode();
    const long = `${'083G00F2800SKW62MET7RQCEKW822CJ3AHJG1W'.repeat(4).slice(0, 140 - short.length)}${short}`;
    const read = (code: string, held: Held) => {
      const { size, get } = generate(code);
      const dark = Array.from({ length: size * size }, (_, at) => [at % size, Math.floor(at / size)] as const);
      const squares = dark.filter(([x, y]) => get(x, y));
      return page.evaluate(`decode(${JSON.stringify(squares)}, ${size}, ${JSON.stringify(held)})`);
    };
    const plain: Held = { pixels: 8, turned: 0, filter: 'none' };
    for (const [code, held] of [
      [short, plain],
      [long, plain],
      [short, { ...plain, turned: 0.6 }],
      [long, { ...plain, pixels: 6, turned: 3.5 }],
      [short, { ...plain, filter: 'blur(3px)' }],
      [long, { ...plain, filter: 'blur(3px)' }],
      [short, { ...plain, filter: 'invert(1)' }],
      [long, { ...plain, filter: 'invert(1)' }],
      [short, { ...plain, pixels: 2 }],
      [long, { ...plain, pixels: 2 }],
    ] as const) {
      expect([code.length, held, await read(code, held)]).toEqual([code.length, held, code]);
    }
    expect(await page.evaluate(`decode([], 0, ${JSON.stringify(plain)})`)).toBeNull();
    await context.close();
  });

  test('markup in codes and names is shown as text', async () => {
    const markup = '<img src=x onerror="document.title=1">';
    const [ticket] = await addTickets(sql, event, 1, { buyer: { name: markup, phone: '+6281234567000' } });
    const page = await browser.newPage();
    await startScanning(page);
    await page.waitForSelector('#list-age:text-is("List is current")');
    expect((await scan(page, markup)).title).toBe('Unknown ticket');
    expect((await scan(page, ticket?.code ?? '')).text).toContain(markup);
    await page.click('#history-open');
    await page.waitForSelector('#history-list li');
    expect(await page.textContent('#history-list')).toContain(markup);
    await page.keyboard.press('Escape');
    await page.click('#search-open');
    await page.fill('#search-text', 'img src');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#search-list li');
    expect(await page.textContent('#search-list')).toContain(markup);
    expect(await page.locator('img').count()).toBe(0);
    await page.close();
  });

  test('an answer is heard and felt, does not blind in the dark, and all is within reach of one thumb', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    await page.addInitScript(sensing);
    await startScanning(page);
    const code = await ticketCode();
    const answers = {
      'Come in': [['sine', 880, 0], ['sine', 1320, 0.1], 80],
      'Already used': [
        ['square', 196, 0],
        [180, 90, 180],
      ],
    };
    const icons = new Set<string | null>(['']);
    for (const [title, signals] of Object.entries(answers)) {
      await page.evaluate('window.sensed = []');
      expect((await scan(page, code)).title).toBe(title);
      expect(await page.evaluate('window.sensed')).toEqual(signals);
      expect(await page.isVisible('#answer-icon')).toBe(true);
      icons.add(await page.getAttribute('#answer-path', 'd'));
    }
    // Without colours, too, yes and no look different.
    expect(icons.size).toBe(3);
    await page.evaluate("document.getElementById('decide').hidden = false");
    for (const id of ['camera', 'search-open', 'history-open', 'code', 'code-submit', 'decide-yes', 'decide-no']) {
      const box = await page.locator(`#${id}`).boundingBox();
      expect([id, box !== null && box.y >= 844 / 2 && box.y + box.height <= 844]).toEqual([id, true]);
    }
    for (const look of ['good', 'bad', 'wait']) {
      await page.evaluate(`document.getElementById('answer').className = 'answer answer-${look}'`);
      expect([look, await page.evaluate<number>('luminance()')]).toEqual([look, expect.closeTo(0.05, 1)]);
    }
    await page.close();
  });

  test('the door can be installed, and says if the browser may delete what is not sent', async () => {
    const page = await browser.newPage();
    await page.addInitScript(`window.asked = [];
      navigator.storage.persist = async () => {
        window.asked.push('storage');
        return localStorage.getItem('keeps') !== null;
      };
      Object.defineProperty(navigator, 'standalone', { value: false });`);
    await startScanning(page);
    await page.waitForSelector('#storage-risk:not([hidden])');
    await page.click('[data-act="change"]');
    await page.waitForSelector('#install-by-hand:not([hidden])');
    expect(await page.isVisible('#install')).toBe(false);
    await page.evaluate(`window.dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
      prompt: async () => window.asked.push('install'),
    }))`);
    await page.click('#install');
    expect(await page.isVisible('#install')).toBe(false);
    await page.click('#choice-submit:not([disabled])');
    await until(() => page.evaluate<boolean>('window.asked.length === 3'));
    expect(await page.evaluate('window.asked')).toEqual(['storage', 'install', 'storage']);
    await page.evaluate("localStorage.setItem('keeps', 'yes')");
    await page.reload();
    await until(() => page.evaluate<boolean>('window.asked.length === 1'));
    await page.waitForSelector('#storage-risk', { state: 'hidden' });
    await page.close();
  });
});
