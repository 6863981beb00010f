import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gateKey } from '../../../src/check-in/gates/key.ts';
import { newId } from '../../../src/platform/ids.ts';
import { addTickets } from '../../../testkit/check-in/door-event.ts';
import { until } from '../../../testkit/until.ts';
import { type DoorPages, openDoorPages, scan } from '../support/door-pages.ts';

/** Guards that a refusal tells the guest where or when to enter, online and without a network, and what the counters of gates say. */

const day = 86_400_000;

describe('a refusal at the door tells', () => {
  let door: DoorPages;
  let second: string;
  beforeAll(async () => {
    door = await openDoorPages();
    const { sql, event } = door;
    second = newId('cat');
    const opensAt = new Date(Date.now() + day);
    await sql`insert into ticket_categories (event_id, id, pool_id, name, price, sale_opens_at, sale_closes_at, entry_opens_at, position)
      select event_id, ${second}, pool_id, 'Second day', price, sale_opens_at, sale_closes_at, ${opensAt}, 1
      from ticket_categories where event_id = ${event.eventId} limit 1`;
    for (const [name, categories, opens] of [
      ['Stage', [second], null],
      ['North', event.categoryIds, null],
      ['South', null, null],
      ['Late', null, opensAt],
    ] as const) {
      await sql`insert into gates (event_id, id, name, name_key, ticket_category_ids, opens_at)
        values (${event.eventId}, ${newId('gat')}, ${name}, ${gateKey(name)}, ${categories === null ? null : [...categories]}, ${opens})`;
    }
  });
  afterAll(() => door?.close());

  const ticket = async (categoryId?: string) =>
    (await addTickets(door.sql, door.event, 1, categoryId === undefined ? {} : { categoryId }))[0]?.code ?? '';
  const more = (page: Page) => page.textContent('#answer-more');
  /** Online, and by the list of the phone. */
  const both = async (page: Page, code: string) => {
    const seen = [await scan(page, code), await more(page)];
    await page.context().setOffline(true);
    const alone = [await scan(page, code), await more(page)];
    await page.context().setOffline(false);
    return [seen, alone] as const;
  };

  test('the gates of the category, or the time with its day', async () => {
    const [regular, later] = [await ticket(), await ticket(second)];
    const stage = await door.phoneAt('Stage');
    for (const [answer, text] of await both(stage.page, regular)) {
      expect([answer, text]).toEqual([
        expect.objectContaining({ title: 'Another gate' }),
        'This category enters at: Late, North, South',
      ]);
    }
    for (const [answer, text] of await both(stage.page, later)) {
      expect([answer, text]).toEqual([
        expect.objectContaining({ title: 'Too early' }),
        expect.stringMatching(/^Entry from: \w{3}, \d{1,2} \w{3} \d{4}, \d{2}:\d{2} WIB$/),
      ]);
    }
    await stage.context.close();
    const late = await door.phoneAt('Late');
    for (const [answer, text] of await both(late.page, regular)) {
      expect([answer, text]).toEqual([
        expect.objectContaining({ title: 'Gate closed' }),
        expect.stringMatching(/^This gate opens: \w{3}, \d{1,2} \w{3} \d{4}/),
      ]);
    }
    await late.context.close();
  });

  test('at an exit, that a ticket has not entered, or has left; a gate counts who went in and who went out', async () => {
    const code = await ticket();
    const { page, context } = await door.phoneAt('South');
    const turn = async (direction: 'entry' | 'exit') => {
      await page.click('[data-act="change"]');
      await page.check(`input[name="direction"][value="${direction}"]`);
      await page.click('#choice-submit:not([disabled])');
      await page.waitForSelector('#scanner:not([hidden])');
    };
    await turn('exit');
    for (const [answer, text] of await both(page, code)) {
      expect([answer, text]).toEqual([
        expect.objectContaining({ title: 'Not scanned in' }),
        'The ticket is genuine, but it was not scanned at an entry.',
      ]);
    }
    await turn('entry');
    expect((await scan(page, code)).title).toBe('Come in');
    await turn('exit');
    expect((await scan(page, code)).title).toBe('Checked out');
    await page.waitForSelector('#answer.answer-idle');
    expect([(await scan(page, code)).title, await more(page)]).toEqual([
      'Has left already',
      'The exit of this guest was scanned before.',
    ]);
    await until(async () => (await page.textContent('#count-gates'))?.includes('South: 1 in, 1 out') === true);
    await page.click('#history-open');
    await page.waitForSelector('#history-list li');
    const titles = await page.locator('#history-list strong').allTextContents();
    expect(titles).toEqual(['Has left already', 'Checked out', 'Come in', 'Not scanned in', 'Not scanned in']);
    await context.close();
  });

  test('that the service does not let this login scan here, instead of blaming the network', async () => {
    const { page, context } = await door.phoneAt(undefined, { serviceWorkers: 'block' });
    await page.route('**/v1/check-ins', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 403, code: 'check_in.other_event' }),
      }),
    );
    expect(await scan(page, await ticket())).toMatchObject({ title: 'Not checked' });
    await context.close();
  });
});
