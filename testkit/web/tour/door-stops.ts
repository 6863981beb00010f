import type { Page } from 'playwright-core';
import type { Stop } from './stop.ts';
import type { TourWorld } from './world.ts';

/** The scanner, from the sign-in to its answers. */
export function doorStops({ desk, codeOf }: TourWorld): readonly Stop[] {
  const choose = async (page: Page) => {
    await page.click('details.promo summary');
    await page.fill('#deviceToken', desk.deviceToken);
    await page.click('#device-submit');
    await page.waitForSelector('#choice-submit:not([disabled])');
  };
  const start = async (page: Page) => {
    await choose(page);
    await page.click('#choice-submit');
    await page.waitForSelector('#scanner:not([hidden])');
  };
  const scan = (code: () => string | Promise<string>) => async (page: Page) => {
    await start(page);
    await page.fill('#code', await code());
    await page.click('#code-submit');
    await page.waitForSelector('#answer:not(.answer-idle)');
  };
  const stop = (name: string, after?: (page: Page) => Promise<void>): Stop => ({
    name: `door ${name}`,
    route: '/door',
    path: '/door',
    ...(after === undefined ? {} : { after }),
  });
  const unknown = '0123456789ABCDEFGHJKMNPQR0';
  return [
    stop('sign-in', async (page) => {
      await page.waitForSelector('#sign-in:not([hidden])');
    }),
    stop('choice', choose),
    stop('ready', start),
    stop(
      'come in',
      scan(() => codeOf('live')),
    ),
    stop(
      'already used',
      scan(() => codeOf('entered')),
    ),
    stop(
      'revoked',
      scan(() => codeOf('revoked')),
    ),
    stop(
      'invalid',
      scan(() => unknown),
    ),
    stop('offline', async (page) => {
      await start(page);
      // Without its list, the door cannot decide offline.
      await page.waitForSelector('#list-age:text-is("List is current"), #list-age:text-is("Daftar terkini")');
      await page.context().setOffline(true);
      await page.evaluate("window.dispatchEvent(new Event('offline'))");
      await page.fill('#code', unknown);
      await page.click('#code-submit');
      await page.waitForSelector('#decide:not([hidden])');
    }),
    stop('history', async (page) => {
      await scan(() => unknown)(page);
      await page.click('#history-open');
      await page.waitForSelector('#history:not([hidden])');
    }),
    stop('search', async (page) => {
      await start(page);
      await page.click('#search-open');
      await page.fill('#search-text', 'ayu');
      await page.press('#search-text', 'Enter');
      await page.waitForSelector('#search-list li');
    }),
  ];
}
