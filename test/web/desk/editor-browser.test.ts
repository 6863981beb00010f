import sharp from 'sharp';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { pictureMsMax } from '../../../src/catalog/media/picture-maker.ts';
import { useBrowserOn } from '../../../testkit/web/use-browser-on.ts';
import { deskPassword, openDeskWorld } from '../../../testkit/web/desk-world.ts';
import { createEvent } from '../../../testkit/factories.ts';

/** Guards the editor of an event in a browser, on a phone of 320 pixels and on a desktop. */

const folder = mkdtempSync(join(tmpdir(), 'antre-editor-'));
const world = await openDeskWorld({ PUBLIC_URL: 'http://127.0.0.1', FILES_DIR: folder });
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});
const { browser, origin } = await useBrowserOn(world.running.service);
const email = await world.addMember('owner');

/** A picture is made with the time that nothing else wants. On a machine that is busy with other tests it takes up to the service's own bound. */
const whilePictureIsMade = { timeout: pictureMsMax };

const sizes = [
  { name: 'a phone', width: 320, height: 640 },
  { name: 'a desktop', width: 1280, height: 800 },
];

async function signedIn({ width, height }: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${origin}/desk`);
  await page.fill('[name="email"]', email);
  await page.fill('[name="password"]', deskPassword);
  await page.click('button.button-main');
  await page.waitForURL(`${origin}/desk`);
  return page;
}

/** Nothing is wider than the window. */
async function look(page: Page): Promise<void> {
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  expect([page.url(), Math.max(wide, 0)]).toEqual([page.url(), 0]);
}

test.each(sizes)(
  'a picture is uploaded, cut by a click, and seen by the public, on $name',
  async (size) => {
    const page = await signedIn(size);
    const event = await createEvent(world.running.service.db, { organizer: world.organizer });
    const photo = await sharp({ create: { width: 1500, height: 1500, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
    await page.goto(`${origin}/desk/events/${event.id}/picture`);
    await look(page);
    const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer });
    await page.setInputFiles('input[type="file"]', file('a.svg', 'image/svg+xml', Buffer.from('<svg/>')));
    await page.click('form[enctype] button');
    await page.waitForSelector('[role="alert"]');
    expect(await page.textContent('[role="alert"]')).toContain('Choose a JPEG, PNG, WebP or AVIF file.');
    await page.setInputFiles('input[type="file"]', file('a.jpg', 'image/jpeg', photo));
    await page.fill('form[enctype] [name="alt"]', 'A teal square');
    await page.click('form[enctype] button', whilePictureIsMade);
    await page.waitForSelector('#focus img');
    await look(page);
    await page.click('#focus', { position: { x: 20, y: 20 } });
    expect(Number(await page.inputValue('[name="focus.x"]'))).toBeLessThan(20);
    expect(await page.isVisible('#focus-point')).toBe(true);
    const before = await page.getAttribute('.cuts img', 'src');
    await page.click('text=Save the cut', whilePictureIsMade);
    await page.waitForSelector('.notice-good');
    expect(await page.getAttribute('.cuts img', 'src')).not.toBe(before);
    await page.goto(`${origin}/events/${event.slug}?lang=en`);
    await page.waitForFunction("document.querySelector('.event-art img')?.complete === true");
    const drawn = await page.evaluate<number>("document.querySelector('.event-art img').naturalWidth");
    expect(drawn).toBeGreaterThan(0);
    expect(await page.getAttribute('.event-art img', 'alt')).toBe('A teal square');
    await look(page);
    await page.context().close();
  },
  2 * pictureMsMax + 60_000,
);
