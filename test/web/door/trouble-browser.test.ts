import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { addDoorEvent, addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { type DoorPages, inStore, openDoorPages, scan, syncList } from '../support/door-pages.ts';

/** What goes wrong with phones at a door: full storage, lost answers, networks that say nothing, gates that change, other releases. */

let door: DoorPages;
let sql: DoorPages['sql'];
let event: DoorPages['event'];
const deadline = 120_000;
/** Playwright's routes see the calls of a page only if no service worker handles them. */
const noWorker = { serviceWorkers: 'block' } as const;

beforeAll(async () => {
  door = await openDoorPages();
  ({ sql, event } = door);
}, deadline);
afterAll(() => door?.close());

const sync = (page: Page) => page.evaluate("window.dispatchEvent(new Event('online'))");
const ticketCode = async () => (await addTickets(sql, event, 1))[0]?.code ?? '';
const unsent = (page: Page, text: string) => page.waitForSelector(`#unsent:text-is("${text}")`);

/** When the list of the page was current. */
const listTime = (page: Page) => inStore<string>(page, 'lists', '(rows) => rows[0].asOf');

async function addGate(
  name: string,
  rules: { zoneId?: string; categories?: string[]; reEntry?: string } = {},
): Promise<string> {
  const id = newId('gat');
  await sql`insert into gates (event_id, id, name, name_key, zone_id, ticket_category_ids, re_entry)
    values (${event.eventId}, ${id}, ${name}, ${name.toLowerCase()}, ${rules.zoneId ?? null}, ${rules.categories ?? null},
      ${rules.reEntry ?? 'after_exit'})`;
  return id;
}

/** Takes back the newest scan that can be taken back, or an older one. */
async function undo(page: Page, place = 0, commonReason?: string): Promise<void> {
  if (await page.isHidden('#history')) await page.click('#history-open');
  const item = page.locator('#history-list li:has(.link-button)').nth(place);
  await item.locator('.link-button').click();
  if (commonReason !== undefined) return item.getByRole('button', { name: commonReason, exact: true }).click();
  await item.locator('input').fill('Wrong person');
  await item.locator('form .button:not(.button-quiet)').click();
}

const closeHistory = (page: Page) => page.click('#history [data-act="close-panel"]');

describe('a door in trouble', { timeout: deadline }, () => {
  test('a phone whose storage was full says so, and hands in again once it has space', async () => {
    const { page, context } = await door.phoneAt(undefined);
    const code = await ticketCode();
    await sync(page);
    await page.evaluate(`window.ownPut = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...given) {
        if (this.name === 'lists') throw new DOMException('full', 'QuotaExceededError');
        return window.ownPut.apply(this, given);
      };`);
    await sync(page);
    await page.waitForSelector('#list-age:text-matches("^Storage on this phone is full")');
    await page.evaluate('IDBObjectStore.prototype.put = window.ownPut');
    await sync(page);
    await page.waitForSelector('#list-age:text-is("List is current")');
    await context.setOffline(true);
    expect(await scan(page, code)).toMatchObject({ title: 'Come in', isOffline: true });
    await context.setOffline(false);
    await unsent(page, 'All sent');
    await context.close();
  });

  test('a store that could not be opened is opened the next time', async () => {
    const { page, context } = await door.phoneAt(undefined);
    await page.addInitScript(`const open = IDBFactory.prototype.open;
      let tries = 0;
      IDBFactory.prototype.open = function (...given) {
        tries += 1;
        if (tries <= 3) throw new DOMException('Internal error', 'UnknownError');
        return open.apply(this, given);
      };`);
    await page.reload();
    await page.waitForSelector('#scanner:not([hidden])');
    await sync(page);
    await page.waitForSelector('#list-age:text-is("List is current")');
    await context.close();
  });

  test('a scan whose answers were lost is the same scan when the ticket is shown again', async () => {
    const context = await door.browser.newContext(noWorker);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.route('**/door-list**', (route) => route.abort());
    await page.goto(`${door.origin}/door?lang=en`);
    await page.click('details.promo summary');
    await page.fill('#deviceToken', await door.addDevice('Gate'));
    await page.click('#device-submit');
    await page.click('#choice-submit:not([disabled])');
    const code = await ticketCode();
    await page.route('**/v1/check-ins', async (route) => {
      await route.fetch();
      await route.abort();
    });
    expect((await scan(page, code)).title).toBe('No answer');
    expect(await sql`select from admissions where event_id = ${event.eventId}`).not.toHaveLength(0);
    await page.unroute('**/v1/check-ins');
    expect((await scan(page, code)).title).toBe('Come in');
    expect((await scan(page, code)).title).toBe('Already used');
    await context.close();
  });

  test('a gate that is renamed keeps its rules on phones, and one that is removed has to be chosen again', async () => {
    const other = await addDoorEvent(sql);
    const gate = await addGate('Crew', { categories: [other.categoryIds[0] ?? ''] });
    const { page, context } = await door.phoneAt('Crew');
    await sql`update gates set name = 'Crew East', name_key = 'creweast' where id = ${gate}`;
    await sync(page);
    await page.waitForSelector('#scan-gate:text-matches("^Crew East")');
    const code = await ticketCode();
    expect(await scan(page, code)).toMatchObject({ title: 'Another gate', isOffline: false });
    await syncList(page);
    await context.setOffline(true);
    expect(await scan(page, code)).toMatchObject({ title: 'Another gate', isOffline: true });
    await context.setOffline(false);
    await sql`delete from gates where id = ${gate}`;
    await sync(page);
    await page.waitForSelector('#choice-message :text-matches("removed the gate .Crew East.")');
    await context.close();
  });

  test('an undo without a network gives the place in the zone back, counts as unsent, and is kept until it is sent', async () => {
    const zoneId = newId('zon');
    await sql`insert into zones (event_id, id, name, name_key, capacity) values (${event.eventId}, ${zoneId}, 'Pit', 'pit', 1)`;
    await addGate('Pit', { zoneId, reEntry: 'always' });
    const { page, context } = await door.phoneAt('Pit');
    const [first, second] = await addTickets(sql, event, 2);
    await syncList(page);
    expect((await scan(page, first?.code ?? '')).title).toBe('Come in');
    await page.waitForSelector('#count-zones:text-is("Pit: 1/1")');
    await context.setOffline(true);
    expect((await scan(page, second?.code ?? '')).title).toBe('Area full');
    await undo(page);
    await page.waitForSelector('#history-list li :text-matches("^Undone: Wrong person . Not sent yet")');
    await unsent(page, '2 not sent');
    await closeHistory(page);
    expect((await scan(page, second?.code ?? '')).title).toBe('Come in');

    // The same undo at another event: its list goes when this one is opened, and the undo stays.
    await inStore(page, 'lists', `(rows, put) => put({ ...rows[0], eventId: 'evt_other' })`);
    await inStore(
      page,
      'scans',
      `(rows, put) => put({ ...rows.find(({ state }) => state === 'undone'), scanId: 'other', eventId: 'evt_other' })`,
    );
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await page.reload();
    await unsent(page, '4 not sent');
    await until(async () => (await inStore<number>(page, 'lists', '(rows) => rows.length')) === 1);
    expect(await inStore(page, 'scans', `(rows) => rows.some(({ scanId }) => scanId === 'other')`)).toBe(true);

    await context.setOffline(false);
    await sync(page);
    await unsent(page, '1 not sent');
    expect(
      await sql`select undone_reason from scans where ticket_id = ${first?.id ?? ''} and undone_at is not null`,
    ).toEqual([{ undone_reason: 'Wrong person' }]);
    expect(await sql`select inside from zones where id = ${zoneId}`).toEqual([{ inside: 1 }]);

    // The ticket was used again since then, so an older entry cannot be taken back here.
    expect((await scan(page, second?.code ?? '')).title).toBe('Come in');
    await undo(page, 1);
    await page.waitForSelector('#history-list li :text-is("It could not be undone.")');
    await context.close();
  });

  test('a scan that was taken back stays so while the service does not know it', async () => {
    const { page, context } = await door.phoneAt(undefined, noWorker);
    const code = await ticketCode();
    await page.route('**/v1/check-ins/undos', (route) => route.fulfill({ status: 503, body: '{}' }));
    expect((await scan(page, code)).title).toBe('Come in');
    await undo(page, 0, 'Wrong gate');
    await page.waitForSelector('#history-list li :text-matches("^Undone: Wrong gate")');
    await closeHistory(page);
    const asOf = await listTime(page);
    await sync(page);
    await until(async () => (await listTime(page)) > asOf);
    await context.setOffline(true);
    expect(await scan(page, code)).toMatchObject({ title: 'Come in', isOffline: true });

    // Under another login the service does not find the scan.
    await page.route('**/v1/check-ins/undos', (route) => route.fulfill({ status: 404, body: '{}' }));
    await context.setOffline(false);
    await sync(page);
    await unsent(page, 'All sent');
    await page.click('#history-open');
    await page.waitForSelector('#history-list li :text-is("Undone: Wrong gate · not accepted by the server")');
    await context.close();
  });

  test('scans that the service cannot take at once, or refuses, keep back no others and no list', async () => {
    const { page, context } = await door.phoneAt(undefined, noWorker);
    await context.setOffline(true);
    await sync(page);
    expect((await scan(page, 'not a ticket')).title).toBe('Unknown ticket');
    // A camera may read control characters, which take six bytes each in JSON.
    await inStore(
      page,
      'scans',
      `(rows, put) => {
        for (let at = 0; at < 150; at += 1) put({ ...rows.at(-1), scanId: 'long-' + at, code: String.fromCharCode(1).repeat(1000) });
      }`,
    );
    await context.setOffline(false);
    await sync(page);
    await unsent(page, 'All sent');

    await context.setOffline(true);
    expect((await scan(page, 'no ticket either')).title).toBe('Unknown ticket');
    await page.route('**/v1/check-ins/batch', (route) => route.fulfill({ status: 403, body: '{}' }));
    // Another release may be unable to read the stored cursor of the list.
    await inStore(page, 'lists', `(rows, put) => put({ ...rows[0], cursor: 'from before' })`);
    const asOf = await listTime(page);
    await context.setOffline(false);
    await sync(page);
    await until(async () => (await listTime(page)) > asOf);
    await unsent(page, '1 not sent');
    await context.close();
  });

  test('a page that is opened again scans at once on a network that does not answer, with sound and with its screen on', async () => {
    const { page, context } = await door.phoneAt(undefined, noWorker);
    await page.addInitScript(`window.asked = { screens: 0, sounds: 0 };
      Object.defineProperty(navigator, 'wakeLock', { value: { request: async () => { window.asked.screens += 1; } } });
      window.AudioContext = class { constructor() { window.asked.sounds += 1; } };`);
    await page.route('**/v1/**', () => undefined);
    await page.reload();
    await page.waitForSelector('#scanner:not([hidden])', { timeout: 4000 });
    expect(await page.evaluate('window.asked')).toEqual({ screens: 1, sounds: 0 });
    await page.click('#scan-event');
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    expect(await page.evaluate('window.asked')).toEqual({ screens: 2, sounds: 1 });
    await context.close();
  });

  test('files of the release before are there for pages that are still open, and older ones are not', async () => {
    const context = await door.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${door.origin}/find-order`);
    await page.evaluate(`(async () => {
      for (const [release, path] of [['door 1', '/web/oldest.js'], ['door 2', '/web/before.js']])
        await (await caches.open(release)).put(path, new Response('kept'));
    })()`);
    await page.goto(`${door.origin}/door?lang=en`);
    await page.evaluate(`navigator.serviceWorker.ready.then(() => new Promise((resolve) => {
      if (navigator.serviceWorker.controller !== null) resolve(undefined);
      else navigator.serviceWorker.oncontrollerchange = () => resolve(undefined);
    }))`);
    const statusOf = (path: string) => page.evaluate(`fetch('${path}').then(({ status }) => status)`);
    await until(async () => (await statusOf('/web/oldest.js')) === 404);
    expect(await statusOf('/web/before.js')).toBe(200);
    await context.close();
  });
});
