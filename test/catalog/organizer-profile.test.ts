import { afterAll, beforeAll, expect, test } from 'vitest';
import { organizerProfiles } from '../../src/catalog/tables.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { webRoutes } from '../../src/web/routes.ts';
import { type CatalogProcess, auditOf, keyOf, openCatalog } from '../../testkit/catalog/catalog-world.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

/** Guards that buyers find an organizer's contact, privacy notice and terms, and that only its own staff writes them. */

let database: TestDatabase;
let redis: TestRedis;
let catalog: CatalogProcess;
let pages: ReturnType<typeof webRoutes>;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl });
  pages = webRoutes({ publicReads: catalog.publicReads, publicUrl: 'https://antre.example', clock: systemClock });
});
afterAll(async () => {
  await catalog.close();
  await Promise.all([database.close(), redis.close()]);
});

const profile = {
  contact: { email: 'halo@senja.example', phone: '+62 21 555 0100' },
  privacy: { id: 'Data Anda aman.\n\n<b>Sungguh.</b>', en: 'Your data is safe.' },
  terms: { id: 'Satu tiket, satu orang.', en: '' },
};
const nothing = { contact: { email: null, phone: null }, privacy: { id: '', en: '' }, terms: { id: '', en: '' } };

async function put({ organizer }: TestEvent, body: unknown, key?: string): Promise<Response> {
  return catalog.fetch(`/v1/organizers/${organizer.slug}/profile`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${key ?? (await keyOf(catalog, organizer, 'manager'))}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
}
const page = async (path: string) => {
  const answer = await pages.request(path);
  return { status: answer.status, html: await answer.text() };
};

test('the public document and the pages follow a change at once, in both languages', async () => {
  const event = await createEvent(catalog.db);
  const path = `/events/${event.slug}`;
  const shown = async () => (await catalog.fetch(`/v1${path}/organizer`)).json();
  expect(await shown()).toEqual({ slug: event.organizer.slug, name: expect.any(String), ...nothing });
  expect((await page(`${path}/privacy`)).status).toBe(404);
  expect((await put(event, profile)).status).toBe(200);
  expect(await shown()).toMatchObject(profile);
  const { html } = await page(`${path}/privacy?lang=id`);
  expect(html).toContain('<p class="prose">&lt;b&gt;Sungguh.&lt;/b&gt;</p>');
  expect(html).toContain('href="mailto:halo@senja.example"');
  expect(html).toContain('href="tel:+62215550100"');
  // Only Indonesian terms were written: an English reader gets those, marked as Indonesian.
  expect((await page(`${path}/terms?lang=en`)).html).toContain('<div class="legal" lang="id">');
  const checkout = (await page(`${path}?lang=en`)).html;
  const form = checkout.slice(checkout.indexOf('<form id="checkout"'));
  expect(form).toContain(`href="${path}/privacy?lang=en"`);
  expect(form).toContain(`href="${path}/terms?lang=en"`);
  expect((await page(`/o/${event.organizer.slug}`)).html).toContain(`${path}/privacy`);
  expect((await put(event, nothing)).status).toBe(200);
  expect(await shown()).toMatchObject(nothing);
  expect((await page(`${path}/privacy`)).status).toBe(404);
  expect((await page(`${path}?lang=en`)).html).not.toContain('/privacy');
});

test('a change is in the audit log by the names of its fields; the same profile again is no change', async () => {
  const event = await createEvent(catalog.db);
  await put(event, profile);
  await put(event, profile);
  await put(event, { ...profile, terms: { id: 'Lain.', en: 'Other.' } });
  const entries = (await auditOf(catalog.db, event.organizer)).filter(({ act }) => act === 'organizer.profile_set');
  expect(entries.map(({ changes }) => changes)).toEqual([
    { fields: ['contact', 'privacy', 'terms'] },
    { fields: ['terms'] },
  ]);
});

test('door staff and other organizers change nothing, and bad fields are named', async () => {
  const [event, other] = [await createEvent(catalog.db), await createEvent(catalog.db)];
  const strangers = await keyOf(catalog, other.organizer, 'manager');
  const door = await keyOf(catalog, event.organizer, 'door');
  expect([(await put(event, profile, strangers)).status, (await put(event, profile, door)).status]).toEqual([404, 403]);
  const refused = await put(event, {
    ...profile,
    contact: { email: 'nobody', phone: 'call us' },
    terms: { id: 'x'.repeat(20_001), en: '' },
  });
  expect(refused.status).toBe(400);
  const { errors } = (await refused.json()) as { errors: { path: string }[] };
  expect(errors.map((fault) => fault.path).toSorted()).toEqual(['contact.email', 'contact.phone', 'terms.id']);
  expect(await catalog.db.$count(organizerProfiles)).toBe(2);
});

test('the organizer of a draft is not shown', async () => {
  const event = await createEvent(catalog.db, { event: { status: 'draft' } });
  expect((await catalog.fetch(`/v1/events/${event.slug}/organizer`)).status).toBe(404);
});
