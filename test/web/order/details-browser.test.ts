import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ticketAccessToken } from '../../../src/access/buyers/ticket-token.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { readQrPicture } from '../../../testkit/check-in/qr-reader.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type PageWorld, openPageWorld } from '../support/page-world.ts';

/** Guards what a buyer fills in on the page of an order, and the page in browsers that keep nothing. */

let world: PageWorld;
beforeAll(async () => {
  world = await openPageWorld();
});
afterAll(() => world?.close());

async function place(event: TestEvent, quantity: number): Promise<{ id: string; accessToken: string }> {
  const response = await world.running.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer: someBuyer(),
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity }],
    }),
  });
  return (await response.json()) as { id: string; accessToken: string };
}
const placeFree = async () => place(await createEvent(world.running.service.db, { categories: [{ price: 0 }] }), 3);

test('a buyer names the holders of tickets and answers questions on the page of the order', async () => {
  const { db } = world.running.service;
  const event = await createEvent(db, { categories: [{ price: 0, capacity: 50, hasHolderNames: true }] });
  await db.execute(sql`
    insert into questions (event_id, id, text, text_en, kind, scope, choices, is_required) values
      (${event.id}, 'qst_00000000000000000001', 'Ukuran kaus', 'Shirt size', 'choice', 'ticket', '[{"text":"S","textEn":null},{"text":"M","textEn":null}]', true)`);
  const { id, accessToken } = await place(event, 2);
  const context = await world.browser.newContext();
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${world.origin}/orders/${id}?lang=en#${accessToken}`);
  await page.waitForSelector('#details:not([hidden])');
  expect(await page.isVisible('#details-missing')).toBe(true);
  expect(await page.textContent('label[for="answer-qst_00000000000000000001-1"]')).toBe('Shirt size');

  await page.fill('#holder-1', 'https://evil.example');
  await page.click('#details-save');
  await page.waitForSelector('#holder-1[aria-invalid="true"]');
  expect(await page.evaluate('document.activeElement.id')).toBe('holder-1');
  expect(await page.textContent('#holder-1-error')).toContain("person's name");

  await page.fill('#holder-1', 'Budi Santoso');
  await page.fill('#holder-2', 'Ayu Lestari');
  await page.selectOption('#answer-qst_00000000000000000001-1', 'M');
  await page.selectOption('#answer-qst_00000000000000000001-2', 'S');
  await page.focus('#details-save');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#details-message[data-mood="good"]');
  await page.waitForSelector('#details-save:focus');
  expect(await page.isVisible('#details-missing')).toBe(false);
  await page.waitForSelector('.ticket-holder');
  expect(await page.locator('.ticket-holder').allTextContents()).toEqual(['Budi Santoso', 'Ayu Lestari']);
  const answered = await rowsOf<{ value: string }>(
    db,
    sql`select value from answers where event_id = ${event.id} order by subject_id`,
  );
  expect(answered.map(({ value }) => value)).toEqual(['M', 'S']);

  await page.fill('#holder-2', '');
  await page.click('#details-save');
  await page.waitForSelector('#holder-2[aria-invalid="true"]');
  await db.execute(sql`delete from answers where event_id = ${event.id} and value = 'M'`);
  await db.execute(sql`update events set doors_open_at = now() - interval '1 minute' where id = ${event.id}`);
  await page.reload();
  await page.waitForSelector('#details:not([hidden])');
  expect(await page.isVisible('#details-save')).toBe(false);
  expect(await page.isDisabled('#holder-1')).toBe(true);
  // Nobody is asked what can be answered no more.
  expect(await page.locator('#details select').count()).toBe(1);
  expect(faults).toEqual([]);
  await context.close();
});

test('tickets and their files open in a browser that takes no cookie and stores nothing, also after a reload', async () => {
  const placed = await placeFree();
  const context = await world.browser.newContext({ serviceWorkers: 'block' });
  await context.addInitScript(`for (const [of, name] of [[navigator, 'cookieEnabled'], [window, 'localStorage'], [window, 'caches']])
    Object.defineProperty(of, name, { get: () => {
      if (of === navigator) return false;
      throw new DOMException('denied', 'SecurityError');
    } });`);
  await context.route('**/session', (route) => route.fulfill({ status: 204 }));
  const page = await context.newPage();
  await page.goto(`${world.origin}/orders/${placed.id}?lang=en#${placed.accessToken}`);
  const written = page.waitForResponse('**/tickets');
  await page.reload();
  const [ticket] = ((await (await written).json()) as { data: { code: string }[] }).data;
  await page.locator('.ticket').last().scrollIntoViewIfNeeded();
  await page.locator('.ticket canvas').nth(2).waitFor();
  expect(await readQrPicture(await page.locator('.ticket canvas').first().screenshot())).toBe(ticket?.code);
  for (const link of ['#pdf', '#calendar']) {
    const saved = page.waitForEvent('download');
    await page.click(link);
    await (await saved).path();
  }
  await page.click('#transfers summary');
  await page.fill('#transfer-form #name', 'Bima Arya');
  await page.fill('#transfer-form #email', 'bima@pembeli.test');
  await page.click('#transfer-give');
  await page.waitForSelector('#given-list li');
  await page.goto(`${world.origin}/orders/${placed.id}?lang=en`);
  await page.waitForSelector('#missing #blocked:visible');
  await context.close();
});

test('a ticket is given away also in a browser that blocks its storage', async () => {
  const placed = await placeFree();
  const page = await world.browser.newPage();
  await page.addInitScript(`Object.defineProperty(window, 'caches', {
    get: () => { throw new DOMException('denied', 'SecurityError'); },
  });`);
  await page.goto(`${world.origin}/orders/${placed.id}?lang=en#${placed.accessToken}`);
  await page.click('#transfers summary');
  await page.fill('#transfer-form #name', 'Bima Arya');
  await page.fill('#transfer-form #email', 'bima@pembeli.test');
  const ticketId = await page.inputValue('#transfer-ticket');
  await page.click('#transfer-give');
  await page.waitForSelector('#given-list li');
  expect(await page.isVisible('#kept')).toBe(false);
  // Its new holder reads the code in the groups that pages, mails and paper have.
  const token = ticketAccessToken(world.running.service.config.ORDER_TOKEN_SECRET, ticketId, 1);
  await page.goto(`${world.origin}/tickets/${ticketId}?lang=en#${token}`);
  await page.waitForSelector('#valid:visible');
  expect(await page.textContent('#short-code')).toMatch(/^(?:[\dA-Z]{5} ){4}[\dA-Z]{6}$/);
  await page.close();
});
