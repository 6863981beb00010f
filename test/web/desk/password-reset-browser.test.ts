import { afterAll, expect, test } from 'vitest';
import { createApiKey } from '../../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../../src/access/credentials/key-scopes.ts';
import { createStaffLink } from '../../../src/access/links/create-staff-link.ts';
import { useBrowserOn } from '../../../testkit/web/use-browser-on.ts';
import { createOrganizer, signedInOwner } from '../../../testkit/factories.ts';
import { startTestService } from '../../../testkit/processes/service.ts';

/** Guards that a member who sets a new password decides which access that the account created stays. */

const running = await startTestService({ PUBLIC_URL: 'http://127.0.0.1' });
afterAll(() => running.close());
const { browser, origin } = await useBrowserOn(running.service);

test.each([
  ['end', false],
  ['keep', true],
])('asked about the API keys of the account, its owner chooses: %s', async (choice, works) => {
  const { service } = running;
  const actor = await signedInOwner(service.db, await createOrganizer(service.db));
  const { key } = await createApiKey(service, { actor, name: 'Site <b>', role: 'manager', scopes: keyScopes });
  const { link } = await createStaffLink(service, { email: `${actor.id.toLowerCase()}@organizer.test` });
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${origin}/desk/password-reset?lang=en${new URL(link).hash}`);
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
