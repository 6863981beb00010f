import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { type DoorPages, openDoorPages, syncList } from '../support/door-pages.ts';

/**
 * The guests of a large event are searched on a phone without a network, some at a time: at a quarter of a processor's speed, 2,000 in one turn
 * kept a key waiting for a fifth of a second.
 */

const guests = 2000;
const atOnceMax = 300;
const deadline = 120_000;

let door: DoorPages;
let page: Page;

/** Notes how many guests each read of the list returns, how many scans each read of those, and how many writes of guests waited at the same time. */
const counting = `window.reads = [];
  window.scansRead = [];
  window.written = 0;
  window.writesAtOnce = 0;
  let writing = 0;
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    const request = put.apply(this, given);
    if (this.name !== 'entries') return request;
    writing += 1;
    window.written += 1;
    window.writesAtOnce = Math.max(window.writesAtOnce, writing);
    request.addEventListener('success', () => (writing -= 1));
    return request;
  };
  for (const kind of [IDBObjectStore, IDBIndex]) {
    const read = kind.prototype.getAll;
    kind.prototype.getAll = function (...given) {
      const request = read.apply(this, given);
      if ((this.objectStore ?? this).name === 'scans') request.addEventListener('success', () => window.scansRead.push(request.result.length));
      return request;
    };
  }
  const getAll = IDBObjectStore.prototype.getAll;
  IDBObjectStore.prototype.getAll = function (...given) {
    const request = getAll.apply(this, given);
    if (this.name === 'entries') request.addEventListener('success', () => window.reads.push(request.result.length));
    return request;
  };`;

/** Guests named Ayu or Budi Lestari in turn, and after them one Wulandari. */
const fill = (eventId: string) => `new Promise((resolve, reject) => {
  const opening = indexedDB.open('antre.door');
  opening.onerror = reject;
  opening.onsuccess = () => {
    const tx = opening.result.transaction('entries', 'readwrite');
    for (let n = 1; n <= ${guests}; n += 1) {
      const name = n === ${guests} ? 'Wulandari' : ['Ayu', 'Budi'][n % 2] + ' Lestari';
      const code = String(n).padStart(10, '0');
      tx.objectStore('entries').put({ eventId: '${eventId}', codeSha256: code.padStart(64, '0'), ticketCategoryId: '', status: 'live', admission: null,
        guest: { ticketId: 'tkt_' + code, name, phoneEnd: code.slice(-4), orderCode: code, partySize: 1 } });
    }
    tx.oncomplete = () => { opening.result.close(); resolve(); };
    tx.onerror = reject;
  };
})`;

/** Scans of this evening that the service has. */
const addScans = (eventId: string) => `new Promise((resolve, reject) => {
  const opening = indexedDB.open('antre.door');
  opening.onerror = reject;
  opening.onsuccess = () => {
    const tx = opening.result.transaction('scans', 'readwrite');
    for (let n = 0; n < ${guests}; n += 1)
      tx.objectStore('scans').put({ scanId: 'scan_' + n, eventId: '${eventId}', deviceId: 'd', code: '', codeSha256: '', direction: 'entry', scannedAt: new Date(Date.now() - 7200000 + n).toISOString(), clockOffsetMs: 0, result: 'admitted', state: 'sent', label: '', before: null });
    tx.oncomplete = () => { opening.result.close(); resolve(); };
    tx.onerror = reject;
  };
})`;

beforeAll(async () => {
  door = await openDoorPages();
  await door.sql`insert into door_settings (event_id, shows_names) values (${door.event.eventId}, true)`;
  page = await door.browser.newPage();
  await page.addInitScript(counting);
  await door.pair(page, undefined);
  await page.evaluate(fill(door.event.eventId));
  await page.context().setOffline(true);
  await page.click('#search-open');
}, deadline);
afterAll(() => door?.close());

/** @returns the count on the screen, and the guests that each read returned */
async function search(text: string) {
  await page.evaluate('window.reads = []');
  await page.fill('#search-text', text);
  await page.press('#search-text', 'Enter');
  await page.waitForSelector('#search-count:text-matches("^No network")');
  const reads = await page.evaluate<number[]>('window.reads');
  return { said: await page.textContent('#search-count'), reads, read: reads.reduce((sum, count) => sum + count, 0) };
}

test(
  'few are looked at in one turn, and for typing mistakes only if nobody matches',
  async () => {
    const nobody = await search('zzyzx');
    expect(nobody.said).toMatch(/^No network, and not on the list/);
    expect(Math.max(...nobody.reads)).toBeLessThanOrEqual(atOnceMax);
    expect(nobody.read).toBe(2 * guests);
    const last = await search('wulandari');
    expect(last.said).toMatch(/^No network: 1 on the list/);
    expect(last.read).toBe(guests);
    const many = await search('lestari');
    expect(many.said).toMatch(/^No network: the first 20 on the list/);
    expect(many.read).toBeLessThanOrEqual(atOnceMax);
    expect((await search('wulanadri')).said).toMatch(/Similar: 1$/);
  },
  deadline,
);

test(
  'a search for something else ends the one before',
  async () => {
    await page.evaluate(`window.reads = [];
    for (const text of ['zzyzx', 'yzzyx', 'xyzzy', 'wulandari']) {
      document.getElementById('search-text').value = text;
      document.getElementById('search-form').requestSubmit();
    }`);
    await page.waitForSelector('#search-count:text-matches("^No network: 1 on the list")');
    expect(await page.textContent('#search-list li')).toMatch(/^Wulandari/);
    const reads = await page.evaluate<number[]>('window.reads');
    // Each earlier search has read once at most by the time it notices.
    expect(reads.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(guests + 3 * atOnceMax);
  },
  deadline,
);

test(
  'a list that is read is written some entries at a time, and so are the scans of an evening read beside it',
  async () => {
    await page.context().setOffline(false);
    await page.evaluate(addScans(door.event.eventId));
    await addTickets(door.sql, door.event, 1000);
    await page.evaluate('window.scansRead = []; window.written = 0; window.writesAtOnce = 0');
    await syncList(page);
    await until(() =>
      page.evaluate<boolean>(`window.scansRead.filter((count) => count > 0).length >= ${guests} / ${atOnceMax}`),
    );
    expect(await page.evaluate('window.written')).toBeGreaterThanOrEqual(1000);
    expect(await page.evaluate<number>('window.writesAtOnce')).toBeLessThanOrEqual(atOnceMax);
    expect(Math.max(...(await page.evaluate<number[]>('window.scansRead')))).toBeLessThanOrEqual(atOnceMax);
  },
  deadline,
);
