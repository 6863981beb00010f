import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createDeliveries } from '../../../src/notifications/deliveries/deliveries.ts';
import { composeWaiting } from '../../../src/notifications/deliveries/tell-waiting.ts';
import { someBuyer } from '../../../testkit/factories.ts';
import { categoryOf, useWaitingWorld } from '../support/waiting-world.ts';

/** Guards what people who wait for places read. */

const world = await useWaitingWorld();
const { db } = world.open;

async function mailOf(id: string, template: 'waiting_confirm' | 'places_offered'): Promise<string> {
  const deps = { db, deliveries: createDeliveries(db), config: world.desk.deps.config };
  const composed = await composeWaiting(deps, { subject_id: id, template });
  if (composed?.channel !== 'email') throw new Error(`no mail ${template}`);
  return `${composed.mail.subject}\n${composed.mail.text}`;
}

const english = ['Southern Dusk', 'Standing'];
const indonesian = ['Senja', 'Berdiri'];

test.each([
  ['en', 0, english, indonesian, 'the tickets are yours'],
  ['en', 50_000, english, indonesian, 'If they are not paid by then'],
  ['id', 0, indonesian, english, 'tiketnya sudah menjadi milik Anda'],
  ['id', 50_000, indonesian, english, 'Bila tidak dibayar sampai waktu itu'],
] as const)('in the language %s, at a price of %i', async (locale, price, own, others, said) => {
  const event = await world.soldOut();
  await db.execute(sql`update events set name = 'Senja', name_en = 'Southern Dusk' where id = ${event.id}`);
  await db.execute(
    sql`update ticket_categories set name = 'Berdiri', name_en = 'Standing', price = ${price} where event_id = ${event.id}`,
  );
  const body = { ticketCategoryId: categoryOf(event), quantity: 1, buyer: someBuyer(), locale };
  expect((await world.ask(`/v1/events/${event.slug}/waiting-list`, body)).status).toBe(202);
  const id = (await world.entriesOf(event))[0]?.id ?? '';
  const asked = await mailOf(id, 'waiting_confirm');
  expect((await world.ask(`/v1/waiting-list/${id}`, undefined, world.tokenOf(id))).body).toMatchObject({
    eventName: 'Senja',
    eventNameEn: 'Southern Dusk',
    ticketCategory: 'Berdiri',
    ticketCategoryEn: 'Standing',
  });
  await world.confirm(id);
  await world.giveBack(event, 1);
  expect(await world.offer()).toBe(1);
  const offered = await mailOf(id, 'places_offered');
  for (const mail of [asked, offered]) {
    for (const text of own) expect(mail).toContain(text);
    for (const text of others) expect(mail).not.toContain(text);
  }
  expect(offered).toContain(said);
  // Free tickets are the reader's at once.
  if (price === 0) expect(offered).not.toMatch(/dibayar|paid/);
});

test.each(['close_sales', 'browse_only'])(
  'nobody is mailed an offer while an operator has switched on %s, and everybody once the switch has run out',
  async (name) => {
    const event = await world.soldOut();
    const id = await world.wait(event);
    await world.giveBack(event, 1);
    await db.execute(sql`
      insert into switches (name, event_id, event_slug, is_on, reason, changed_by)
      values (${name}, ${event.id}, ${event.slug}, true, 'a test', 'the tests')`);
    const offered = sql`select from deliveries where subject_id = ${id} and template = 'places_offered'`;
    expect([await world.offer(), await db.execute(offered)]).toMatchObject([0, []]);
    await db.execute(sql`update switches set until = now() - interval '1 second' where event_id = ${event.id}`);
    expect([await world.offer(), await db.execute(offered)]).toMatchObject([1, [{}]]);
  },
);
