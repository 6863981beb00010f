import { expect, test } from 'vitest';
import { type CatalogProcess, auditOf, shown } from '../../testkit/catalog/catalog-world.ts';
import { openTestDb, order, placingDeps } from '../../testkit/orders/placing.ts';
import { useOrganizerDesk } from './support/organizer-desk.ts';

const desks = useOrganizerDesk();
const { hours, categoryOf, openDesk, addPool, publishedEvent } = desks;

test('publishing names everything that is missing, then shows the event everywhere at once', async () => {
  const { ask, create, organizer } = await openDesk();
  const event = await create();
  const slug = String(event['slug']);
  expect((await desks.two.fetch(`/v1/events/${slug}`)).status).toBe(404);
  const none = await shown(await ask('POST', `/${event.id}/publication`));
  expect(none).toMatchObject({ code: 'event.not_publishable', missing: [{ code: 'ticket_category.none' }] });
  const empty = await addPool(event.id, 0);
  const category = await shown(
    await ask('POST', `/${event.id}/ticket-categories`, categoryOf(empty, { saleClosesAt: hours(100) })),
  );
  const answer = await ask('POST', `/${event.id}/publication`);
  expect([answer.status, await shown(answer)]).toEqual([
    409,
    expect.objectContaining({
      missing: [
        expect.objectContaining({ code: 'ticket_category.no_stock' }),
        expect.objectContaining({ code: 'ticket_category.sale_window', subjectId: category.id }),
      ],
    }),
  ]);
  const poolId = await addPool(event.id);
  await ask('PATCH', `/${event.id}/ticket-categories/${category.id}`, { poolId, saleClosesAt: hours(72) });
  const published = await ask('POST', `/${event.id}/publication`);
  expect([published.status, await shown(published)]).toEqual([
    200,
    expect.objectContaining({ status: 'published', version: 2 }),
  ]);
  await expect.poll(async () => (await desks.two.fetch(`/v1/events/${slug}`)).status, { interval: 5 }).toBe(200);
  expect(await shown(await ask('POST', `/${event.id}/publication`))).toMatchObject({ version: 2 });
  expect((await auditOf(desks.one.db, organizer)).filter(({ act }) => act === 'event.published').length).toBe(1);
});

test('a change of a public event is pushed to every process', async () => {
  const { ask, event, slug } = await publishedEvent();
  const nameAt = async (process: CatalogProcess) => (await shown(await process.fetch(`/v1/events/${slug}`)))['name'];
  expect([await nameAt(desks.one), await nameAt(desks.two)]).toEqual(['Malam Puisi', 'Malam Puisi']);
  await ask('PATCH', `/${event.id}`, { name: 'Malam Sajak', version: event.version });
  // Without a push it would stay for as long as bytes are fresh.
  await expect.poll(() => nameAt(desks.two), { timeout: 5000, interval: 5 }).toBe('Malam Sajak');
  expect(await nameAt(desks.one)).toBe('Malam Sajak');
});

test('the required parts of a public event cannot be removed', async () => {
  const { ask, event, category } = await publishedEvent();
  for (const [method, path, body] of [
    ['DELETE', `/${event.id}/ticket-categories/${category.id}`, undefined],
    ['PATCH', `/${event.id}/ticket-categories/${category.id}`, { saleClosesAt: hours(76) }],
    ['PATCH', `/${event.id}`, { startsAt: hours(1), doorsOpenAt: hours(1), endsAt: hours(2), version: event.version }],
  ] as const) {
    const answer = await ask(method, path, body);
    expect([path, answer.status, (await shown(answer)).code]).toEqual([path, 409, 'event.not_publishable']);
  }
});

test.each([
  ['order_limits', 'PATCH', { perOrderMin: 11, perOrderMax: 20 }],
  ['entry_window', 'PATCH', { entryOpensAt: hours(10_000) }],
  ['entry_window', 'PATCH', { entryClosesAt: hours(1) }],
])('a category of a public event can be ordered and entered: %s', async (code, method, change) => {
  const { ask, event, category } = await publishedEvent();
  const answer = await ask(method, `/${event.id}/ticket-categories/${category.id}`, change);
  const missing = [expect.objectContaining({ code: `ticket_category.${code}`, subjectId: category.id })];
  expect([answer.status, await shown(answer)]).toEqual([409, expect.objectContaining({ missing })]);
});

