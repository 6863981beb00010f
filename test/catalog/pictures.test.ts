import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { clearPictures } from '../../src/catalog/index.ts';
import { pictureBytesMax } from '../../src/catalog/limits.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createOrganizer, signedInOwner } from '../../testkit/factories.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { blue, photo, pngOf, red } from './support/picture-bytes.ts';

/** Guards the pictures of events: accepted and refused files, their addresses, and their removal. */

const folder = mkdtempSync(join(tmpdir(), 'antre-pictures-'));
let running: TestService;
let event: TestEvent;
let key = '';

const managerKey = async (of: TestEvent['organizer']): Promise<string> => {
  const { service } = running;
  const actor = await signedInOwner(service.db, of);
  return (await createApiKey(service, { actor, name: 'test', role: 'manager', scopes: keyScopes })).key;
};

beforeAll(async () => {
  running = await startTestService({ FILES_DIR: folder });
  event = await createEvent(running.service.db);
  key = await managerKey(event.organizer);
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const addressOf = (of: TestEvent = event) => `/v1/organizers/${of.organizer.slug}/events/${of.id}/picture`;
const send = (method: string, body?: Uint8Array | object, query = '', as = key, of = event) =>
  running.fetch(`${addressOf(of)}${query}`, {
    method,
    headers: {
      authorization: `Bearer ${as}`,
      ...(body === undefined
        ? {}
        : { 'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
  });
const shownPicture = async (answer: Response) =>
  (await answer.json()) as { picture: { path: string; alt: string } | null; pictureFocus: unknown };

describe('a photo', () => {
  let path = '';

  test('is shown by the event and the listing, and served in every size and format without its metadata', async () => {
    const answer = await send('PUT', await photo(), '?alt=Panggung%20saat%20senja');
    expect(answer.status).toBe(200);
    const { picture } = await shownPicture(answer);
    path = picture?.path ?? '';
    expect(picture).toEqual({ path: expect.stringMatching(/^\/pictures\/[0-9a-f]{32}$/), alt: 'Panggung saat senja' });
    const shown = (await (await running.fetch(`/v1/events/${event.slug}`)).json()) as { picture: unknown };
    expect(shown.picture).toEqual(picture);
    const listing = (await (await running.fetch('/v1/events')).json()) as { data: { id: string; picture: unknown }[] };
    expect(listing.data.find(({ id }) => id === event.id)?.picture).toEqual(picture);
    const sizes = { small: [480, 300], medium: [960, 600], large: [1600, 1000], share: [1200, 630] } as const;
    for (const [name, [width, height]] of Object.entries(sizes)) {
      for (const type of name === 'share' ? ['jpg'] : ['jpg', 'avif']) {
        const file = await running.fetch(`${path}/${name}.${type}`);
        expect([file.status, file.headers.get('content-type')]).toEqual([
          200,
          type === 'jpg' ? 'image/jpeg' : 'image/avif',
        ]);
        expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
        expect(file.headers.get('x-content-type-options')).toBe('nosniff');
        expect(file.headers.get('content-security-policy')).toContain("default-src 'none'");
        const bytes = Buffer.from(await file.arrayBuffer());
        const facts = await sharp(bytes).metadata();
        expect([facts.width, facts.height, facts.exif, facts.xmp, facts.icc]).toEqual([
          width,
          height,
          undefined,
          undefined,
          undefined,
        ]);
        expect(bytes.includes('SECRET-OWNER') || bytes.includes('<script>')).toBe(false);
      }
    }
    const again = await running.fetch(`${path}/small.avif`, {
      headers: { 'if-none-match': (await running.fetch(`${path}/small.avif`)).headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  test('stands in the page with its shape, and in previews of the link', async () => {
    const page = await (
      await running.fetch(`/events/${event.slug}?lang=id`, { headers: { accept: 'text/html' } })
    ).text();
    expect(page).toContain(`srcset="${path}/small.avif 480w, ${path}/medium.avif 960w, ${path}/large.avif 1600w"`);
    expect(page).toMatch(/<img[^>]+width="1600" height="1000" alt="Panggung saat senja"[^>]+fetchpriority="high"/);
    expect(page).toMatch(new RegExp(`<meta property="og:image" content="https?://[^"]+${path}/share.jpg">`));
    const home = await (await running.fetch('/?lang=id', { headers: { accept: 'text/html' } })).text();
    expect(home).toContain(`${path}/small.avif 480w`);
  });

  test('is cut around its focus, and its description changes without a new cut', async () => {
    const answer = await send('PATCH', { focus: { x: 95, y: 50 }, alt: 'Kanan' });
    const { picture, pictureFocus } = await shownPicture(answer);
    expect([answer.status, pictureFocus, picture?.alt]).toEqual([200, { x: 95, y: 50 }, 'Kanan']);
    expect(picture?.path).not.toBe(path);
    const renamed = await shownPicture(await send('PATCH', { alt: 'Lain' }));
    expect(renamed.picture).toEqual({ path: picture?.path, alt: 'Lain' });
    expect((await send('PATCH', { focus: { x: 101, y: 0 } })).status).toBe(400);
  });

  test('is carried by a copy of the event, and not by a copy that another organiser asks for', async () => {
    const copy = (slug: string, of: TestEvent['organizer'], as: string) =>
      running.fetch(`/v1/organizers/${of.slug}/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          slug,
          name: 'Senja Kedua',
          category: 'concert',
          city: 'Jakarta',
          venue: 'Lapangan Selatan',
          startsAt: '2030-01-01T12:00:00Z',
          endsAt: '2030-01-01T15:00:00Z',
          pictureOf: event.id,
        }),
      });
    const shown = await shownPicture(await send('PATCH', { alt: 'Masih ada' }));
    const own = await copy('senja-kedua', event.organizer, key);
    expect([own.status, (await shownPicture(own)).picture]).toEqual([201, shown.picture]);
    const other = await createOrganizer(running.service.db);
    const theirs = await copy('senja-curian', other, await managerKey(other));
    expect(theirs.status).toBe(404);
    await running.service.db.execute(sql`update events set picture_id = null where slug = 'senja-kedua'`);
  });

  test('is deleted a day after the last event stops showing it, and never while one shows it', async () => {
    const { db, fileStorage } = running.service;
    const before = await shownPicture(await send('PATCH', { alt: 'Masih ada' }));
    const kept = before.picture?.path.split('/').at(-1) ?? '';
    await clearPictures({ db, fileStorage, log: silentLog });
    expect(readdirSync(join(folder, 'pictures')).length).toBe(18);
    await db.execute(sql`update pictures set touched_at = now() - interval '25 hours'`);
    await clearPictures({ db, fileStorage, log: silentLog });
    expect(readdirSync(join(folder, 'pictures')).every((name) => name.startsWith(kept))).toBe(true);
    expect((await send('DELETE')).status).toBe(200);
    expect((await send('DELETE')).status).toBe(404);
    await clearPictures({ db, fileStorage, log: silentLog });
    expect(readdirSync(join(folder, 'pictures'))).toHaveLength(9);
    await db.execute(sql`update pictures set touched_at = now() - interval '25 hours'`);
    await clearPictures({ db, fileStorage, log: silentLog });
    expect(readdirSync(join(folder, 'pictures'))).toHaveLength(0);
  });

  test('whose files cannot be deleted keeps no other one, and is deleted later', async () => {
    const { db, fileStorage } = running.service;
    const [stubborn, other] = ['a'.repeat(32), 'b'.repeat(32)];
    for (const id of [stubborn, other]) {
      await db.execute(sql`
        insert into pictures (id, organizer_id, touched_at) values (${id}, ${event.organizer.id}, now() - interval '30 hours')`);
    }
    const removed: string[] = [];
    const remove = async (name: string) => {
      if (name.includes(stubborn)) throw new Error('EACCES');
      removed.push(name);
      await fileStorage.remove(name);
    };
    const left = async () => (await rowsOf<{ id: string }>(db, sql`select id from pictures`)).map(({ id }) => id);
    await expect(clearPictures({ db, log: silentLog, fileStorage: { ...fileStorage, remove } })).rejects.toThrow(
      'EACCES',
    );
    expect(removed).toHaveLength(9);
    expect(await left()).toEqual([stubborn]);
    await clearPictures({ db, log: silentLog, fileStorage });
    expect(await left()).toEqual([]);
  });
});

describe('what is refused, with nothing changed', () => {
  const small = async () =>
    sharp({ create: { width: 959, height: 700, channels: 3, background: red } })
      .png()
      .toBuffer();
  const animated = async () =>
    sharp(
      await Promise.all(
        [red, blue].map((background) =>
          sharp({ create: { width: 960, height: 600, channels: 3, background } })
            .png()
            .toBuffer(),
        ),
      ),
      { join: { animated: true } },
    )
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
  const cases: readonly [what: string, bytes: () => Promise<Buffer>, status: number, code: string][] = [
    [
      'SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      415,
      'picture.type_unsupported',
    ],
    ['HTML', async () => Buffer.from('<!doctype html><script>alert(1)</script>'), 415, 'picture.type_unsupported'],
    [
      'GIF that is a script too',
      async () => Buffer.from('GIF89a/*<svg onload=alert(1)>*/=1;alert(1)'),
      415,
      'picture.type_unsupported',
    ],
    ['PDF', async () => Buffer.from('%PDF-1.7\n'), 415, 'picture.type_unsupported'],
    [
      'TIFF',
      async () =>
        sharp({ create: { width: 960, height: 600, channels: 3, background: red } })
          .tiff()
          .toBuffer(),
      415,
      'picture.type_unsupported',
    ],
    [
      'SVG behind the first bytes of a JPEG',
      async () => Buffer.from('\u00ff\u00d8\u00ff<svg><script/></svg>', 'latin1'),
      400,
      'picture.unreadable',
    ],
    ['empty body', async () => Buffer.alloc(0), 415, 'picture.type_unsupported'],
    ['flood of pixels', async () => pngOf(15_000, 15_000), 413, 'picture.too_many_pixels'],
    ['very long side', async () => pngOf(16_001, 1000), 413, 'picture.too_many_pixels'],
    ['JPEG that is cut short', async () => (await photo()).subarray(0, 9000), 400, 'picture.unreadable'],
    ['PNG whose rows are missing', async () => pngOf(4000, 4000), 400, 'picture.unreadable'],
    ['animated WebP', animated, 415, 'picture.animated'],
    ['animated PNG', async () => pngOf(1000, 1000, Buffer.alloc(8)), 415, 'picture.animated'],
    ['small picture', small, 400, 'picture.too_small'],
  ];
  test.each(cases)(
    '%s',
    async (_what, bytes, status, code) => {
      const answer = await send('PUT', await bytes());
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
      const shown = await running.fetch(addressOf().replace(/\/picture$/, ''), {
        headers: { authorization: `Bearer ${key}` },
      });
      expect((await shownPicture(shown)).picture).toBeNull();
    },
    60_000,
  );

  test('a body that is larger than the limit', async () => {
    const answer = await send('PUT', Buffer.alloc(pictureBytesMax + 1));
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([413, 'request.too_large']);
  });

  test('another organiser, and nobody', async () => {
    const other = await managerKey(await createOrganizer(running.service.db));
    const answer = await send('PUT', await photo(), '', other);
    expect(answer.status).toBe(404);
    expect((await send('PUT', await photo(), '', 'antre_key_x')).status).toBe(401);
  });

  test('addresses of files that do not exist or are not public', async () => {
    const none = '0'.repeat(32);
    for (const file of [`${none}/small.avif`, `${none}/master.webp`, `${none}/..%2f..%2fetc`, 'x/small.jpg'])
      expect((await running.fetch(`/pictures/${file}`)).status).toBe(404);
  });
});
