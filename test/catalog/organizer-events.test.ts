import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { timeZoneSchema } from '../../src/http/contract/schemas.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { auditOf, keyOf, shown } from '../../testkit/catalog/catalog-world.ts';
import { useOrganizerDesk } from './support/organizer-desk.ts';

const desks = useOrganizerDesk();
const { hours, draftOf, openDesk, deskOf, publishedEvent } = desks;

test('a new event is a draft that the public does not see', async () => {
  const { ask, create, organizer } = await openDesk();
  const event = await create({ feePerTicket: { amount: 5000, currency: 'IDR' }, ticketsPerBuyerMax: 4 });
  expect(event).toMatchObject({
    status: 'draft',
    version: 1,
    timeZone: 'Asia/Jakarta',
    currency: 'IDR',
    country: 'ID',
    holdSeconds: 1800,
    ticketsPerBuyerMax: 4,
    feePerTicket: { amount: 5000, currency: 'IDR' },
    publishedAt: null,
    organizer: { slug: organizer.slug },
  });
  expect((await desks.one.fetch(`/v1/events/${String(event['slug'])}`)).status).toBe(404);
  const read = await ask('GET', `/${event.id}`);
  expect(read.headers.get('etag')).toBe('"1"');
  expect(read.headers.get('cache-control')).toBe('no-store');
  expect(await shown(read)).toEqual(event);
  expect(await auditOf(desks.one.db, organizer)).toContainEqual(
    expect.objectContaining({ act: 'event.created', subject_id: event.id }),
  );
});

test('a slug belongs to one event; times, currency and unknown fields are checked', async () => {
  const { ask, create } = await openDesk();
  const { slug } = (await create()) as unknown as { slug: string };
  const taken = await ask('POST', '', draftOf({ slug }));
  expect([taken.status, (await shown(taken)).code]).toEqual([409, 'event.slug_taken']);
  for (const wrong of [
    { endsAt: hours(71) },
    { endsAt: hours(72 + 24 * 367) },
    { doorsOpenAt: hours(80) },
    { timeZone: 'Asia/Nowhere' },
    { country: 'XX' },
    { country: 'IDN' },
    { currency: 'ZZZ' },
    { feePerTicket: { amount: 1, currency: 'USD' } },
    { feePerTicket: { amount: -1, currency: 'IDR' } },
    { name: 'a\nb' },
    { holdSeconds: 1 },
    { startsAt: '9999-12-31T00:00:00Z' },
    { slug: 'No Good' },
    { status: 'published' },
  ]) {
    const answer = await ask('POST', '', draftOf(wrong));
    expect([wrong, answer.status, (await shown(answer)).code]).toEqual([wrong, 400, 'request.invalid']);
  }
});

test('no event is in a zone by a short name, which Postgres and pages take for different ones', async () => {
  const names = await rowsOf<{ name: string; hour: number }>(
    desks.one.db,
    sql`select abbrev as name, extract(hour from timestamptz '2027-01-15T00:00:00Z' at time zone abbrev)::int as hour from pg_timezone_abbrevs`,
  );
  const taken = names.filter(({ name }) => timeZoneSchema.safeParse(name).success);
  expect(taken).toEqual([{ name: 'UTC', hour: 0 }]);
  // Control: both know this one, as Israel and as India.
  expect(names).toContainEqual({ name: 'IST', hour: 2 });
  expect(new Intl.DateTimeFormat('en', { timeZone: 'IST' }).resolvedOptions().timeZone).toBe('Asia/Calcutta');
});

test('an event changes only from the version that was read', async () => {
  const { ask, create, organizer } = await openDesk();
  const { id } = await create();
  const first = await ask('PATCH', `/${id}`, { name: 'Malam Prosa', version: 1 });
  expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"']);
  const late = await ask('PATCH', `/${id}`, { name: 'Malam Lain' }, { 'if-match': '"1"' });
  expect([late.status, await shown(late)]).toEqual([
    409,
    expect.objectContaining({ code: 'event.changed_meanwhile', version: 2 }),
  ]);
  expect((await ask('PATCH', `/${id}`, { name: 'Malam Lain' }, { 'if-match': '"2"' })).status).toBe(200);
  for (const [body, headers] of [
    [{ name: 'x' }, {}],
    [{ name: 'x', version: 3 }, { 'if-match': '"2"' }],
    [{ name: 'x' }, { 'if-match': 'W' }],
    [{ slug: 'other', version: 3 }, {}],
    [{ currency: 'USD', version: 3 }, {}],
  ] as const) {
    expect((await ask('PATCH', `/${id}`, body, headers)).status).toBe(400);
  }
  expect(await shown(await ask('GET', `/${id}`))).toMatchObject({ name: 'Malam Lain', version: 3 });
  const changes = (await auditOf(desks.one.db, organizer)).filter(({ act }) => act === 'event.changed');
  expect(changes.map((row) => row.changes)).toEqual([
    { name: { from: 'Malam Puisi', to: 'Malam Prosa' } },
    { name: { from: 'Malam Prosa', to: 'Malam Lain' } },
  ]);
});

