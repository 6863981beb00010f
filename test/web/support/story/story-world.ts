import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { invariants } from '../../../../src/invariants.ts';
import { serve } from '../../../../src/http/server/serve.ts';
import { operatorRoutes } from '../../../../src/operator-routes.ts';
import { rowsOf } from '../../../../src/platform/database/db.ts';
import { compareWithSandbox } from '../../../../testkit/payments/compare-with-sandbox.ts';
import { openBrowser } from '../../../../testkit/processes/browser.ts';
import { beyondWidth } from '../../../../testkit/web/sizes.ts';
import { openQueueWorld } from '../queue-world.ts';

/** The whole product on an empty database, with the operator's pages, and a browser for everybody. */
export type StoryWorld = Awaited<ReturnType<typeof openStoryWorld>>;

export const operatorToken = 'test-only-operations-token-0123456789';
/** So that a refund is confirmed by the bank, and a message delivered, while somebody watches. */
const timeScale = 0.001;

export async function openStoryWorld() {
  const world = await openQueueWorld({ isEmpty: true, timeScale, environment: { OPERATIONS_TOKEN: operatorToken } });
  const pages = operatorRoutes(world.service());
  if (pages === undefined) throw new Error('the operator has no token');
  const operations = await serve(pages, { host: '127.0.0.1', port: 0, reusePort: false });
  const browser = await openBrowser();
  return {
    ...world,
    browser,
    operationsOrigin: `http://127.0.0.1:${operations.port}`,
    /** The subjects of the mails to this address, the latest first. */
    subjectsTo: async (email: string): Promise<readonly string[]> => {
      const answer = await fetch(`${world.sandboxUrl}/inbox?to=${encodeURIComponent(email)}`);
      return ((await answer.json()) as { data: { subject: string }[] }).data.map(({ subject }) => subject);
    },
    /** Brings the planned opening of the line to now: nobody waits an hour in a test. */
    openLineNow: async (eventId: string): Promise<void> => {
      await world.db.execute(sql`update waiting_rooms set pre_queue_opens_at = now() where event_id = ${eventId}`);
    },
    expectEmpty: async (): Promise<void> => {
      expect(
        await rowsOf(world.db, sql`select from organizers union all select from staff union all select from events`),
      ).toEqual([]);
    },
    /** Every invariant of the product, and the gateway's journal against our ledger. */
    audit: async (): Promise<readonly string[]> => {
      const faults: string[] = [];
      for (const { name, find } of invariants) faults.push(...(await find(world.db)).map((one) => `${name}: ${one}`));
      return [...faults, ...(await compareWithSandbox(world.db, world.sandboxUrl))];
    },
    close: async () => {
      await browser.close();
      await operations.close();
      await world.close();
    },
  };
}

/** Fills in the form that has these fields, sends it, and waits for the next page. */
export async function sendForm(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  const [first = ''] = Object.keys(values);
  const form = page.locator('main form', { has: page.locator(`[name="${first}"]`) }).first();
  for (const [name, value] of Object.entries(values)) {
    const control = form.locator(`[name="${name}"]`);
    if ((await control.evaluate((one) => one.nodeName)) === 'SELECT') await control.selectOption({ label: value });
    else await control.fill(value);
  }
  await pressAndGo(page, () => form.locator('.form-buttons button').click());
}

/** Presses a button by its name, and waits for the next page. */
export const press = (page: Page, name: string | RegExp): Promise<void> =>
  pressAndGo(page, () => page.locator('main').getByRole('button', { name }).click());

async function pressAndGo(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForNavigation(), act()]);
  expect([page.url(), await beyondWidth(page)]).toEqual([page.url(), 0]);
}

/** The page says that what was sent is saved. */
export async function expectSaved(page: Page): Promise<void> {
  expect([page.url(), await page.locator('.notice-good').count()]).toEqual([page.url(), 1]);
}
