import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../../src/access/credentials/key-scopes.ts';
import { createStaffLink } from '../../../src/access/links/create-staff-link.ts';
import { createApp } from '../../../src/app.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { launchBrowser } from '../../../testkit/processes/browser.ts';
import { createOrganizer, signedInOwner } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards that who sets a new password on the page is asked what stays of what the account has made, and decides it. */

let running: TestService;
let server: Serving;
let browser: Browser;

beforeAll(async () => {
  running = await startTestService({ PUBLIC_URL: 'http://127.0.0.1' });
  server = await serve(createApp(running.service), { host: '127.0.0.1', port: 0, reusePort: false });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await running?.close();
});

test.each([
  ['end', false],
  ['keep', true],
])('asked about the API keys of the account, its owner chooses: %s', async (choice, works) => {
  const { service } = running;
  const actor = await signedInOwner(service.db, await createOrganizer(service.db));
  const { key } = await createApiKey(service, { actor, name: 'Site <b>', role: 'manager', scopes: keyScopes });
  const { link } = await createStaffLink(service, { email: `${actor.id.toLowerCase()}@organizer.test` });
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${server.port}/desk/password-reset?lang=en${new URL(link).hash}`);
  await page.fill('#password', 'sandi baru yang panjang');
  await page.click('#submit');
  await page.waitForSelector('#choice:not([hidden])');
  expect(await page.textContent('#made')).toBe('API keys: Site <b>');
  await page.click('#submit');
  await page.waitForSelector('#form-message:not([hidden])');
  expect(await page.isVisible('#done')).toBe(false);
  await page.check(`input[name="made"][value="${choice}"]`);
  await page.click('#submit');
  await page.waitForSelector('#done:not([hidden])');
  expect((await service.actors.of(key)) !== undefined).toBe(works);
});
