import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changePicture, setPicture } from '../../src/catalog/media/set-picture.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { createEvent, signedInOwner } from '../../testkit/factories.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';
import { photo } from './support/picture-bytes.ts';

/** Guards that of two members who change the picture of an event at once, none brings back what the other replaced. */

const folder = mkdtempSync(join(tmpdir(), 'antre-replaced-picture-'));
let running: TestService;

beforeAll(async () => {
  running = await startTestService({ FILES_DIR: folder });
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const pictureOf = async (eventId: string) =>
  (await rowsOf(running.service.db, sql`select picture_id, picture_alt from events where id = ${eventId}`))[0];

/** An event with a picture, and a member who changes it; `meanwhile` happens after the change has read the old one. */
async function changing(change: Partial<Parameters<typeof changePicture>[1]>, meanwhile: string) {
  const { service } = running;
  const event = await createEvent(service.db);
  const of = { actor: await signedInOwner(service.db, event.organizer), eventId: event.id };
  await setPicture(service, { ...of, bytes: await photo(), focus: { x: 50, y: 50 }, alt: 'Lama' });
  const other = 'f'.repeat(32);
  await service.db.execute(
    sql`insert into pictures (id, organizer_id) values (${other}, ${event.organizer.id}) on conflict do nothing`,
  );
  const pictures: typeof service.pictures = {
    read: async (...which) => {
      const bytes = await service.pictures.read(...which);
      await service.db.execute(
        sql`update events set ${sql.raw(meanwhile)}, version = version + 1 where id = ${event.id}`,
      );
      return bytes;
    },
  };
  const changed = changePicture({ ...service, pictures }, { ...of, ...change });
  return { changed, shown: () => pictureOf(event.id), other };
}

test.each([
  ['describes', { alt: 'Panggung' }],
  ['cuts', { focus: { x: 1, y: 1 } }],
])(
  'who %s a picture that was replaced meanwhile is told so, and the new one stays',
  async (_what, change) => {
    const { changed, shown, other } = await changing(change, `picture_id = '${'f'.repeat(32)}', picture_alt = 'Baru'`);
    await expect(changed).rejects.toMatchObject({ code: 'event.changed_meanwhile' });
    expect(await shown()).toEqual({ picture_id: other, picture_alt: 'Baru' });
  },
  60_000,
);

test('a cut keeps the description that somebody else has written meanwhile', async () => {
  const { changed, shown } = await changing({ focus: { x: 1, y: 1 } }, "picture_alt = 'Baru'");
  await changed;
  expect(await shown()).toMatchObject({ picture_alt: 'Baru' });
});
