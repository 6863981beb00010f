import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { phone } from '../../testkit/web/sizes.ts';
import { type PageWorld, openPageWorld } from './support/page-world.ts';

/**
 * Guards that browsers offer to install the door and the public pages. The manifest is read by the browser. A whole Chromium also says what
 * keeps a page from being installed; the one without windows that the tests bring never says anything, so its rules are written here.
 */

const deadline = 120_000;
/** Chromium takes no smaller icon. */
const iconSideMin = 144;
const app = { door: '/door', pages: '/' } as const;

let world: PageWorld;
beforeAll(async () => {
  world = await openPageWorld();
}, deadline);
afterAll(() => world?.close());

type Manifest = {
  readonly name?: string;
  readonly short_name?: string;
  readonly display?: string;
  readonly start_url?: string;
  readonly scope?: string;
  readonly icons?: readonly {
    readonly src: string;
    readonly sizes: string;
    readonly type: string;
    readonly purpose: string;
  }[];
};

async function openApp(path: string, manifest?: Manifest): Promise<Page> {
  const page = await world.browser.newPage({ viewport: phone });
  // The scripts of the first page of a run are bundled for it.
  page.setDefaultNavigationTimeout(60_000);
  const body = JSON.stringify(manifest);
  if (manifest !== undefined)
    await page.route('**/manifest.webmanifest*', (route) =>
      route.fulfill({ contentType: 'application/manifest+json', body }),
    );
  await page.goto(`${world.origin}${path}`);
  return page;
}

/** What keeps the browser from offering to install the page. */
async function faultsOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { url, errors, data } = await session.send('Page.getAppManifest');
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  const said = [...errors.map(({ message }) => message), ...installabilityErrors.map(({ errorId }) => errorId)];
  if (data === undefined || data === '') return [...said, 'no manifest'];
  const manifest = JSON.parse(data) as Manifest;
  const at = (address: string) => new URL(address, url).href;
  const scope = at(manifest.scope ?? '.');
  const widths = await widthsOf(
    page,
    (manifest.icons ?? []).filter(({ purpose }) => purpose === 'any').map(({ src }) => at(src)),
  );
  const rules: [isMet: boolean, fault: string][] = [
    [await page.evaluate<boolean>('isSecureContext'), 'not a secure origin'],
    [(manifest.name ?? manifest.short_name ?? '') !== '', 'no name'],
    [['standalone', 'minimal-ui', 'fullscreen'].includes(manifest.display ?? ''), 'shown as a page'],
    [widths.some((width) => width >= iconSideMin), 'no icon'],
    [at(manifest.start_url ?? '').startsWith(scope), 'starts outside of its scope'],
    [page.url().startsWith(scope), 'the page is outside of its scope'],
  ];
  return [...said, ...rules.filter(([isMet]) => !isMet).map(([, fault]) => fault)];
}

/** As the page itself decodes them; 0: it cannot. */
function widthsOf(page: Page, addresses: readonly string[]): Promise<number[]> {
  const decode = `Promise.all(${JSON.stringify(addresses)}.map(async (src) => {
    const image = new Image();
    image.src = src;
    return image.decode().then(() => image.naturalWidth, () => 0);
  }))`;
  return page.evaluate<number[]>(decode);
}

for (const [name, path] of Object.entries(app)) {
  test(`browsers offer to install the ${name}, in both languages`, { timeout: deadline }, async () => {
    for (const language of ['id', 'en']) {
      const page = await openApp(`${path}?lang=${language}`);
      expect(await faultsOf(page)).toEqual([]);
      await page.close();
    }
  });
}

test('the installed door starts without a network, in the language in which it was installed', {
  timeout: deadline,
}, async () => {
  for (const language of ['id', 'en']) {
    const page = await openApp(`/door?lang=${language}`);
    const session = await page.context().newCDPSession(page);
    const { data = '{}' } = await session.send('Page.getAppManifest');
    await page.waitForFunction("navigator.serviceWorker.ready.then(({ active }) => active?.state === 'activated')");
    await page.context().setOffline(true);
    await page.goto(new URL((JSON.parse(data) as Manifest).start_url ?? '', world.origin).href);
    await page.waitForSelector('#sign-in:not([hidden])');
    expect(await page.getAttribute('html', 'lang')).toBe(language);
    await page.context().close();
  }
});

test('control: faults in a manifest are found', { timeout: deadline }, async () => {
  const icon = { src: '/web/none.png', sizes: '512x512', type: 'image/png', purpose: 'any' };
  const page = await openApp('/door', { display: 'browser', start_url: '/', scope: '/desk', icons: [icon] });
  expect(await faultsOf(page)).toEqual(
    expect.arrayContaining([
      'no name',
      'shown as a page',
      'no icon',
      'starts outside of its scope',
      'the page is outside of its scope',
    ]),
  );
});
