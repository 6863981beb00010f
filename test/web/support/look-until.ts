import type { Page } from 'playwright-core';
import { until } from '../../../testkit/until.ts';

/** Lets a page of the waiting room ask now, as when its browser is online again. */
export const lookNow = (page: Page) => page.evaluate("window.dispatchEvent(new Event('online'))");

/** A look may meet the document of a second ago; the page would then wait for as long as that one says. So it looks again. */
export function lookUntil(page: Page, kind: string): Promise<void> {
  return until(async () => {
    await lookNow(page);
    await page.waitForTimeout(300);
    return page.isVisible(`#stage[data-kind="${kind}"]`);
  }, 40_000);
}
