import type { Page } from 'playwright-core';
import { type Language, languages } from '../../../src/web/i18n/language.ts';
import { signInAtDesk } from '../sign-in.ts';
import type { phone } from '../sizes.ts';
import type { Stop } from './stop.ts';
import { type TourWorld, tourOperatorToken } from './world.ts';

const actionMs = 10_000;

type Session = Exclude<NonNullable<Stop['as']>, 'operator'>;

/** Sessions of the desk, signed in once for all pages. */
export async function signInToDesk({ browser, origin, desk }: TourWorld) {
  const cookiesOf = (email: string) => signInAtDesk(browser, origin, email);
  return { owner: await cookiesOf('owner@demo.test'), newcomer: await cookiesOf(desk.newcomer) };
}

export type Sessions = Awaited<ReturnType<typeof signInToDesk>>;

type Visit = { readonly stop: Stop; readonly language: Language; readonly size: typeof phone };
type Look = (page: Page) => Promise<void>;

/** Visits one page after another. */
export type Visitor = {
  /** Opens the page in its state, and calls `look`. */
  visit(visit: Visit, look: Look): Promise<void>;
  close(): Promise<void>;
};

/**
 * Keeps one browser context per person and language, because a new one starts a process, in which axe takes twice as long. Before each
 * public page the context is cleared, so that the page is seen as on a first visit.
 */
export function createVisitor(world: TourWorld, sessions: Readonly<Record<Session, Sessions['owner']>>): Visitor {
  let kept: { readonly key: string; readonly page: Page } | undefined;
  const close = async () => {
    const { page } = kept ?? {};
    kept = undefined;
    await page?.context().close();
  };
  const pageFor = async (visit: Visit): Promise<Page> => {
    const { stop, language } = visit;
    const key = `${stop.as} ${language}`;
    if (kept?.key !== key) await close();
    const { page } = (kept ??= { key, page: await openBrowser(world, sessions, visit) });
    if (stop.as === undefined) await forget(page, world.origin);
    return page;
  };
  return {
    visit: async (visit, look) => {
      const { stop, language, size } = visit;
      try {
        const page = await pageFor(visit);
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme: 'light' });
        const origin = stop.as === 'operator' ? world.operationsOrigin : world.origin;
        await openStop(page, origin, stop, language);
        await look(page);
      } catch (error) {
        await close();
        throw new Error(`${stop.name} (${language}): ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    },
    close,
  };
}

/** Ends at an address without scripts, because a script could write again. */
async function forget(page: Page, origin: string): Promise<void> {
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.context().setOffline(false);
  await page.goto(`${origin}/robots.txt`);
  await page.evaluate('sessionStorage.clear()');
  await page.context().clearCookies();
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.send('Network.clearBrowserCache');
  await session.detach();
}

async function openBrowser(
  { browser }: TourWorld,
  sessions: Readonly<Record<Session, Sessions['owner']>>,
  { stop, language, size }: Visit,
): Promise<Page> {
  const context = await browser.newContext({
    viewport: size,
    locale: language === 'id' ? 'id-ID' : 'en-GB',
    timezoneId: 'Asia/Jakarta',
    bypassCSP: true,
    ...(stop.as === 'operator' ? { httpCredentials: { username: 'operator', password: tourOperatorToken } } : {}),
  });
  context.setDefaultTimeout(actionMs);
  if (stop.as !== undefined && stop.as !== 'operator') await context.addCookies(sessions[stop.as]);
  return context.newPage();
}

const refusalsMax = 10;

async function openStop(page: Page, origin: string, stop: Stop, language: Language): Promise<void> {
  await stop.before?.(page);
  const status = await open(page, `${origin}${stop.path}?lang=${language}${stop.fragment ?? ''}`);
  if (status !== (stop.status ?? 200)) throw new Error(`answered ${status}`);
  await stop.after?.(page);
}

/** Opens a page, and retries if it is refused for load, because other tests keep all processors busy. */
async function open(page: Page, address: string): Promise<number | undefined> {
  for (let tries = 1; ; tries += 1) {
    const answer = await page.goto(address);
    const seconds = Number(answer?.headers()['retry-after']);
    if (answer?.status() !== 503 || !(seconds > 0) || tries === refusalsMax) return answer?.status();
    await page.waitForTimeout(seconds * 1000);
  }
}

export const tourLanguages = languages;
