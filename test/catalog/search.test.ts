import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexEvents } from '../../src/catalog/search/index-events.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type CatalogProcess, buildsOf, openCatalog, shown } from '../../testkit/catalog/catalog-world.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { createEvent } from '../../testkit/factories.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

/** Guards that an event is found by its own text, however it is typed, and that an empty search finds nothing. */

let database: TestDatabase;
let redis: TestRedis;
let catalog: CatalogProcess;

/** Names of events, with the searches that people type besides their own words. */
const names: readonly { readonly name: string; readonly locale?: string; readonly also?: readonly string[] }[] = [
  { name: 'AC/DC Power Up Tour', also: ['acdc', 'ac dc', 'AC／DC'] },
  { name: 'Dr.Dre & Snoop', also: ['drdre', 'dr dre', 'Dr. Dre'] },
  { name: 'Festival 2.0', also: ['2.0', 'festival 2'] },
  { name: 'Buka 24/7', also: ['24/7', '247'] },
  { name: "Guns N' Roses", also: ['guns n roses'] },
  { name: 'Rap/Hip-Hop Malam', also: ['hip hop', 'hip-hop', 'hiphop', 'raphip'] },
  { name: 'Café del Mar', also: ['cafe', 'CAFÉ', 'cafe\u0301 DEL'] },
  { name: 'Łódź Ørsted Straße', also: ['lodz', 'orsted', 'strasse'] },
  { name: 'Đêm nhạc Trịnh Công Sơn', also: ['dem nhac', 'trinh cong son'] },
  { name: 'İstanbul Gecesi', also: ['istanbul', 'ISTANBUL'] },
  { name: 'Концерт Ёлка в Москве', also: ['елка', 'концерт моск'] },
  { name: 'Συναυλία Σοφός', also: ['σοφος', 'συναυλια'] },
  { name: 'حفلة أم كلثوم في القاهرة', also: ['ام كلثوم', 'حفله'] },
  { name: 'קוֹנְצֶרְט בתל אביב', also: ['קונצרט', 'תל'].slice(0, 1) },
  { name: 'शास्त्रीय संगीत कार्यक्रम', also: ['संगी'] },
  { name: 'தமிழ் இசை விழா', also: ['இசை'] },
  { name: 'বাংলা গানের উৎসব', also: ['গান'] },
  { name: 'คืนดนตรีที่กรุงเทพ', locale: 'th', also: ['กรุง', 'ดนตรีที่'] },
  { name: 'ງານດົນຕີວຽງຈັນ', locale: 'lo' },
  { name: 'ពិធីតន្ត្រីភ្នំពេញ', locale: 'km' },
  { name: 'ရန်ကုန်ဂီတပွဲ', locale: 'my' },
  { name: '東京ドームコンサート', locale: 'ja', also: ['ドーム', 'どーむ', 'ﾄﾞｰﾑ', '東', '京ド'] },
  { name: '周杰倫演唱會北京站', locale: 'zh', also: ['演唱', '北京', '周杰倫 北京'] },
  { name: '여름밤콘서트 서울', locale: 'ko', also: ['콘서트', '서울 콘서'] },
  { name: 'საქართველოს კონცერტი', also: ['კონცერ'] },
  { name: 'Հայկական համերգ', also: ['ՀԱՄԵՐԳ'] },
  { name: 'የኢትዮጵያ ሙዚቃ', also: ['ሙዚቃ'] },
  { name: 'ꦥꦒꦼꦭꦫꦤ꧀ꦮꦪꦁ', also: ['ꦮꦪꦁ'] },
  { name: '🎉 Tahun Baru', also: ['🎉'] },
  { name: 'Ｆｕｌｌ Ｗｉｄｔｈ', also: ['full width'] },
];

const far = {
  startsAt: new Date('2031-03-01T12:00:00Z'),
  doorsOpenAt: new Date('2031-03-01T12:00:00Z'),
  endsAt: new Date('2031-03-01T15:00:00Z'),
};
const slugOf = (index: number) => `nama-${index}-x`;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  catalog = await openCatalog({ databaseUrl: database.url, redisUrl: redis.cacheUrl });
  for (const [index, { name }] of names.entries()) {
    // Half of them as they come from a Mac.
    const stored = index % 2 === 0 ? name : name.normalize('NFD');
    await createEvent(catalog.db, {
      event: { ...far, slug: slugOf(index), name: stored, city: 'Kota', venue: 'Balai', category: 'acara' },
    });
  }
});
afterAll(async () => {
  await catalog.close();
  await Promise.all([database.close(), redis.close()]);
});

const find = async (question: string) => {
  const answer = await shown(await catalog.fetch(`/v1/events?limit=100&q=${encodeURIComponent(question)}`));
  return answer.data.map(({ slug }) => slug);
};

/** Words as the script parts them. */
function wordsOf(name: string, locale: string | undefined): string[] {
  if (locale === undefined) return name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const segments = new Intl.Segmenter(locale, { granularity: 'word' }).segment(name);
  return [...segments].filter(({ isWordLike }) => isWordLike === true).map(({ segment }) => segment);
}

const fullWidth = (text: string) =>
  text.replaceAll(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

const spellings = (text: string) => [
  text,
  text.toUpperCase(),
  text.toLowerCase(),
  text.normalize('NFC'),
  text.normalize('NFD'),
  fullWidth(text),
  text.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, ''),
];

describe.each(names.map((entry, index) => ({ ...entry, index })))('$name', ({ name, locale, also = [], index }) => {
  test('is found by each word, by their beginnings, in any spelling', async () => {
    const words = wordsOf(name, locale);
    const questions = new Set([
      ...also,
      name,
      ...words.flatMap(spellings),
      // The last word as it is being typed.
      ...Array.from(words.at(-1) ?? '')
        .map((_, at, letters) => letters.slice(0, at + 1).join(''))
        .filter((start) => /[\p{L}\p{N}]/u.test(start)),
    ]);
    const missed: string[] = [];
    for (const question of questions) if (!(await find(question)).includes(slugOf(index))) missed.push(question);
    expect(missed).toEqual([]);
  });
});