test('an event returns to draft while it has no orders, and not afterwards', async () => {
  const { ask, event, slug, category, organizer } = await publishedEvent();
  expect((await desks.two.fetch(`/v1/events/${slug}`)).status).toBe(200);
  expect(await shown(await ask('DELETE', `/${event.id}/publication`))).toMatchObject({ status: 'draft' });
  await expect.poll(async () => (await desks.two.fetch(`/v1/events/${slug}`)).status, { interval: 5 }).toBe(404);
  expect((await ask('POST', `/${event.id}/publication`)).status).toBe(200);
  const open = openTestDb(desks.database.url);
  const ordered = { id: event.id, slug, organizer, categories: [{ id: category.id, poolId: '', price: 150_000 }] };
  await order(placingDeps(open), ordered);
  await open.close();
  const refused = await ask('DELETE', `/${event.id}/publication`);
  expect([refused.status, (await shown(refused)).code]).toEqual([409, 'event.has_orders']);
  const kept = await ask('DELETE', `/${event.id}/ticket-categories/${category.id}`);
  expect([kept.status, (await shown(kept)).code]).toEqual([409, 'ticket_category.has_orders']);
  const other = await addPool(event.id);
  const moved = await ask('PATCH', `/${event.id}/ticket-categories/${category.id}`, { poolId: other });
  expect((await shown(moved)).code).toBe('ticket_category.has_orders');
  const price = { amount: 175_000, currency: 'IDR' };
  expect(await shown(await ask('PATCH', `/${event.id}/ticket-categories/${category.id}`, { price }))).toMatchObject({
    price,
  });
});

test('a cancelled event is shown as cancelled, and cannot be changed any more', async () => {
  const { ask, event, slug } = await publishedEvent();
  expect((await ask('POST', `/${event.id}/cancellation`)).status).toBe(200);
  expect(await shown(await desks.one.fetch(`/v1/events/${slug}`))).toMatchObject({
    status: 'cancelled',
    sales: 'closed',
  });
  expect((await shown(await desks.one.fetch(`/v1/events/${slug}/availability`))).data[0]).toMatchObject({
    band: 'none',
  });
  for (const [method, path, body] of [
    ['POST', '/cancellation', undefined],
    ['POST', '/publication', undefined],
    ['PUT', '/sales', { sales: 'open' }],
    ['PATCH', '', { name: 'x', version: event.version + 1 }],
  ] as const) {
    const answer = await ask(method, `/${event.id}${path}`, body);
    expect([answer.status, (await shown(answer)).code]).toEqual([409, 'event.cancelled']);
  }
  const draft = await openDesk();
  const { id } = await draft.create();
  expect((await shown(await draft.ask('POST', `/${id}/cancellation`))).code).toBe('event.not_published');
});

test('a postponed event is shown without a date and closes its sales; a new start dates it again', async () => {
  const { ask, event, slug } = await publishedEvent();
  const publicly = async () => shown(await desks.one.fetch(`/v1/events/${slug}`));
  expect(await publicly()).toMatchObject({ isPostponed: false });
  for (const _ of ['first', 'again']) {
    expect(await shown(await ask('POST', `/${event.id}/postponement`))).toMatchObject({
      isPostponed: true,
      sales: 'closed',
      version: event.version + 1,
    });
  }
  expect(await publicly()).toMatchObject({ isPostponed: true, status: 'published' });
  expect(await shown(await ask('DELETE', `/${event.id}/postponement`))).toMatchObject({ isPostponed: false });
  await ask('POST', `/${event.id}/postponement`);
  const { endsAt } = await publicly();
  const startsAt = new Date(Date.parse(String(endsAt)) - 60_000).toISOString();
  const dated = await ask('PATCH', `/${event.id}`, { startsAt, version: event.version + 3 });
  expect(await shown(dated)).toMatchObject({ isPostponed: false, startsAt });
  const draft = await openDesk();
  const { id } = await draft.create();
  expect((await shown(await draft.ask('POST', `/${id}/postponement`))).code).toBe('event.not_published');
});

test('sales close and open at once, whatever the windows say', async () => {
  const { ask, event, slug } = await publishedEvent();
  const stateOf = async () =>
    (await shown(await desks.one.fetch(`/v1/events/${slug}/ticket-categories`))).data[0]?.['saleState'];
  expect(await stateOf()).toBe('open');
  expect(await shown(await ask('PUT', `/${event.id}/sales`, { sales: 'closed' }))).toMatchObject({ sales: 'closed' });
  expect(await stateOf()).toBe('closed');
  await ask('PUT', `/${event.id}/sales`, { sales: 'open' });
  expect(await stateOf()).toBe('open');
  expect((await ask('PUT', `/${event.id}/sales`, { sales: 'ajar' })).status).toBe(400);
});
