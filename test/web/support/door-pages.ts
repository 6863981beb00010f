import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import postgres from 'postgres';
import { newCredential } from '../../../src/access/credentials/credential.ts';
import { newId } from '../../../src/platform/ids.ts';
import { addDoorEvent } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { smallPhone } from '../../../testkit/web/sizes.ts';
import { openPageWorld } from './page-world.ts';
import { hashTestPassword } from '../../../testkit/access/hash-test-password.ts';

/** The pages and the API on one origin, an event with a door, and a browser. */
export async function openDoorPages() {
  const world = await openPageWorld();
  const { running, browser, origin } = world;
  const sql = postgres(running.directUrl, { max: 1 });
  const event = await addDoorEvent(sql);

  /** A device of the event. @returns its token */
  async function addDevice(name: string): Promise<string> {
    const { text, hash } = newCredential('device', running.service.config);
    await sql`insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
      values (${newId('dev')}, ${event.organizerId}, ${event.eventId}, ${name}, ${hash}, 'test', 'test')`;
    return text;
  }

  /** A member who works at the door. */
  async function addMember(): Promise<DoorMember> {
    const id = newId('stf');
    const email = `${id.toLowerCase()}@organizer.test`;
    await sql`insert into staff (id, organizer_id, email, name, role, status, password_hash)
      values (${id}, ${event.organizerId}, ${email}, 'Sari', 'door', 'active', ${hashTestPassword(doorPassword)})`;
    return { id, email };
  }

  /** Ends the sessions of a member, as another page of theirs would. */
  async function endSessions({ id }: DoorMember): Promise<void> {
    await sql`update sessions set ended_at = now() where staff_id = ${id}`;
    running.service.actors.forget(id);
  }

  /** Pairs a phone as a device, which scans at a gate or at none, and reads its list. */
  async function pair(page: Page, gate: string | undefined): Promise<void> {
    page.setDefaultTimeout(20_000);
    // The scripts of the first page of a run are bundled for it.
    page.setDefaultNavigationTimeout(60_000);
    const token = await addDevice(gate ?? 'Gate');
    await page.goto(`${origin}/door?lang=en`);
    await page.click('details.promo summary');
    await page.fill('#deviceToken', token);
    await page.click('#device-submit');
    if (gate !== undefined) {
      await page.waitForSelector(`#gate option:text-is("${gate}")`, { state: 'attached' });
      await page.selectOption('#gate', { label: gate });
    }
    await page.click('#choice-submit:not([disabled])');
    await page.waitForSelector('#list-age:text-is("List is current")');
  }

  /** A phone of its own, paired and scanning. */
  async function phoneAt(gate: string | undefined, options: BrowserContextOptions = {}): Promise<Phone> {
    const context = await browser.newContext({ viewport: smallPhone, ...options });
    const page = await context.newPage();
    await pair(page, gate);
    return { page, context };
  }

  return {
    browser,
    sql,
    event,
    db: running.service.db,
    origin,
    addDevice,
    addMember,
    endSessions,
    pair,
    phoneAt,
    close: async () => {
      await sql.end();
      await world.close();
    },
  };
}

export const doorPassword = 'sandi yang cukup panjang';
export type DoorMember = { readonly id: string; readonly email: string };
export type Phone = { readonly page: Page; readonly context: BrowserContext };
export type Answered = { readonly title: string; readonly isOffline: boolean; readonly text: string };

/** Types a code, and waits for its answer. Closes the history first, under which the field takes no code. */
export async function scan(page: Page, code: string): Promise<Answered> {
  if (await page.isVisible('#history')) await page.keyboard.press('Escape');
  await page.fill('#code', code);
  await page.click('#code-submit');
  await page.waitForSelector('#answer.answer-good, #answer.answer-bad, #answer.answer-wait');
  return {
    title: (await page.textContent('#answer-title')) ?? '',
    isOffline: await page.isVisible('#answer-offline'),
    text: (await page.textContent('#answer')) ?? '',
  };
}

/** Waits until the phone can open the page without a network. */
export function untilKept(page: Page): Promise<void> {
  return until(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null'));
}

/** Runs a statement on one of the stores that the page keeps, as a function of its rows and a way to write one. */
export function inStore<Result>(page: Page, store: 'lists' | 'entries' | 'scans', act: string): Promise<Result> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('antre.door');
    opening.onerror = reject;
    opening.onsuccess = () => {
      const store = opening.result.transaction('${store}', 'readwrite').objectStore('${store}');
      const reading = store.getAll();
      reading.onsuccess = () => {
        const result = (${act})(reading.result, (row) => store.put(row));
        store.transaction.oncomplete = () => {
          opening.result.close();
          resolve(result);
        };
      };
    };
  })`);
}

/** Has the phone read its list again, and waits until it keeps one that was made after this call. */
export async function syncList(page: Page): Promise<void> {
  const asked = Date.now();
  await page.evaluate("window.dispatchEvent(new Event('online'))");
  const madeAt = () => inStore<string | undefined>(page, 'lists', '(rows) => rows[0]?.asOf');
  await until(async () => Date.parse((await madeAt()) ?? '') >= asked);
}

export type DoorPages = Awaited<ReturnType<typeof openDoorPages>>;
