import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../../../src/access/credentials/key-scopes.ts';
import { type TestEvent, createEvent, signedInOwner } from '../../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, openDeskWorld } from '../../../../testkit/web/desk-world.ts';
import { photo } from '../../../catalog/support/picture-bytes.ts';

/** Guards the preview of an event at the desk: all that buyers will see, and no address that answers 404. */

const folder = mkdtempSync(join(tmpdir(), 'antre-preview-'));
let world: DeskWorld;
let browser: DeskBrowser;
let draft: TestEvent;
let preview: string;

beforeAll(async () => {
  world = await openDeskWorld({ FILES_DIR: folder });
  const { running, organizer } = world;
  const { service } = running;
  browser = await world.signIn(await world.addMember('owner'));
  draft = await createEvent(service.db, {
    organizer,
    event: { status: 'draft', publishedAt: null, hasWaitingList: true, description: 'Semalam.' },
    categories: [
      { capacity: 0, price: 0 },
      { price: 0, saleOpensAt: new Date(Date.now() + 3_600_000) },
    ],
  });
  preview = `/desk/events/${draft.id}/preview`;
  const actor = await signedInOwner(service.db, organizer);
  const { key } = await createApiKey(service, { actor, name: 'test', role: 'manager', scopes: keyScopes });
  const put = (path: string, body: Uint8Array<ArrayBuffer> | string, type: string) =>
    running.fetch(`/v1/organizers/${organizer.slug}/${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
      body,
    });
  const profile = {
    contact: { email: 'halo@antre.test', phone: null },
    privacy: { id: 'Rahasia.', en: '' },
    terms: { id: '', en: 'Be kind.' },
  };
  const answers = [
    await put(`events/${draft.id}/picture`, new Uint8Array(await photo()), 'application/octet-stream'),
    await put('profile', JSON.stringify(profile), 'application/json'),
    await browser.send(`/desk/events/${draft.id}/waiting-room`, {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 303]);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every address of the page that leads to our own origin. */
function addressesIn(page: string): string[] {
  const given = [...page.matchAll(/\s(?:href|src|action|poster)="([^"]*)"/g)].map(([, address = '']) => address);
  const sets = [...page.matchAll(/\ssrcset="([^"]*)"/g)].flatMap(([, set = '']) =>
    set.split(',').map((one) => one.trim().split(' ')[0] ?? ''),
  );
  const ours = [...given, ...sets].map(
    (address) => new URL(address.replaceAll('&amp;', '&'), `http://localhost${preview}`),
  );
  return [...new Set(ours.filter(({ host }) => host === 'localhost').map(({ pathname, search }) => pathname + search))];
}

/** One after the other, as a person follows links: traffic control may refuse a burst. */
async function missingOf(addresses: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const address of addresses) {
    const { status } = await browser.get(address);
    if (status >= 400) missing.push(`${status} ${address}`);
  }
  return missing;
}

test('the preview of a draft shows what buyers will see, and nothing in it leads to a page that is not there yet', async () => {
  for (const language of ['id', 'en']) {
    const { html } = await browser.get(`${preview}?lang=${language}`);
    const words =
      language === 'en'
        ? ['Add to calendar', 'Terms', 'Tell me when places return', 'To the waiting room', 'Test organizer']
        : ['Simpan ke kalender', 'Syarat dan ketentuan', 'Beri tahu saya', 'Ke ruang tunggu', 'Test organizer'];
    for (const text of words) expect(html).toContain(text);
    const addresses = addressesIn(html);
    expect(addresses.filter((address) => address.startsWith('/pictures/')).length).toBeGreaterThan(5);
    expect(await missingOf(addresses)).toEqual([]);
  }
});

test('once the event is published, the preview leads where its page leads', async () => {
  await world.running.service.db.execute(
    sql`update events set status = 'published', published_at = now() where id = ${draft.id}`,
  );
  const { html } = await browser.get(`${preview}?lang=en`);
  const addresses = addressesIn(html);
  for (const address of [
    `/events/${draft.slug}/terms`,
    `/events/${draft.slug}/waiting-list`,
    `/events/${draft.slug}/queue`,
    `/v1/events/${draft.slug}/calendar/event-en.ics`,
    `/v1/events/${draft.slug}/calendar/sale-en.ics`,
    `/o/${draft.organizer.slug}`,
  ]) {
    expect(addresses.map((one) => one.split('?')[0])).toContain(address);
  }
  expect(await missingOf(addresses)).toEqual([]);
});
