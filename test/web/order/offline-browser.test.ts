import { sql } from 'drizzle-orm';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ticketAccessToken } from '../../../src/access/buyers/ticket-token.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { until } from '../../../testkit/until.ts';
import { openMoodyNetwork } from '../support/moody-network.ts';
import { type PageWorld, openPageWorld } from '../support/page-world.ts';

describe('the page of an order without network', () => {
  let world: PageWorld;
  let network: Awaited<ReturnType<typeof openMoodyNetwork>>;
  let context: BrowserContext;
  beforeAll(async () => {
    world = await openPageWorld();
    network = await openMoodyNetwork(world.origin);
  });
  afterAll(async () => {
    await network?.close();
    await world?.close();
  });
  beforeEach(async () => {
    network.set('good');
    context = await world.browser.newContext();
    return () => context.close();
  });

  type Placed = { readonly id: string; readonly accessToken: string };

  async function place(category: { hasHolderNames?: boolean } = {}): Promise<Placed> {
    const categories = [{ price: 0, capacity: 50, ...category }];
    const event = await createEvent(world.running.service.db, { categories });
    const response = await world.running.fetch('/v1/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({
        eventSlug: event.slug,
        buyer: someBuyer(),
        lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 3 }],
      }),
    });
    return (await response.json()) as Placed;
  }
  const linkOf = ({ id, accessToken }: Placed) => `${network.origin}/orders/${id}?lang=en#${accessToken}`;
  const pageOf = ({ id }: Placed) => `${network.origin}/orders/${id}?lang=en`;

  /** A page that has kept its copy. Its script errors are collected. */
  async function keptPage(link: string): Promise<{ page: Page; faults: string[] }> {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(link);
    await page.waitForSelector('#kept:not([hidden])');
    return { page, faults };
  }
  /** The page of an order that was not kept stays empty. It may come from the browser's own cache, and has nothing of an order. */
  const shows = async (page: Page, placed: Placed): Promise<boolean> => {
    await page.goto(pageOf(placed)).catch(() => undefined);
    const ticket = page.waitForSelector('.ticket', { timeout: 3000 });
    return ticket.then(() => true).catch(() => false);
  };

  test('opens with its tickets once it was loaded, says so, keeps no other order, and is removed on request', async () => {
    const [mine, other] = [await place(), await place()];
    const { page, faults } = await keptPage(linkOf(mine));
    await context.setOffline(true);
    await page.goto(pageOf(mine));
    await page.waitForSelector('.ticket img');
    expect(await page.locator('.ticket').count()).toBe(3);
    expect(await page.isVisible('#offline')).toBe(true);
    await until(() =>
      page.evaluate<boolean>(
        "[...document.querySelectorAll('.ticket img')].slice(0, 2).every((image) => image.naturalWidth > 0)",
      ),
    );
    expect(await page.evaluate('caches.keys()')).toEqual([`antre-${mine.id}`]);
    expect(await shows(page, other)).toBe(false);

    await context.setOffline(false);
    await page.goto(pageOf(mine));
    await page.waitForSelector('#kept:not([hidden])');
    await page.click('#forget');
    await page.waitForSelector('#kept', { state: 'hidden' });
    expect(await page.evaluate('caches.keys()')).toEqual([]);
    await context.setOffline(true);
    expect(await shows(page, mine)).toBe(false);
    expect(faults).toEqual([]);
  });

  test('opens by the link in the mail, on a network that says nothing, and while the service is away', async () => {
    const mine = await place();
    const { page } = await keptPage(linkOf(mine));
    for (const mood of ['silent', 'refusing'] as const) {
      network.set(mood);
      for (const address of [linkOf(mine), pageOf(mine)]) {
        await page.goto('about:blank');
        await page.goto(address, { waitUntil: 'commit' });
        await page.waitForSelector('.ticket img', { timeout: 15_000 });
        expect(await page.isVisible('#offline')).toBe(true);
      }
    }
    network.set('good');
    await page.waitForSelector('#offline', { state: 'hidden', timeout: 40_000 });
    expect(await page.locator('.ticket').count()).toBe(3);
  }, 120_000);

  test('is kept anew when something of it changes, and not called kept if that fails', async () => {
    const mine = await place({ hasHolderNames: true });
    const { page } = await keptPage(linkOf(mine));
    const parts = () =>
      page.evaluate<number>(
        `caches.open('antre-${mine.id}').then((cache) => cache.keys()).then(({ length }) => length)`,
      );
    const all = await parts();
    await page.evaluate('caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))');
    await page.fill('#holder-1', 'Budi Santoso');
    await page.click('#details-save');
    await page.waitForSelector('.ticket-holder');
    await until(async () => (await parts()) >= all);
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('.ticket-holder:text-is("Budi Santoso")');
    await context.setOffline(false);

    await page.evaluate(
      `caches.open('antre-${mine.id}').then((cache) => cache.put('/web/older.js', new Response('')))`,
    );
    await page.reload();
    await page.waitForSelector('#kept:not([hidden])');
    await until(() => page.evaluate<boolean>("caches.match('/web/older.js').then((found) => found === undefined)"));
    await page.evaluate("Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))");
    await page.fill('#holder-1', 'Ayu Lestari');
    await page.click('#details-save');
    await page.waitForSelector('.ticket-holder:text-is("Ayu Lestari")');
    await page.waitForSelector('#kept', { state: 'hidden' });
  });

  test('is kept with the files of the release that its page is of', async () => {
    const mine = await place();
    const page = await context.newPage();
    await page.goto(`${network.origin}/find-order`);
    network.set('deployed');
    await page.goto(linkOf(mine));
    await page.waitForSelector('#kept:not([hidden])');
    network.set('good');
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('.ticket img');
    expect(await page.getAttribute('script[src*="/order-"]', 'src')).toMatch(/\?newer$/);
  });

  test('stays as it was kept when a newer release arrives in part', async () => {
    const mine = await place({ hasHolderNames: true });
    network.set('deployed');
    const { page } = await keptPage(linkOf(mine));
    network.set('breaking');
    await page.fill('#holder-1', 'Budi Santoso');
    await page.click('#details-save');
    await page.waitForSelector('#kept', { state: 'hidden' });
    network.set('good');
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('.ticket img');
    expect(await page.getAttribute('script[src*="/order-"]', 'src')).toMatch(/\?newer$/);
  });

  test('is not called kept anew while the older copy answers for a part of it', async () => {
    const mine = await place({ hasHolderNames: true });
    const { page } = await keptPage(linkOf(mine));
    await page.reload();
    await page.waitForSelector('#kept:not([hidden])');
    // The page shows what was read before; the copy is read after that.
    await page.exposeFunction('failNow', () => network.set('refusing'));
    await page.evaluate(`{
      const { fetch } = window;
      let asked = 0;
      window.fetch = async (address, ...given) => {
        if (String(address).endsWith('/tickets') && ++asked === 2) await window.failNow();
        return fetch(address, ...given);
      };
    }`);
    await page.fill('#holder-1', 'Budi Santoso');
    await page.click('#details-save');
    await page.waitForSelector('#kept', { state: 'hidden' });
  });

  test('a ticket that was given to somebody opens without network, too, until it is given on', async () => {
    const mine = await place();
    const ticketId = `tkt_${mine.id.slice(4)}001`;
    const give = (path: string, token: string, body: object) =>
      world.running.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
    const holder = { name: 'Bima Arya', email: 'bima@pembeli.test' };
    expect((await give(`/v1/orders/${mine.id}/transfers`, mine.accessToken, { ticketId, holder })).status).toBe(204);
    const token = ticketAccessToken(world.running.service.config.ORDER_TOKEN_SECRET, ticketId, 1);
    const link = `${network.origin}/tickets/${ticketId}?lang=en#${token}`;
    const { page, faults } = await keptPage(link);
    const drawn = () =>
      page.evaluate<boolean>(`(() => {
        const canvas = document.getElementById('qr');
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
      })()`);
    await context.setOffline(true);
    for (const address of [link, link.replace(/#.*/, '')]) {
      await page.goto('about:blank');
      await page.goto(address);
      await page.waitForSelector('#valid:visible');
      expect([await page.isVisible('#offline'), await drawn()]).toEqual([true, true]);
    }
    await context.setOffline(false);
    await page.waitForSelector('#offline', { state: 'hidden', timeout: 40_000 });

    // Another link says nothing about the right one.
    await page.goto('about:blank');
    await page.goto(`${network.origin}/tickets/${ticketId}?lang=en#wrong`);
    await page.waitForSelector('#missing:not([hidden])');
    await page.goto(link.replace(/#.*/, ''));
    await page.waitForSelector('#valid:visible');

    const next = { name: 'Citra', email: 'citra@pembeli.test' };
    expect((await give(`/v1/tickets/${ticketId}/transfers`, token, { holder: next })).status).toBe(204);
    await page.reload();
    await page.waitForSelector('#missing:not([hidden])');
    await until(async () => (await page.evaluate<string[]>('caches.keys()')).length === 0);
    expect(faults).toEqual([]);
  });

  /** Makes a page of which the clock can be moved on. Its first content is there. */
  async function openWithClock(link: string): Promise<Page> {
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(link);
    await page.waitForSelector('#kept:not([hidden])');
    return page;
  }
  const revoke = (ticketId: string) =>
    world.running.service.db.execute(
      sql`update tickets set status = 'revoked', revoked_at = now(), revoked_reason = 'refunded' where id = ${ticketId}`,
    );

  test('a page that stays open learns that a ticket was taken back, and an order that is refunded is kept no longer', async () => {
    const mine = await place();
    const page = await openWithClock(linkOf(mine));
    await revoke(`tkt_${mine.id.slice(4)}001`);
    await page.clock.fastForward('03:00');
    await page.waitForSelector('.ticket[data-revoked]');
    expect(await page.textContent('#live')).toBe('Ticket 1 of 3: Not valid any more');
    expect(await page.locator('.ticket img').count()).toBe(2);

    await world.running.service.db.execute(sql`update orders set status = 'refunded' where id = ${mine.id}`);
    await page.clock.fastForward('03:00');
    await page.waitForSelector('#tickets', { state: 'hidden' });
    await expect.poll(() => page.evaluate('caches.keys()')).toEqual([]);
  });

  test('the open page of a ticket that was given to somebody learns that it was taken back, or given on', async () => {
    const mine = await place();
    const ticketId = `tkt_${mine.id.slice(4)}001`;
    const { db, config } = world.running.service;
    const give = (number: number) =>
      db.execute(sql`update tickets set times_transferred = ${number} where id = ${ticketId}`);
    await give(1);
    const token = ticketAccessToken(config.ORDER_TOKEN_SECRET, ticketId, 1);
    const page = await openWithClock(`${network.origin}/tickets/${ticketId}?lang=en#${token}`);
    await page.focus('#pdf');
    await revoke(ticketId);
    await page.clock.fastForward('03:00');
    await page.waitForSelector('#invalid:visible');
    expect(await page.isVisible('#qr')).toBe(false);
    expect(await page.evaluate('document.activeElement.id')).toBe('event-name');
    await give(2);
    await page.clock.fastForward('03:00');
    await page.waitForSelector('#missing:visible');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });
});
