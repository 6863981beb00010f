import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvent, sessionTokenOf, signedInOwner } from '../../../testkit/factories.ts';
import { startTestService } from '../../../testkit/processes/service.ts';
import { useBrowserOn } from '../../../testkit/web/use-browser-on.ts';

/** Guards that a browser saves the document of a person as a file, under the policy of the desk's pages. */

const api = await startTestService({ PUBLIC_URL: 'http://127.0.0.1' });
afterAll(() => api.close());
const { browser, origin } = await useBrowserOn(api.service);
const buyer = { name: 'Budi Penanya', email: 'bertanya.berkas@example.test', phone: '+6281234567812' };
let session: string;

beforeAll(async () => {
  const { db, config } = api.service;
  const event = await createEvent(db, { categories: [{ price: 0 }] });
  session = await sessionTokenOf(config, await signedInOwner(db, event.organizer));
  const placed = await api.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer,
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
  expect(placed.status).toBe(201);
});

test('the link saves all of it, without script and without a request', async () => {
  const context = await browser.newContext({
    acceptDownloads: true,
    javaScriptEnabled: false,
    viewport: { width: 320, height: 640 },
  });
  await context.addCookies([{ name: 'antre_staff', value: session, url: origin }]);
  const page = await context.newPage();
  await page.goto(`${origin}/desk/personal-data?lang=en`);
  await page.fill('#find-email', buyer.email);
  await page.click('form.desk-form:has(#find-email) button');
  const link = page.locator('a[download]');
  await link.waitFor();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const saved = page.waitForEvent('download');
  await link.click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/^personal-data-\d{4}-\d\d-\d\d\.json$/);
  const document = JSON.parse(await readFile(await download.path(), 'utf8')) as { orders: { buyer: object }[] };
  expect(document.orders.map((order) => order.buyer)).toEqual([buyer]);
  expect(requests.filter((url) => url.startsWith('http'))).toEqual([]);
  expect(page.url()).not.toContain('bertanya');
  await context.close();
});
