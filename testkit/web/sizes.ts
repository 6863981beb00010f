import type { Page } from 'playwright-core';

/** The windows in which pages are looked at. Journeys begin on the small phone, the smallest in use, and go on at a desktop. */
export const smallPhone = { width: 320, height: 640 };
export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 900 };

/** By how many pixels the page is wider than its window. */
export const beyondWidth = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)');
