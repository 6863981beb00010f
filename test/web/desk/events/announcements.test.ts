import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../../../src/platform/database/db.ts';
import { type TestEvent, createEvent } from '../../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../../testkit/web/desk-world.ts';

/** Guards that an announcement is read before it is sent, and that nothing of its text is lost on the way. */

let world: DeskWorld;
let owner: DeskBrowser;
let event: TestEvent;
beforeAll(async () => {
  world = await openDeskWorld();
  event = await createEvent(world.running.service.db, { organizer: world.organizer });
  owner = await world.signIn(await world.addMember('owner'));
});
afterAll(() => world.close());

const one = async <Row>(query: ReturnType<typeof sql>) => (await rowsOf<Row>(world.running.service.db, query))[0];

test('an announcement is previewed with its recipients, and sent only after that', async () => {
  const path = `/desk/events/${event.id}/announcements`;
  const fields = {
    'content.id.subject': 'Pintu pindah',
    'content.id.text': 'Masuk dari <utara>.',
    'content.en.subject': 'The door has moved',
    'content.en.text': 'Enter from the <north>.',
  };
  const refused = await owner.send(`${path}/new`, { ...fields, 'content.en.text': '' }, { act: 'draft' });
  expect([refused.status, refused.html.includes('Pintu pindah')]).toEqual([409, true]);
  const preview = await owner.send(`${path}/new`, fields, { act: 'draft' });
  expect(preview.status).toBe(200);
  expect(preview.html).toContain('email addresses');
  expect(preview.html).toContain('&lt;north&gt;');
  expect(await one(sql`select count(*)::int as n from announcements where confirmed_at is not null`)).toEqual({ n: 0 });
  const nobody = await owner.post(`${path}/new`, formFields(preview.html, 'send'));
  expect([nobody.status, nobody.html.includes('No buyer would get it yet.')]).toEqual([409, true]);
  const gift = {
    'buyer.name': 'Ayu Lestari',
    'buyer.email': 'ayu@example.test',
    'buyer.phone': '081234567890',
    'lines.0.ticketCategoryId': event.categories[0]?.id ?? '',
  };
  expect((await owner.send(`/desk/events/${event.id}/gifts`, gift, { act: 'give' })).status).toBe(303);
  // An announcement goes to orders that were paid some seconds before its preview.
  await world.running.service.db.execute(
    sql`update orders set paid_at = paid_at - interval '1 hour' where event_id = ${event.id}`,
  );
  const again = await owner.send(`${path}/new`, fields, { act: 'draft' });
  expect(again.html).toContain('1 email address<');
  const sent = await owner.post(`${path}/new`, formFields(again.html, 'send'));
  expect(sent.status).toBe(303);
  expect((await owner.get(sent.location)).html).toContain('The announcement is being sent.');
  expect((await owner.get(path)).html).toContain('The door has moved');
});

test('a draft of an announcement can be written on, from its preview and from its page, which shows its text', async () => {
  const path = `/desk/events/${event.id}/announcements`;
  const fields = {
    'content.id.subject': 'Pintu dibuka lebih awal',
    'content.id.text': 'Datang pukul empat.',
    'content.en.subject': 'Doors open earlier',
    'content.en.text': 'Come at <four>.',
    whatsapp: 'yes',
    'content.id.shortText': 'Datang pukul empat',
    'content.en.shortText': 'Come at four',
    checkedIn: 'false',
  };
  const preview = await owner.send(`${path}/new`, fields, { act: 'draft' });
  const again = /href="([^"]+\/announcements\/new\?from=[^"]+)"/.exec(preview.html)?.[1] ?? '';
  const written = await owner.get(again);
  expect(formFields(written.html, 'draft')).toMatchObject(fields);
  const shown = await owner.get(`${path}/${again.split('=')[1]}`);
  expect(shown.html).toContain('Come at &lt;four&gt;.');
  expect(shown.html).toContain(`href="${again}"`);
  const refused = await owner.post(`${path}/new`, { ...formFields(written.html, 'draft'), 'content.en.text': '' });
  expect([refused.status, refused.html.includes('Datang pukul empat.')]).toEqual([409, true]);
});
