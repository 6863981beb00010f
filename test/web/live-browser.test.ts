import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvent } from '../../testkit/factories.ts';
import { placeTestOrder } from '../../testkit/live/live-world.ts';
import { pay } from '../../testkit/orders/placing.ts';
import { type PageWorld, openPageWorld } from './support/page-world.ts';
import { watchRequests } from './support/watch-requests.ts';

/** Pages that follow a live stream: they show a change at once, and do not ask while the stream lasts. The tests wait together. */

/** Longer than a page's polling interval without a stream. */
const quietMs = 8000;

let world: PageWorld;
beforeAll(async () => {
  world = await openPageWorld();
});
afterAll(() => world?.close());

test.concurrent('an order page shows that the order was paid, and has not asked in between', async () => {
  const { service } = world.running;
  const event = await createEvent(service.db);
  const order = await placeTestOrder(service, event);
  const page = await world.browser.newPage();
  const requests = watchRequests(page, `/v1/orders/${order.id}`);
  await page.goto(`${world.origin}/orders/${order.id}?lang=en#${order.token}`);
  await page.waitForSelector('#order:not([hidden])');
  await requests.untilFollowing();
  const before = requests.asked();
  await page.waitForTimeout(quietMs);
  expect(requests.asked()).toBe(before);
  await pay(service.db, order.id);
  // Without the stream the page would look by itself, but not before this.
  await page.waitForSelector('.ticket img', { timeout: 25_000 });
  expect(requests.asked()).toBeGreaterThan(before);
  await page.close();
});

test.concurrent('control: without the stream the page asks', async () => {
  const { service } = world.running;
  const event = await createEvent(service.db);
  const order = await placeTestOrder(service, event);
  const page = await world.browser.newPage();
  await page.route('**/stream', (route) => route.fulfill({ status: 404, body: '' }));
  const requests = watchRequests(page, `/v1/orders/${order.id}`);
  await page.goto(`${world.origin}/orders/${order.id}?lang=en#${order.token}`);
  await page.waitForSelector('#order:not([hidden])');
  await page.waitForTimeout(2000);
  const before = requests.asked();
  await page.waitForTimeout(quietMs);
  expect(requests.asked()).toBeGreaterThan(before);
  await page.close();
});

test.concurrent('an event page shows at once that the last ticket has gone', async () => {
  const { service } = world.running;
  const event = await createEvent(service.db, { categories: [{ capacity: 1 }] });
  const page = await world.browser.newPage();
  const requests = watchRequests(page, `/v1/events/${event.slug}/availability`);
  await page.goto(`${world.origin}/events/${event.slug}?lang=en`);
  await requests.untilFollowing();
  await page.waitForSelector('[data-category][data-band="last"]');
  const before = requests.asked();
  await placeTestOrder(service, event);
  await page.waitForSelector('[data-category][data-band="none"]', { state: 'attached', timeout: 25_000 });
  expect(requests.asked()).toBe(before);
  await page.close();
});
