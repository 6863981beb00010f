import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addTickets } from '../../testkit/check-in/door-event.ts';
import { type DoorPages, openDoorPages } from './support/door-pages.ts';

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
});
