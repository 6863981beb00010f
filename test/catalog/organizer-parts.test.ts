import { expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { catalogInvariants } from '../../src/catalog/invariants.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { auditOf, keyOf, shown } from '../../testkit/catalog/catalog-world.ts';
import { type TestEvent, createEvent, createPaymentAccount, someBuyer } from '../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../testkit/orders/placing.ts';
import { useCatalog } from './support/catalogs.ts';

const { catalog, database } = await useCatalog();

const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();

/** Requests about one event, as its manager. */
async function deskOf(event: TestEvent) {
  const key = await keyOf(catalog, event.organizer, 'manager');
  await createPaymentAccount(catalog.db, event.organizer);
  return (method: string, path: string, body?: unknown): Promise<Response> =>
    catalog.fetch(`/v1/organizers/${event.organizer.slug}/events/${event.id}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

test('schedule items are added, changed and removed, and the public documents follow', async () => {
  const event = await createEvent(catalog.db);
  const ask = await deskOf(event);
  const publicTitles = async () =>
    (await shown(await catalog.fetch(`/v1/events/${event.slug}/schedule`))).data.map((item) => item['title']);
  expect(await publicTitles()).toEqual([]);
  const late = await shown(
    await ask('POST', '/schedule', { title: 'Penutup', startsAt: hours(74), endsAt: hours(75) }),
  );
  await ask('POST', '/schedule', { title: 'Pembuka', stage: 'Utama', startsAt: hours(72), endsAt: hours(73) });
  expect((await ask('PATCH', `/schedule/${late.id}`, { titleEn: '' })).status).toBe(400);
  const translated = await shown(await ask('PATCH', `/schedule/${late.id}`, { titleEn: 'Closing' }));
  expect(translated).toMatchObject({ title: 'Penutup', titleEn: 'Closing', stageEn: null });
  expect(await publicTitles()).toEqual(['Pembuka', 'Penutup']);
  const changed = await ask('PATCH', `/schedule/${late.id}`, {
    title: 'Puncak',
    startsAt: hours(71),
    endsAt: hours(72),
  });
  expect([changed.status, await shown(changed)]).toEqual([200, expect.objectContaining({ title: 'Puncak' })]);
  expect(await publicTitles()).toEqual(['Puncak', 'Pembuka']);
  expect((await ask('PATCH', `/schedule/${late.id}`, { endsAt: hours(70) })).status).toBe(400);
  expect((await ask('DELETE', `/schedule/${late.id}`)).status).toBe(204);
  expect(await publicTitles()).toEqual(['Pembuka']);
  const gone = await ask('DELETE', `/schedule/${late.id}`);
  expect([gone.status, (await shown(gone)).code]).toEqual([404, 'schedule_item.not_found']);
  const acts = (await auditOf(catalog.db, event.organizer)).map(({ act }) => act);
  expect(acts.filter((act) => act.startsWith('schedule_item'))).toEqual([
    'schedule_item.created',
    'schedule_item.created',
    'schedule_item.changed',
    'schedule_item.changed',
    'schedule_item.deleted',
  ]);
});

test('a category takes a pool of its own event only; inconsistent limits and windows are refused', async () => {
  const [event, other] = [await createEvent(catalog.db), await createEvent(catalog.db)];
  const ask = await deskOf(event);
  const poolId = event.categories[0]?.poolId ?? '';
  const values = (more: object) => ({
    poolId,
    name: 'Balkon',
    price: { amount: 90_000, currency: 'IDR' },
    saleOpensAt: hours(-1),
    saleClosesAt: hours(10),
    ...more,
  });
  const foreign = await ask('POST', '/ticket-categories', values({ poolId: other.categories[0]?.poolId }));
  expect([foreign.status, (await shown(foreign)).code]).toEqual([409, 'ticket_category.pool_unknown']);
  for (const wrong of [
    { saleClosesAt: hours(-2) },
    { perOrderMin: 5, perOrderMax: 4 },
    { perOrderMin: 3, perBuyerMax: 2 },
    { price: { amount: 1, currency: 'USD' } },
    { price: { amount: 1.5, currency: 'IDR' } },
    { price: 90_000 },
    { entryOpensAt: hours(73), entryClosesAt: hours(72) },
    { poolId: 'pol_1' },
    { color: 'red' },
  ]) {
    const answer = await ask('POST', '/ticket-categories', values(wrong));
    expect([wrong, answer.status, (await shown(answer)).code]).toEqual([wrong, 400, 'request.invalid']);
  }
  const made = await shown(await ask('POST', '/ticket-categories', values({ position: 5 })));
  expect(made).toMatchObject({ poolId, position: 5, status: 'on_sale', saleState: 'open', perBuyerMax: null });
  const closed = await shown(await ask('PATCH', `/ticket-categories/${made.id}`, { status: 'closed' }));
  expect(closed).toMatchObject({ status: 'closed', saleState: 'closed' });
  expect((await ask('DELETE', `/ticket-categories/${made.id}`)).status).toBe(204);
  expect((await shown(await ask('GET', '/ticket-categories'))).data.length).toBe(1);
});

test('a price that changes mid-sale applies to new orders only, and the public sees it', async () => {
  const event = await createEvent(catalog.db);
  const ask = await deskOf(event);
  const [category] = event.categories;
  const open = openTestDb(database.url);
  const placing = placingDeps(open);
  const before = await order(placing, event);
  const price = { amount: 200_000, currency: 'IDR' };
  expect((await ask('PATCH', `/ticket-categories/${category?.id}`, { price })).status).toBe(200);
  const after = await order(placing, event);
  expect([before.order.subtotal.amount, after.order.subtotal.amount]).toEqual([150_000, 200_000]);
  const shownNow = await shown(await catalog.fetch(`/v1/events/${event.slug}/ticket-categories`));
  expect(shownNow.data[0]).toMatchObject({ price });
  await open.close();
});

test('a limit per buyer that is set later counts what buyers already have', async () => {
  const event = await createEvent(catalog.db);
  const ask = await deskOf(event);
  const open = openTestDb(database.url);
  const placing = placingDeps(open);
  const buyer = someBuyer();
  await order(placing, event, { buyer, quantity: 3 });
  const limited = await ask('PATCH', '', { ticketsPerBuyerMax: 3, version: 1 });
  expect(limited.status).toBe(200);
  await expect(order(placing, event, { buyer, quantity: 1 })).rejects.toMatchObject({ code: 'order.limit_exceeded' });
  // Another limit needs no other counts. They are not written again, which would hold up the orders of the event.
  const counters = () =>
    rowsOf(open.db, sql`select ctid::text, counter_key, quantity from limit_counters where event_id = ${event.id}`);
  const before = await counters();
  expect((await ask('PATCH', '', { ticketsPerBuyerMax: 4, version: 2 })).status).toBe(200);
  expect(await counters()).toEqual(before);
  await order(placing, event, { buyer, quantity: 1 });
  await expect(order(placing, event, { buyer, quantity: 1 })).rejects.toMatchObject({ code: 'order.limit_exceeded' });
  expect((await ask('PATCH', '', { ticketsPerBuyerMax: null, version: 3 })).status).toBe(200);
  await order(placing, event, { buyer, quantity: 1 });
  expect((await ask('PATCH', `/ticket-categories/${event.categories[0]?.id}`, { perBuyerMax: 4 })).status).toBe(200);
  await expect(order(placing, event, { buyer, quantity: 1 })).rejects.toMatchObject({ code: 'order.limit_exceeded' });
  await open.close();
});

test('a refused change leaves no row, no audit entry and no push', async () => {
  const event = await createEvent(catalog.db);
  const ask = await deskOf(event);
  await catalog.fetch(`/v1/events/${event.slug}/ticket-categories`);
  const refused = await ask('DELETE', `/ticket-categories/${event.categories[0]?.id}`);
  expect((await shown(refused)).code).toBe('event.not_publishable');
  const hit = await catalog.fetch(`/v1/events/${event.slug}/ticket-categories`);
  expect(hit.headers.get('cache-status')).toContain('detail=memory');
  const [count] = await rowsOf<{ count: number }>(
    catalog.db,
    sql`select count(*)::int as count from ticket_categories where event_id = ${event.id}`,
  );
  expect(count?.count).toBe(1);
  expect((await auditOf(catalog.db, event.organizer)).filter(({ act }) => act.startsWith('ticket_category'))).toEqual(
    [],
  );
});

test.each([
  ['catalog.published_has_tickets', sql`delete from ticket_categories where event_id =`],
  [
    'catalog.sale_windows',
    sql`update ticket_categories set sale_closes_at = now() + interval '9 years' where event_id =`,
  ],
  ['catalog.published_when', sql`update events set published_at = null where id =`],
])('one corrupted row, and the audit names it: %s', async (name, corrupt) => {
  const event = await createEvent(catalog.db);
  const found = async () => (await catalogInvariants.find((entry) => entry.name === name)?.find(catalog.db)) ?? [];
  expect(await found()).toEqual([]);
  await catalog.db.execute(sql`${corrupt} ${event.id}`);
  expect(await found()).toEqual([expect.stringContaining(event.id)]);
  await catalog.db.execute(sql`delete from ticket_categories where event_id = ${event.id}`);
  await catalog.db.execute(sql`update events set status = 'draft' where id = ${event.id}`);
});
