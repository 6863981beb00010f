import { type Browser, type BrowserContext, type LaunchOptions, chromium } from 'playwright-core';
import { findBrowser } from '../../deploy/local/binaries/find-browser.ts';
import { hasRoom } from '../../deploy/local/services/test-data.ts';

/** A browser for one test file. */
export type TestBrowser = Pick<Browser, 'newContext' | 'newPage'> & {
  /** Closes the pages that the file has opened. */
  close(): Promise<void>;
};

/** Starting takes two seconds of a processor, so all files that a test worker runs share one. It ends with the worker. */
let started: Promise<Browser> | undefined;

/** While a test waits, an animation would have sixty frames a second drawn. */
const still = { reducedMotion: 'reduce' } as const;

/** The browser of this test worker. The caller closes it. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser = await (started ??= launchShared());
  return {
    newContext: (options) => browser.newContext({ ...still, ...options }),
    newPage: (options) => browser.newPage({ ...still, ...options }),
    close: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
  };
}

async function launchShared(): Promise<Browser> {
  const browser = await launchBrowser();
  // The next file starts another one.
  browser.once('disconnected', () => (started = undefined));
  return browser;
}

/** Starts the packaged browser without a window. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch(await launchOptions());
}

/** Starts the packaged browser with a profile that outlives it. The caller closes or kills it. */
export async function launchWithProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, await launchOptions());
}

/** Ends a browser as an empty battery ends a phone: it writes nothing any more. */
export async function killBrowser(context: BrowserContext): Promise<void> {
  const session = await context.browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  const main = processInfo.find(({ type }) => type === 'browser');
  if (main === undefined) throw new Error('the browser does not name its process');
  const ended = new Promise((resolve) => context.once('close', resolve));
  process.kill(main.id, 'SIGKILL');
  await ended;
}

async function launchOptions(): Promise<LaunchOptions> {
  const { command, environment } = await findBrowser(console.log);
  const env = Object.fromEntries(Object.entries(environment).filter((entry) => entry[1] !== undefined)) as Record<
    string,
    string
  >;
  // Root cannot use Chromium's sandbox, and the pages under test are ours. Without a graphics process a page costs a tenth
  // less, and without a spare process for the next site another tenth.
  const args = ['--no-sandbox', '--disable-gpu', '--in-process-gpu', '--disable-site-isolation-trials'];
  // By default Playwright has what is drawn kept in files on the disk, which costs a page up to a fifth more.
  const ignoreDefaultArgs = hasRoom() ? ['--disable-dev-shm-usage'] : [];
  return { executablePath: command, env, args, ignoreDefaultArgs };
}
