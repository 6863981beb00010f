import type { BrowserContext, Page } from 'playwright-core';
import { phone } from '../../../../testkit/web/sizes.ts';
import { untilKept } from '../door-pages.ts';
import { cameraOverScreen } from '../door-senses.ts';
import type { StoryWorld } from './story-world.ts';

/** A phone at a gate, which reads codes from the picture that its camera gives. */
export type Gatekeeper = { readonly page: Page; readonly context: BrowserContext };

/** Pairs a phone by the link of the desk's code, and turns its camera on at the gate. */
export async function doorOpens({ browser }: StoryWorld, link: string, gate: string): Promise<Gatekeeper> {
  const context = await browser.newContext({ viewport: phone, locale: 'en-GB' });
  const page = await context.newPage();
  await page.addInitScript(cameraOverScreen);
  await page.goto(link);
  await page.click('#device-submit:not([disabled])');
  await page.waitForSelector(`#gate option:text-is("${gate}")`, { state: 'attached' });
  await page.selectOption('#gate', { label: gate });
  await page.click('#choice-submit:not([disabled])');
  await page.waitForSelector('#list-age:text-is("List is current")');
  await untilKept(page);
  await page.click('#camera');
  await page.waitForSelector('[data-camera]');
  return { page, context };
}

/** Holds the picture of a code before the camera until the phone says this. */
export async function doorScans({ page }: Gatekeeper, picture: Buffer, title: string): Promise<string> {
  await page.waitForSelector('#answer-title:text-is("Ready to scan")');
  await page.evaluate(`window.holdUp('${picture.toString('base64')}')`);
  await page.waitForSelector(`#answer-title:text-is("${title}")`);
  const said = await page.innerText('#answer');
  await page.evaluate('window.holdUp()');
  return said;
}

/** Reads the list of tickets now, as when the network comes back. */
export const doorReadsList = ({ page }: Gatekeeper): Promise<void> =>
  page.evaluate("window.dispatchEvent(new Event('online'))");
