import type { Browser, Page } from 'playwright-core';
import { phone } from './sizes.ts';

/** A cheap phone in a train: a processor of a quarter of this one's speed, slow 4G. */
export const throttledPhone = {
  ...phone,
  cpuRate: 4,
  network: {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  },
};
/** Browsers report no interaction that was shorter. */
const shortestMs = 16;

/** Notes the latest largest paint and the longest interaction. */
const observers = `
  window.notedPaintMs = 0;
  window.notedDelayMs = 0;
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) window.notedPaintMs = startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries())
      if (interactionId > 0) window.notedDelayMs = Math.max(window.notedDelayMs, duration);
  }).observe({ type: 'event', durationThreshold: ${shortestMs}, buffered: true });`;

/** An empty page of a fresh browser on that phone. Close its context. */
export async function openThrottledPage(browser: Pick<Browser, 'newContext'>): Promise<Page> {
  const { width, height, network, cpuRate } = throttledPhone;
  const viewport = { width, height };
  const context = await browser.newContext({ viewport, isMobile: true, hasTouch: true, locale: 'id-ID' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', network);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuRate });
  await page.addInitScript(observers);
  return page;
}

/** The largest contentful paint so far (LCP); 0 if nothing was painted. */
export const paintMsOf = (page: Page): Promise<number> => page.evaluate<number>('window.notedPaintMs');

/** The longest delay of an interaction so far (INP). */
export async function delayMsOf(page: Page): Promise<number> {
  return Math.max(shortestMs, await page.evaluate<number>('window.notedDelayMs'));
}
