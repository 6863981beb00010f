import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { reportLink } from '../../../src/reports/downloads/report-link.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { launchBrowser } from '../../../testkit/processes/browser.ts';
import { type ReportWorld, openReportWorld, readCsv } from '../../../testkit/reports/report-world.ts';

/** Guards the page that the link in a report's mail leads to. */

let world: ReportWorld;
let server: Serving;
let browser: Browser;
let reportId: string;

beforeAll(async () => {
  world = await openReportWorld({ PUBLIC_URL: 'http://127.0.0.1' });
  server = await serve(createApp(world.world.service), { host: '127.0.0.1', port: 0, reusePort: false });
  browser = await launchBrowser();
  await order(world.placing, await createEvent(world.db, { organizer: world.organizer }));
  reportId = (await world.send('POST', '/reports', { kind: 'orders', format: 'csv' })).body.id;
  await world.make();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await world?.close();
});

async function open(expiresAt: Date) {
  const link = reportLink(world.config, { reportId, actorId: world.owner.id, expiresAt });
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  await page.goto(`http://127.0.0.1:${server.port}/desk/report?lang=en${new URL(link).hash}`);
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
  await page.goto(`http://127.0.0.1:${server.port}/desk/report?lang=en`);
  await page.waitForSelector('#no-link:not([hidden])');
});
