import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../deploy/local/binaries/find-browser.ts';

/** Starts the packaged browser without a window. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const { command, environment } = await findBrowser(console.log);
  const env = Object.fromEntries(Object.entries(environment).filter((entry) => entry[1] !== undefined)) as Record<
    string,
    string
  >;
  // Root cannot use Chromium's sandbox, and the pages under test are ours.
  return chromium.launch({ executablePath: command, env, args: ['--no-sandbox'] });
}