test('finds what was asked for and nothing else', async () => {
  expect(await find('ac/dc')).toEqual([slugOf(0)]);
  expect(await find('2.0')).toEqual([slugOf(2)]);
  expect(await find('24/7')).toEqual([slugOf(3)]);
  expect(await find('京東')).toEqual([]);
  expect(await find('cafe tokyo')).toEqual([]);
});

test.each(['!!!', '---', '&', '/', '。、', '«»', '...', '""', '$$$'])('%j finds nothing', async (question) => {
  expect(await find(question)).toEqual([]);
});

test.each(['%20', '%CC%80', '%00', '%E2%80%8B', 'x'.repeat(101)])(
  'q=%s is refused with a clear error',
  async (question) => {
    const answer = await catalog.fetch(`/v1/events?q=${question}`);
    expect(answer.status).toBe(400);
  },
);

test('a city and a category are found in any spelling; a search without letters finds nothing', async () => {
  await createEvent(catalog.db, { event: { ...far, slug: 'sao-paulo-x', city: 'São Paulo', category: 'Música' } });
  const by = async (query: string) =>
    (await shown(await catalog.fetch(`/v1/events?${query}`))).data.map(({ slug }) => slug);
  for (const city of ['sao paulo', 'SÃO PAULO', 'Sa\u0303o-Paulo']) {
    expect(await by(`city=${encodeURIComponent(city)}&category=MUSICA`)).toEqual(['sao-paulo-x']);
  }
  expect(await by('city=!!!')).toEqual([]);
  expect(await by('category=...')).toEqual([]);
});

test('an event whose kind was written in one language is found by the kind in each', async () => {
  const words = { 'pameran-x': 'Pameran', 'exhibition-x': 'exhibition', 'tanam-x': 'Pameran Tanaman' };
  for (const [slug, category] of Object.entries(words))
    await createEvent(catalog.db, { event: { ...far, slug, category } });
  for (const kind of ['exhibition', 'pameran', 'EXHIBITION']) {
    const { data } = await shown(await catalog.fetch(`/v1/events?category=${kind}`));
    expect([kind, data.map(({ slug }) => slug).sort()]).toEqual([kind, ['exhibition-x', 'pameran-x']]);
  }
});

test('all spellings of a search share one cached answer, and a search that cannot match does not query the database', async () => {
  const before = await buildsOf('listing');
  for (const question of ['Ünïque Wörd', 'unique word', 'WORD UNIQUE', 'ｕｎｉｑｕｅ-word', '"word", unique!'])
    await find(question);
  expect((await buildsOf('listing')) - before).toBe(1);
  const empty = await buildsOf('listing');
  for (const question of ['???', '!?', '(-)']) await find(question);
  expect((await buildsOf('listing')) - empty).toBeLessThanOrEqual(1);
});

test('the search reads its index, also among many events', async () => {
  await catalog.db.execute(sql`
    insert into events (id, organizer_id, slug, name, category, city, venue, starts_at, ends_at, doors_open_at, status, search, search_version)
    select 'evt_' || lpad(n::text, 8, '0'), (select organizer_id from events limit 1), 'banyak-' || n, 'Banyak', 'x', 'x', 'x',
           now() + n * interval '1 minute', now() + n * interval '1 minute' + interval '1 hour', now() + n * interval '1 minute',
           'published', ('''banyak'':1 ''acara' || n || ''':2')::tsvector, 3
    from generate_series(1, 20000) n`);
  const owner = postgres(database.directUrl, { max: 1 });
  await owner`analyze events`;
  await owner.end();
  const scans = async () => {
    const rows = await rowsOf<{ scans: number }>(
      catalog.db,
      sql`select idx_scan::integer as scans from pg_stat_user_indexes where indexrelname = 'events_search'`,
    );
    return rows[0]?.scans ?? 0;
  };
  const before = await scans();
  expect(await find('banyak acara777')).toHaveLength(11);
  // Postgres publishes these counts once a second.
  await expect
    .poll(async () => (await find(`acara${Math.random()}`), scans()), { timeout: 10_000 })
    .toBeGreaterThan(before);
});

const index = () => indexEvents({ db: catalog.db, log: silentLog });

test('the worker indexes rows that were written past the service or by an older build', async () => {
  const event = await createEvent(catalog.db, { event: { ...far, slug: 'lama-x', name: 'Naskah Lama' } });
  await catalog.db.execute(
    sql`update events set search = '', city_key = '', search_version = 0 where id = ${event.id}`,
  );
  expect(await find('naskah')).toEqual([]);
  expect(await index()).toBe(1);
  expect(await index()).toBe(0);
  expect(await find('naskah lam')).toEqual(['lama-x']);
});

test('an event whose entry cannot be written keeps no other one from the search', async () => {
  const [bad, good] = [
    await createEvent(catalog.db),
    await createEvent(catalog.db, { event: { ...far, name: 'Naskah Baik' } }),
  ];
  await catalog.db.execute(sql`update events set search = '', search_version = 0 where id in (${bad.id}, ${good.id})`);
  const owner = postgres(database.directUrl, { max: 1 });
  await owner.unsafe(`alter table events add constraint none_of_it check (id <> '${bad.id}' or search_version = 0)`);
  await expect(index()).rejects.toThrow();
  expect(await find('naskah baik')).toHaveLength(1);
  await owner`alter table events drop constraint none_of_it`;
  await owner.end();
  expect(await index()).toBe(1);
});
