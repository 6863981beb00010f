import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { doorWords } from '../../../src/web/i18n/words/door/door.ts';
import { addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { pressOn } from '../../../testkit/web/keyboard.ts';
import { beyondWidth } from '../../../testkit/web/sizes.ts';
import { accessibilityFaults } from '../../../testkit/web/tour/faults.ts';
import { type DoorPages, openDoorPages, scan, untilKept } from '../support/door-pages.ts';

/** Guards that staff turn a phone from entry to exit with one tap where they scan, and that it stays so. */

const deadline = 120_000;
let door: DoorPages;
beforeAll(async () => {
  door = await openDoorPages();
  const { sql, event } = door;
  await sql`insert into gates (event_id, id, name, name_key) values (${event.eventId}, ${newId('gat')}, 'North', 'north')`;
}, deadline);
afterAll(() => door?.close());

const ticket = async () => (await addTickets(door.sql, door.event, 1))[0]?.code ?? '';
const turn = (page: Page, words: string) => page.locator('.door-turn label', { hasText: words }).click();
const place = (page: Page) => page.textContent('#scan-gate');
const isExit = (page: Page) => page.isChecked('.door-turn input[value="exit"]');

test(
  'one tap turns the phone to exit, in words, over a reload, without a network, and on the page of gates',
  async () => {
    const { page, context } = await door.phoneAt('North');
    await untilKept(page);
    const [first, second] = [await ticket(), await ticket()];
    await page.evaluate("window.dispatchEvent(new Event('online'))");
    expect(await place(page)).toBe('North · Entry');
    expect((await scan(page, first)).title).toBe('Come in');
    await turn(page, 'Exit');
    expect([await place(page), await isExit(page)]).toEqual(['North · Exit', true]);
    // What was said about an entry does not stand beside the word exit.
    expect(await page.textContent('#answer-title')).toBe('Ready to scan');
    expect((await scan(page, first)).title).toBe('Checked out');
    await page.reload();
    await page.waitForSelector('#scanner:not([hidden])');
    expect([await place(page), await isExit(page)]).toEqual(['North · Exit', true]);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await beyondWidth(page)).toBe(0);

    await until(async () => (await page.textContent('#list-age')) === 'List is current');
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('#scanner:not([hidden])');
    await until(() => isExit(page));
    expect(await scan(page, first)).toMatchObject({ title: 'Has left already', isOffline: true });
    await turn(page, 'Entry');
    expect(await scan(page, second)).toMatchObject({ title: 'Come in', isOffline: true });
    await pressOn(page.locator('.door-turn input:checked'), 'Space');
    await page.keyboard.press('ArrowRight');
    expect(await place(page)).toBe('North · Exit');
    await page.click('[data-act="change"]');
    expect(await page.isChecked('input[name="direction"][value="exit"]')).toBe(true);
    await context.close();
  },
  deadline,
);

test(
  'the direction is said in Indonesian, too',
  async () => {
    const { page, context } = await door.phoneAt('North');
    await page.goto(`${door.origin}/door?lang=id`);
    await page.waitForSelector('#scanner:not([hidden])');
    const { entry, exit } = doorWords.id;
    expect(await page.locator('.door-turn label').allTextContents()).toEqual([entry, exit]);
    await turn(page, exit);
    expect(await place(page)).toBe(`North · ${exit}`);
    await context.close();
  },
  deadline,
);

test(
  'a scan that waits for an answer keeps the direction in which it was scanned',
  async () => {
    const { page, context } = await door.phoneAt('North', { serviceWorkers: 'block' });
    const asked: string[] = [];
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/v1/check-ins', async (route) => {
      asked.push((route.request().postDataJSON() as { direction: string }).direction);
      await held;
      await route.continue();
    });
    for (const code of [await ticket(), await ticket()]) {
      await page.fill('#code', code);
      await page.click('#code-submit');
    }
    await turn(page, 'Exit');
    answer();
    await until(() => asked.length === 2);
    expect(asked).toEqual(['entry', 'entry']);
    await context.close();
  },
  deadline,
);
