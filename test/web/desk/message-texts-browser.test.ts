import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { messageTextWords } from '../../../src/web/i18n/words/desk/messages/message-texts.ts';
import { deskPassword, openDeskWorld } from '../../../testkit/web/desk-world.ts';
import { expectNoTrap, pressOn } from '../../../testkit/web/keyboard.ts';
import { beyondWidth, smallPhone } from '../../../testkit/web/sizes.ts';
import { accessibilityFaults } from '../../../testkit/web/tour/faults.ts';
import { useBrowserOn } from '../../../testkit/web/use-browser-on.ts';

/** Guards that a person finds the text of a message on one screen of a small phone, also by keyboard. */

const world = await openDeskWorld({ PUBLIC_URL: 'http://127.0.0.1' });
afterAll(() => world.close());
const { browser, origin } = await useBrowserOn(world.running.service);

async function openTexts(language: 'id' | 'en'): Promise<Page> {
  const context = await browser.newContext({ viewport: smallPhone, locale: language });
  const page = await context.newPage();
  await page.goto(`${origin}/desk/sign-in?lang=${language}`);
  await page.fill('[name="email"]', await world.addMember('manager'));
  await page.fill('[name="password"]', deskPassword);
  await page.click('main .button-main');
  await page.waitForURL(`${origin}/desk`);
  await page.goto(`${origin}/desk/message-texts`);
  return page;
}

test.each(['id', 'en'] as const)(
  'all occasions stand on one screen, and each message behind one of them (%s)',
  async (language) => {
    const words = messageTextWords[language];
    const page = await openTexts(language);
    const summaries = page.locator('details.panel > summary');
    const titles = Object.values(words.occasions);
    const shown = await summaries.allTextContents();
    expect([shown.length, titles.filter((title) => shown.some((one) => one.includes(title)))]).toEqual([
      titles.length,
      titles,
    ]);
    expect(await page.locator('main a:visible').count()).toBe(0);
    const [first, last] = [await summaries.first().boundingBox(), await summaries.last().boundingBox()];
    expect((last?.y ?? 0) + (last?.height ?? 0) - (first?.y ?? 0)).toBeLessThan(smallPhone.height);
    expect(await accessibilityFaults(page)).toEqual([]);

    for (const summary of await summaries.all()) await summary.click();
    const links = await page.evaluate<string[]>(
      `[...document.querySelectorAll('main details a')].map((one) => one.ariaLabel)`,
    );
    const names = Object.values(words.names).flatMap((name) =>
      Object.values(words.languages).map((one) => `${one}: ${name}`),
    );
    expect(links.toSorted()).toEqual(names.toSorted());
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await beyondWidth(page)).toBe(0);
    await page.context().close();
  },
  60_000,
);

test('by keyboard alone: an occasion is opened, and a text of it written, which its occasion then counts', async () => {
  const page = await openTexts('en');
  await expectNoTrap(page);
  await pressOn(page.locator('summary', { hasText: 'Changes of an event' }));
  await pressOn(page.getByRole('link', { name: 'English: Event moved' }));
  await page.waitForURL('**/message-texts/event_moved/en');
  await pressOn(page.getByRole('button', { name: 'Save the text' }));
  await page.waitForURL('**/message-texts?**');
  expect(await page.locator('summary', { hasText: 'Changes of an event' }).textContent()).toContain('1 text of yours');
  await page.context().close();
});