test('of twenty edits of one version, one wins', async () => {
  const { ask, create } = await openDesk();
  const { id } = await create();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => ask('PATCH', `/${id}`, { name: `Editor ${index}`, version: 1 })),
  );
  const withStatus = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([withStatus(200), withStatus(409)]).toEqual([1, 19]);
});

test('another organiser and door staff can neither see nor change it', async () => {
  const { event, organizer } = await publishedEvent();
  const stranger = await openDesk();
  for (const [method, path, body] of [
    ['GET', `/${event.id}`, undefined],
    ['PATCH', `/${event.id}`, { name: 'x', version: event.version }],
    ['POST', `/${event.id}/cancellation`, undefined],
    ['GET', `/${event.id}/schedule`, undefined],
    ['POST', `/${event.id}/schedule`, { title: 'x', startsAt: hours(72), endsAt: hours(73) }],
    ['GET', `/${event.id}/ticket-categories`, undefined],
  ] as const) {
    const answer = await stranger.ask(method, path, body);
    expect([path, answer.status, (await shown(answer)).code]).toEqual([path, 404, 'event.not_found']);
  }
  const key = await keyOf(desks.one, stranger.organizer, 'manager');
  const base = `/v1/organizers/${organizer.slug}/events`;
  const crossed = await desks.one.fetch(base, { headers: { authorization: `Bearer ${key}` } });
  const unknown = await desks.one.fetch('/v1/organizers/nobody/events', {
    headers: { authorization: `Bearer ${key}` },
  });
  expect([crossed.status, (await shown(crossed)).code]).toEqual([unknown.status, (await shown(unknown)).code]);
  expect((await desks.one.fetch(base)).status).toBe(401);
  const door = await deskOf(organizer, 'door');
  expect((await door.ask('GET')).status).toBe(403);
  expect((await shown(await stranger.ask('GET'))).data).toEqual([]);
});

test('lists have pages and a filter by status', async () => {
  const { ask, create } = await openDesk();
  const made = [await create(), await create(), await create()].map(({ id }) => id).sort();
  const first = await shown(await ask('GET', '?limit=2'));
  const second = await shown(await ask('GET', `?limit=2&cursor=${first.nextCursor}`));
  expect([...first.data, ...second.data].map(({ id }) => id).toSorted()).toEqual(made);
  expect(second.nextCursor).toBeNull();
  expect((await shown(await ask('GET', '?status=published'))).data).toEqual([]);
});

test('the next event comes first, over pages, and those that are over come last, the latest first; a postponed one is not over', async () => {
  const { ask, create } = await openDesk();
  const at = (start: number) => ({ startsAt: hours(start), endsAt: hours(start + 2), doorsOpenAt: hours(start - 1) });
  const starts = [200, -50, 30, -400, 90, -1];
  for (const start of starts) await create({ ...at(start), name: `Event ${start}` });
  const postponed = await create({ ...at(-300), name: 'Postponed' });
  await desks.one.db.execute(sql`update events set postponed_at = now() where id = ${postponed.id}`);
  const names: string[] = [];
  let query = '?limit=2';
  for (let pages = 0; pages <= starts.length && query !== ''; pages += 1) {
    const { data, nextCursor } = (await shown(await ask('GET', query))) as unknown as {
      data: { name: string }[];
      nextCursor: string | null;
    };
    names.push(...data.map(({ name }) => name));
    query = nextCursor === null ? '' : `?limit=2&cursor=${nextCursor}`;
  }
  // The event that began an hour ago is not over.
  expect(names).toEqual(['Postponed', ...[-1, 30, 90, 200, -50, -400].map((start) => `Event ${start}`)]);
});
