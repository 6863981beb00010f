import type { Page } from 'playwright-core';
import { until } from '../../../testkit/until.ts';

/** Makes a page of the waiting room poll now, as when its browser comes online again. */
export const lookNow = (page: Page) => page.evaluate("window.dispatchEvent(new Event('online'))");

/** A poll may get the document of a second ago, and the page would then wait as long as that one says. So this polls again. */
export function lookUntil(page: Page, kind: string): Promise<void> {
  return until(async () => {
    await lookNow(page);
    await page.waitForTimeout(300);
    return page.isVisible(`#stage[data-kind="${kind}"]`);
  }, 40_000);
}
