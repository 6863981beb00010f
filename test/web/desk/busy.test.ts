import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../testkit/web/desk-world.ts';

/** Guards that a busy service leaves no member on a page that leads nowhere: in a rush, the sale is watched. */

let world: DeskWorld;
let member: DeskBrowser;
let sale: string;
let isBusy = false;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  world = await openDeskWorld();
  const { service } = world.running;
  sale = `/desk/events/${(await createEvent(service.db, { organizer: world.organizer })).id}/sale`;
  member = await world.signIn(await world.addMember('owner'));
  app = createApp({
    ...service,
    decide: (asked, route) =>
      isBusy && route?.startsWith('/v1/organizers/') === true
        ? { refusal: service.traffic.refusals.overloaded(3) }
        : service.decide(asked, route),
  });
});
afterAll(() => world?.close());

const ask = async (path: string, fields?: Record<string, string>) => {
  const cookie = [...member.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      headers: { accept: 'text/html', 'accept-language': 'en', cookie, 'sec-fetch-site': 'same-origin' },
      ...(fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }),
    }),
  );
  return { status: response.status, wait: response.headers.get('retry-after'), html: await response.text() };
};

test('a page that is refused for load loads again by itself, in its own time, and the next try shows it', async () => {
  isBusy = true;
  const refused = await ask(sale);
  expect([refused.status, refused.wait]).toEqual([503, '3']);
  expect(refused.html).toContain('<meta name="again" content="3">');
  expect(refused.html).toContain('This page loads again by itself.');
  isBusy = false;
  const shown = await ask(sale);
  expect([shown.status, shown.html.includes('name="again"')]).toEqual([200, false]);
});

test('a form that is refused for load is not sent by itself: one press sends what was typed, once the service can take it', async () => {
  const fields = formFields((await member.get('/desk/profile')).html);
  isBusy = true;
  const refused = await ask('/desk/profile', { ...fields, 'contact.email': 'halo@senja.example' });
  isBusy = false;
  expect([refused.status, refused.html.includes('name="again"')]).toEqual([503, false]);
  expect(refused.html).toContain('What you entered is still here.');
  const kept = formFields(refused.html);
  expect(kept).toMatchObject({ 'contact.email': 'halo@senja.example', act: 'save' });
  expect((await ask('/desk/profile', kept)).status).toBe(303);
  expect(formFields((await member.get('/desk/profile')).html)['contact.email']).toBe('halo@senja.example');
});

test('a key is not written into the page that offers to send a form again', async () => {
  const fields = formFields((await member.get('/desk/connections')).html, 'account');
  const typed = { merchantId: 'G123456789', serverKey: 'Mid-server-secret', clientKey: 'Mid-client-1' };
  isBusy = true;
  const { html } = await ask('/desk/connections', { ...fields, ...typed });
  isBusy = false;
  expect([html.includes('G123456789'), html.includes('Mid-server-secret')]).toEqual([true, false]);
});
