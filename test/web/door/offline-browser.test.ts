import { generateKeyPairSync, sign } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexOrders } from '../../../src/orders/index.ts';
import { eventNoOf, writeSignedCode } from '../../../src/orders/tickets/codes/ticket-code.ts';
import { newId } from '../../../src/platform/ids.ts';
import { decodeBase32 } from '../../../src/platform/text/base32.ts';
import { addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { beyondWidth, desktop, smallPhone } from '../../../testkit/web/sizes.ts';
import { expectNoTrap, hasFocus, pressOn, typeInto } from '../../../testkit/web/keyboard.ts';
import { type DoorPages, inStore, openDoorPages, scan, syncList, untilKept } from '../support/door-pages.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** A person at the door scans with a network, without one, and with one again, on a phone and on a laptop. */

let door: DoorPages;
let browser: DoorPages['browser'];
let sql: DoorPages['sql'];
let event: DoorPages['event'];
let origin: string;
const deadline = 120_000;

beforeAll(async () => {
  door = await openDoorPages();
  ({ browser, sql, event, origin } = door);
  await sql`insert into door_settings (event_id, shows_names, category_notes)
    values (${event.eventId}, true, ${sql.json({ [event.categoryIds[0] ?? '']: 'Blue wristband' })})`;
  for (const name of ['North', 'South']) {
    await sql`insert into gates (event_id, id, name, name_key) values (${event.eventId}, ${newId('gat')}, ${name}, ${name.toLowerCase()})`;
  }
}, deadline);
afterAll(() => door?.close());

const phoneAt = (gate: string) => door.phoneAt(gate);
const ready = (page: Page) => page.waitForSelector('#answer-title:text-is("Ready to scan")');

describe('the door without a network', { timeout: deadline }, () => {
  test('scans online, decides by its list when offline, survives a reload, and reports the conflict to both gates', async () => {
    const [north, south] = [await phoneAt('North'), await door.phoneAt('South', { viewport: desktop })];
    await north.page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    const [both, late] = await addTickets(sql, event, 2);
    const sync = async (page: Page) => {
      await page.evaluate("window.dispatchEvent(new Event('online'))");
    };
    await Promise.all([syncList(north.page), syncList(south.page)]);
    const [first] = await addTickets(sql, event, 1);
    const online = await scan(north.page, first?.code ?? '');
    expect(online).toMatchObject({ title: 'Come in', isOffline: false });

    await Promise.all([north.context.setOffline(true), south.context.setOffline(true)]);
    await ready(north.page);
    const offline = await scan(north.page, both?.code ?? '');
    expect(offline).toMatchObject({ title: 'Come in', isOffline: true });
    expect(offline.text).toContain('Buyer · 2 tickets');
    expect(offline.text).toContain('Blue wristband');
    expect((await scan(north.page, both?.code ?? '')).title).toBe('Already used');
    expect(await north.page.textContent('#unsent')).toBe('2 not sent');

    // The page comes from the service worker, the list and the waiting scans from IndexedDB.
    await north.page.reload();
    await north.page.waitForSelector('#scanner:not([hidden])');
    await north.page.waitForSelector('#unsent:text-is("2 not sent")');
    expect((await scan(north.page, both?.code ?? '')).title).toBe('Already used');

    // A person must decide about a code that is not in the list.
    await north.page.fill('#code', '0123456789ABCDEFGHJKMNPQR0');
    await north.page.click('#code-submit');
    await north.page.click('#decide-no');
    await north.page.waitForSelector('#answer-title:text-is("Unknown ticket")');

    // The phones know the service's time to a second, and South must be the later one by it.
    await south.page.waitForTimeout(1500);
    expect(await scan(south.page, both?.code ?? '')).toMatchObject({ title: 'Come in', isOffline: true });
    expect((await scan(south.page, late?.code ?? '')).title).toBe('Come in');

    await north.context.setOffline(false);
    // A phone reads its own conflicts, not those of all gates.
    const asked = north.page.waitForRequest(/check-ins\/conflicts/);
    await sync(north.page);
    expect(new URL((await asked).url()).searchParams.get('deviceId')).toMatch(/^web-/);
    await north.page.waitForSelector('#unsent:text-is("All sent")');
    await south.context.setOffline(false);
    await sync(south.page);
    await south.page.waitForSelector('#unsent:text-is("All sent")');
    await south.page.waitForSelector('#conflicts:text-is("1 problem")');
    // A reload forgets nothing, and the number of problems leads to them.
    await south.page.reload();
    await south.page.click('#conflicts:text-is("1 problem")');
    await south.page.waitForSelector('#history-list .notice-bad');
    expect(await south.page.textContent('#history-list li:first-child .notice-bad')).toMatch(
      /^Let in twice: North at .*, South at /,
    );
    const [kept] =
      await sql`select count(*)::int as entries from scans where event_id = ${event.eventId} and passed and not conflict`;
    expect(kept).toEqual({ entries: 3 });

    // The gate whose entry stands learns of the other one, and both of the undo that ends it.
    await sync(north.page);
    await north.page.click('#conflicts:text-is("1 problem")');
    expect(await north.page.textContent('#history-list li:first-child .notice-bad')).toMatch(
      /^Let in twice: North at [\d:.]+, South at [\d:.]+ \(South\)\.$/,
    );
    const twice = south.page.locator('#history-list li:first-child');
    await twice.locator('.link-button').click();
    await twice.locator('input').fill('A copy of the ticket');
    await twice.getByRole('button', { name: 'Undo this scan', exact: true }).click();
    await south.page.waitForSelector('#conflicts', { state: 'hidden' });
    await sync(north.page);
    await north.page.waitForSelector('#conflicts', { state: 'hidden' });
    await Promise.all([north.context.close(), south.context.close()]);
  });

  test('a ticket that was sold since the list was read enters by its signature, whether the browser has Ed25519 or not', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const keyBytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    await sql`insert into ticket_keys (event_id, key_id, public_key, private_key, status)
      values (${event.eventId}, 1, ${keyBytes}, 'v1.unused', 'accepted')`;
    const { page, context } = await phoneAt('North');
    await untilKept(page);
    await context.setOffline(true);
    const [first = '', second = ''] = (await addTickets(sql, event, 2)).map(({ code: short }) => {
      const code = decodeBase32(short) ?? new Uint8Array();
      const parts = { keyId: 1, eventNo: eventNoOf(event.eventId), code, codesBefore: 0 };
      return writeSignedCode(parts, (message) => sign(null, message, privateKey));
    });
    const librariesLoaded = () =>
      page.evaluate(
        `performance.getEntriesByType('resource').filter(({ name }) => name.includes('verify-by-library')).length`,
      );
    expect(await scan(page, first)).toMatchObject({ title: 'Come in', isOffline: true });
    expect(await librariesLoaded()).toBe(0);
    await page.evaluate(
      `SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('Ed25519', 'NotSupportedError'))`,
    );
    expect(await scan(page, second)).toMatchObject({ title: 'Come in', isOffline: true });
    expect(await librariesLoaded()).toBe(1);
    const forged = second.slice(0, 100) + first.slice(100);
    expect((await scan(page, forged)).title).toBe('Unknown ticket');
    await context.close();
  });

  test('a guest without a code is found by phone number, by all of it online and its last digits offline, and by a mistyped name', async () => {
    const [ticket] = await addTickets(sql, event, 1, { buyer: { name: 'Ayu Lestari', phone: '+6281234567890' } });
    await indexOrders({ db: door.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
    const { page, context } = await phoneAt('North');
    const find = async (text: string) => {
      if (await page.isHidden('#search')) await page.click('#search-open');
      await page.fill('#search-text', text);
      await page.press('#search-text', 'Enter');
    };
    await find('0812-3456-7890');
    await page.waitForSelector('#search-count:text-is("1 found")');
    expect(await page.textContent('#search-list li')).toMatch(/^Ayu Lestari.*Not here yet/);
    await find('0812-3456-1111');
    await page.waitForSelector('#search-count:text-is("Nobody found. Type the whole phone number or order code.")');
    await find('ayu lestri');
    await page.waitForSelector('#search-count:text-is("Nobody matches exactly. Similar: 1")');
    expect(await page.textContent('#search-list li')).toMatch(/^Ayu Lestari/);

    await context.setOffline(true);
    await find('letsari ayu');
    await page.waitForSelector('#search-count:text-matches("^No network: nobody .* exactly. Similar: 1$")');
    expect(await page.textContent('#search-list li')).toMatch(/^Ayu Lestari/);
    await find('lestari');
    await page.waitForSelector('#search-count:text-matches("^No network: 1 on the list")');
    await find('7890');
    await page.waitForSelector('#search-count:text-matches("^No network: 1 on the list")');
    await page.click('#search-list button');
    await page.waitForSelector('#answer-title:text-is("Come in")');
    expect(await page.textContent('#answer-guest')).toMatch(/^Ayu Lestari · 1 ticket/);
    await context.setOffline(false);
    await page.evaluate("window.dispatchEvent(new Event('online'))");
    await page.waitForSelector('#unsent:text-is("All sent")');
    const entries = await sql`select passed from scans where ticket_id = ${ticket?.id ?? ''}`;
    expect(entries).toEqual([{ passed: true }]);
    await context.close();
  });

  test('a guest who is found is checked in with one tap, by the rules of a scan, and can be taken back', async () => {
    const [ticket] = await addTickets(sql, event, 1, { buyer: { name: 'Budi Santoso', phone: '+6281200000077' } });
    await indexOrders({ db: door.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
    const { page, context } = await phoneAt('North');
    const find = async () => {
      if (await page.isHidden('#search')) await page.click('#search-open');
      await page.fill('#search-text', '0812-0000-0077');
      await page.press('#search-text', 'Enter');
      await page.waitForSelector('#search-count:text-is("1 found")');
    };
    await find();
    await page.getByRole('button', { name: 'Check in: Budi Santoso' }).click();
    await page.waitForSelector('#answer-title:text-is("Come in")');
    expect(await page.textContent('#answer-guest')).toMatch(/^Budi Santoso · 1 ticket/);
    await page.waitForSelector('#count-here:text-is("1")');
    await find();
    expect(await page.textContent('#search-list li')).toContain('Inside');
    await page.click('#search-list button');
    await page.waitForSelector('#answer-title:text-is("Already used")');
    await page.click('#history-open');
    await page.click('#history-list .link-button');
    await page.keyboard.type('Wrong Budi');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#history-list :text("Undone: Wrong Budi")');
    await until(async () => (await sql`select from admissions where ticket_id = ${ticket?.id ?? ''}`).length === 0);
    const scans = await sql`select result from scans where ticket_id = ${ticket?.id ?? ''} order by scanned_at`;
    expect(scans).toEqual([{ result: 'admitted' }, { result: 'already_used' }]);
    await context.close();
  });

  test('by keyboard alone: pairs, scans, finds a guest by name, and takes a scan back with a reason', async () => {
    const [ticket] = await addTickets(sql, event, 1);
    const token = await door.addDevice('North');
    const context = await browser.newContext({ viewport: smallPhone });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${origin}/door?lang=en`);
    await pressOn(page.locator('details.promo summary'));
    await typeInto(page.getByLabel('Device token'), token);
    await page.keyboard.press('Enter');
    await until(() => hasFocus(page.locator('#choice-title')));
    await page.waitForSelector('#choice-submit:not([disabled])');
    await expectNoTrap(page);
    await pressOn(page.locator('#choice-submit'));
    await page.waitForSelector('#list-age:text-is("List is current")');
    expect(await hasFocus(page.locator('#scan-event'))).toBe(true);

    await typeInto(page.locator('#code'), ticket?.code ?? '');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#answer-title:text-is("Come in")');
    await page.waitForSelector('#count-here:text-is("1")');
    expect(await beyondWidth(page)).toBe(0);
    await page.setViewportSize(desktop);
    await pressOn(page.locator('#search-open'));
    expect(await hasFocus(page.locator('#search-text'))).toBe(true);
    await page.keyboard.type('buy');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#search-list li');
    await page.keyboard.press('Escape');
    expect(await hasFocus(page.locator('#search-open'))).toBe(true);

    await pressOn(page.locator('#history-open'));
    expect(await hasFocus(page.locator('#history-title'))).toBe(true);
    await page.waitForSelector('#history-list li');
    await pressOn(page.locator('#history-list li:first-child .link-button'), 'Space');
    await page.keyboard.type('Wrong queue');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#history-list li:first-child :text("Undone: Wrong queue")');
    await expectNoTrap(page);
    await expect
      .poll(async () => (await sql`select undone_reason from scans where ticket_id = ${ticket?.id ?? ''}`)[0], {
        timeout: 10_000,
      })
      .toEqual({ undone_reason: 'Wrong queue' });
    expect(await sql`select from admissions where ticket_id = ${ticket?.id ?? ''}`).toHaveLength(0);
    expect(await beyondWidth(page)).toBe(0);
    await page.setViewportSize(smallPhone);
    expect(await beyondWidth(page)).toBe(0);
    await context.close();
  });

  test('a phone that is signed out forgets the guests, and keeps what it has not sent', async () => {
    const [ticket] = await addTickets(sql, event, 1, { buyer: { name: 'Rina Wijaya', phone: '+6281200000001' } });
    const { page, context } = await phoneAt('North');
    const rowsOf = (store: 'lists' | 'entries' | 'scans') => inStore<number>(page, store, '(rows) => rows.length');
    await syncList(page);
    await context.setOffline(true);
    expect((await scan(page, ticket?.code ?? '')).text).toContain('Rina Wijaya');
    expect(await rowsOf('entries')).toBeGreaterThan(0);
    await page.click('[data-act="change"]');
    await page.click('[data-act="sign-out"]');
    await page.waitForSelector('#sign-in:not([hidden])');
    await until(async () => (await rowsOf('lists')) === 0);
    expect([await rowsOf('entries'), await rowsOf('scans')]).toEqual([0, 1]);
    await context.close();
  });
});
