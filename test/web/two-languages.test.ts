import type { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { scheduleItems } from '../../src/catalog/tables.ts';
import { newId } from '../../src/platform/ids.ts';
import { webRoutes } from '../../src/web/routes.ts';
import { type CatalogProcess, openCatalog } from '../../testkit/catalog/catalog-world.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

/** Guards that a reader gets the texts of an event in their language, as far as the organiser wrote them. */

let database: TestDatabase;
let redis: TestRedis;
let catalog: CatalogProcess;
let pages: Hono;
let event: TestEvent;
let plain: TestEvent;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl });
  pages = webRoutes({ publicReads: catalog.publicReads, publicUrl: 'https://antre.example', clock: systemClock });
  event = await createEvent(catalog.db, {
    event: {
      name: 'Senja Selatan',
      nameEn: 'Southern <Dusk>',
      summary: 'Musik di tepi laut.',
      summaryEn: 'Music by the sea.',
      description: 'Keterangan panjang.',
      descriptionEn: 'A long description.',
    },
    categories: [{ name: 'Berdiri', nameEn: 'Standing', description: 'Di depan', descriptionEn: 'In front' }],
  });
  await catalog.db.insert(scheduleItems).values({
    eventId: event.id,
    id: newId('sch'),
    title: 'Pembukaan',
    titleEn: 'The <opening>',
    stage: 'Panggung Pantai',
    stageEn: 'Beach stage',
    description: 'Dengan gamelan.',
    descriptionEn: 'With a gamelan.',
    startsAt: new Date(Date.now() + 3_600_000),
    endsAt: new Date(Date.now() + 7_200_000),
  });
  plain = await createEvent(catalog.db, { event: { name: 'Hanya Satu' }, categories: [{ name: 'Duduk' }] });
});
afterAll(async () => {
  await catalog.close();
  await Promise.all([database.close(), redis.close()]);
});

const htmlOf = async (path: string) => (await pages.request(path)).text();
const indonesian = [
  'Senja Selatan',
  'Musik di tepi laut.',
  'Keterangan panjang.',
  'Berdiri',
  'Di depan',
  'Pembukaan',
  'Panggung Pantai',
  'Dengan gamelan.',
];
const english = [
  'Southern &lt;Dusk&gt;',
  'Music by the sea.',
  'A long description.',
  'Standing',
  'In front',
  'The &lt;opening&gt;',
  'Beach stage',
  'With a gamelan.',
];

test.each([
  ['id', indonesian, english],
  ['en', english, indonesian],
] as const)('the pages for readers of %s have its texts and no others', async (language, own, others) => {
  const html = await htmlOf(`/events/${event.slug}?lang=${language}`);
  for (const text of own) expect(html).toContain(text);
  for (const text of others) expect(html).not.toContain(text);
  const home = await htmlOf(`/?lang=${language}`);
  expect(home).toContain(own[0]);
  expect(home).not.toContain(others[0]);
});

test('a text that exists in one language only is shown to everybody', async () => {
  for (const language of ['id', 'en']) {
    const html = await htmlOf(`/events/${plain.slug}?lang=${language}`);
    expect(html).toContain('Hanya Satu');
    expect(html).toContain('Duduk');
  }
});

test('the API returns both languages, so that one answer serves every reader; the search finds both', async () => {
  const read = async (path: string) => (await (await catalog.app.request(path)).json()) as Record<string, unknown>;
  expect(await read(`/v1/events/${event.slug}`)).toMatchObject({ name: 'Senja Selatan', nameEn: 'Southern <Dusk>' });
  expect(await read(`/v1/events/${plain.slug}`)).toMatchObject({ name: 'Hanya Satu', nameEn: null });
  expect(await read(`/v1/events/${event.slug}/ticket-categories`)).toMatchObject({
    data: [{ name: 'Berdiri', nameEn: 'Standing' }],
  });
  expect(await read(`/v1/events/${event.slug}/schedule`)).toMatchObject({
    data: [{ title: 'Pembukaan', titleEn: 'The <opening>', stageEn: 'Beach stage', descriptionEn: 'With a gamelan.' }],
  });
  for (const word of ['senja', 'southern']) {
    expect(await read(`/v1/events?q=${word}`)).toMatchObject({ data: [{ slug: event.slug }] });
  }
});
