import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../deploy/local/binaries/find-browser.ts';

/** Starts the browser that comes with the packages, without a window. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const { command, environment } = await findBrowser(console.log);
  const env = Object.fromEntries(Object.entries(environment).filter((entry) => entry[1] !== undefined)) as Record<
    string,
    string
  >;
  // Root cannot use the sandbox of Chromium, and the pages under test are our own.
  return chromium.launch({ executablePath: command, env, args: ['--no-sandbox'] });
}
