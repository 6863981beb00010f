import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { until } from '../../../testkit/until.ts';
import { type PageWorld, openPageWorld } from '../support/page-world.ts';

describe('the page of an order without network', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld();
  });
  afterAll(() => world?.close());

  /** The empty page may come from the browser's own cache. It has nothing of an order. */
  const shows = async (page: Page, orderId: string): Promise<boolean> => {
    await page.goto(`${world.origin}/orders/${orderId}?lang=en`).catch(() => undefined);
    return page
      .waitForSelector('.ticket', { timeout: 3000 })
      .then(() => true)
      .catch(() => false);
  };

  test('opens with its tickets once it was loaded, says so, keeps no other order, and is removed on request', async () => {
    const event = await createEvent(world.running.service.db, { categories: [{ price: 0, capacity: 50 }] });
    const place = async () => {
      const response = await world.running.fetch('/v1/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify({
          eventSlug: event.slug,
          buyer: someBuyer(),
          lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 3 }],
        }),
      });
      return (await response.json()) as { id: string; accessToken: string };
    };
    const [mine, other] = [await place(), await place()];
    const context = await world.browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${world.origin}/orders/${mine.id}?lang=en#${mine.accessToken}`);
    await page.waitForSelector('#kept:not([hidden])');
    await context.setOffline(true);
    await page.goto(`${world.origin}/orders/${mine.id}?lang=en`);
    await page.waitForSelector('.ticket img');
    expect(await page.locator('.ticket').count()).toBe(3);
    expect(await page.isVisible('#offline')).toBe(true);
    await until(() =>
      page.evaluate<boolean>(
        "[...document.querySelectorAll('.ticket img')].slice(0, 2).every((image) => image.naturalWidth > 0)",
      ),
    );
    expect(await page.evaluate('caches.keys()')).toEqual([`antre-${mine.id}`]);
    expect(await shows(page, other.id)).toBe(false);

    await context.setOffline(false);
    await page.goto(`${world.origin}/orders/${mine.id}?lang=en`);
    await page.waitForSelector('#kept:not([hidden])');
    await page.click('#forget');
    await page.waitForSelector('#kept', { state: 'hidden' });
    expect(await page.evaluate('caches.keys()')).toEqual([]);
    await context.setOffline(true);
    expect(await shows(page, mine.id)).toBe(false);
    expect(faults).toEqual([]);
    await context.close();
  });
});
