import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportLink } from '../../../src/reports/downloads/report-link.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { useBrowserOn } from '../../../testkit/web/use-browser-on.ts';
import { openReportWorld, readCsv } from '../../../testkit/reports/report-world.ts';

/** Guards the page behind the link in a report's mail. */

const world = await openReportWorld({ PUBLIC_URL: 'http://127.0.0.1' });
afterAll(() => world.close());
const { browser, origin } = await useBrowserOn(world.world.service);
let reportId: string;

beforeAll(async () => {
  await order(world.placing, await createEvent(world.db, { organizer: world.organizer }));
  reportId = (await world.send('POST', '/reports', { kind: 'orders', format: 'csv' })).body.id;
  await world.make();
});

async function open(expiresAt: Date) {
  const link = reportLink(world.config, { reportId, actorId: world.owner.id, expiresAt });
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  await page.goto(`${origin}/desk/report?lang=en${new URL(link).hash}`);
  return page;
}

test('the button saves the file, and the secret leaves the address', async () => {
  const page = await open(new Date(Math.floor(Date.now() / 1000 + 3600) * 1000));
  const saved = page.waitForEvent('download');
  await page.click('#submit:not([disabled])');
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/^orders-[\d-]+-\w{6}\.csv$/);
  expect(readCsv(await readFile(await download.path(), 'utf8'))).toHaveLength(1);
  await page.waitForSelector('#done:not([hidden])');
  expect(page.url()).not.toContain('token');
});

test('a link that is too old says so, and a link without a token says what is missing', async () => {
  const page = await open(new Date(Math.floor(Date.now() / 1000 - 60) * 1000));
  await page.click('#submit:not([disabled])');
  await page.waitForSelector('#form-message:not([hidden])');
  expect(await page.textContent('#form-message')).toContain('more than a day old');
  await page.goto(`${origin}/desk/report?lang=en`);
  await page.waitForSelector('#no-link:not([hidden])');
});
