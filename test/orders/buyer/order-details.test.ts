import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { listAttendees } from '../../../src/desk/attendees/list-attendees.ts';
import { tellStory } from '../../../src/desk/story/tell-story.ts';
import { doorList } from '../../../src/check-in/offline/door-list.ts';
import { namesPerTicketMax } from '../../../src/orders/details/limits.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEventOptions, createEvent, signedInOwner } from '../../../testkit/factories.ts';
import { type OrderDesk, bearer, openDesk } from '../../../testkit/orders/order-desk.ts';
import { type Sold, ask, sellOrder, soldTicket } from '../../../testkit/orders/sold-order.ts';
import { useOrderDatabase } from '../support/order-database.ts';

const { open, deps } = await useOrderDatabase();
let desk: OrderDesk;
beforeEach(() => {
  desk = openDesk(open);
});

type Details = {
  until: string | null;
  isOpen: boolean;
  isComplete: boolean;
  tickets: { ticketId: string; hasHolderName: boolean; holderName: string | null }[];
  questions: { id: string; text: string }[];
  answers: { questionId: string; ticketId: string | null; value: string }[];
  code?: string;
  errors?: { path: string; code: string }[];
};

const hour = 3_600_000;
const named: TestEventOptions = { categories: [{ hasHolderNames: true }] };

const sell = async (options = named, isPaid = true) =>
  sellOrder({ open, deps, desk }, await createEvent(open.db, options), isPaid);
async function details({ id, headers }: Sold): Promise<Details> {
  return (await ask(desk, `/v1/orders/${id}/details`, { headers })).body as Details;
}

async function give({ id, headers }: Sold, tickets: readonly { ticketId: string; holderName: string }[]) {
  const answer = await ask(desk, `/v1/orders/${id}/details`, { headers, method: 'PATCH', body: { tickets } });
  return { ...answer, body: answer.body as Details };
}

describe('the names on tickets', () => {
  test('are given by the buyer, and appear on tickets, attendees, the story and the door list', async () => {
    const sold = await sell();
    const before = await details(sold);
    expect(before).toMatchObject({ isOpen: true, tickets: [{ holderName: null }, { holderName: null }] });
    const pdf = () => desk.app.request(`/v1/orders/${sold.id}/tickets.pdf`, { headers: sold.headers });
    const plain = (await pdf()).headers.get('etag');
    const given = await give(sold, [{ ticketId: soldTicket(sold, 2), holderName: '  Budi   Santoso ' }]);
    expect(given).toMatchObject({
      status: 200,
      body: { tickets: [{ holderName: null }, { holderName: 'Budi Santoso' }] },
    });

    const listed = await desk.app.request(`/v1/orders/${sold.id}/tickets`, { headers: sold.headers });
    expect(await listed.json()).toMatchObject({ data: [{ holderName: null }, { holderName: 'Budi Santoso' }] });
    expect((await pdf()).headers.get('etag')).not.toBe(plain);
    const actor = await signedInOwner(open.db, sold.event.organizer);
    const attendees = await listAttendees(open, actor, { eventId: sold.event.id, limit: 10 });
    expect(attendees.map(({ holderName }) => holderName)).toEqual([null, 'Budi Santoso']);
    const { entries } = await tellStory(open, actor, sold.id);
    expect(entries.find(({ kind }) => kind === 'tickets.named')?.detail).toMatchObject({
      tickets: 1,
      holders: 'Budi Santoso',
    });
  });

  test('reach devices with the next delta, only where the organiser allows names', async () => {
    const sold = await sell();
    const actor = await signedInOwner(open.db, sold.event.organizer);
    const read = (cursor?: string) => doorList(open, actor, { eventId: sold.event.id, limit: 100, cursor });
    await open.db.execute(
      sql`update tickets set issued_at = issued_at - interval '1 hour' where order_id = ${sold.id}`,
    );
    const first = await read();
    expect(first.entries.map(({ guest }) => guest)).toEqual([null, null]);
    await give(sold, [{ ticketId: soldTicket(sold, 1), holderName: 'Budi Santoso' }]);
    const delta = await read(first.syncCursor ?? '');
    expect(delta.entries).toHaveLength(1);
    expect(delta.entries[0]?.guest).toBeNull();
    await open.db.execute(sql`insert into door_settings (event_id, shows_names) values (${sold.event.id}, true)`);
    expect((await read(first.syncCursor ?? '')).entries[0]?.guest?.name).toBe('Budi Santoso');
    expect((await read()).entries.map(({ guest }) => guest?.name).toSorted()).toEqual(['Ayu Lestari', 'Budi Santoso']);
  });

  test('of a transferred ticket can no longer be changed by the buyer', async () => {
    const sold = await sell();
    await open.db.execute(sql`
      update tickets set holder_name = 'Citra Maharani', named_at = now(), times_transferred = 1
      where event_id = ${sold.event.id} and id = ${soldTicket(sold, 1)}`);
    expect((await details(sold)).tickets.map(({ ticketId }) => ticketId)).toEqual([soldTicket(sold, 2)]);
    const renamed = await give(sold, [{ ticketId: soldTicket(sold, 1), holderName: 'Budi' }]);
    expect(renamed).toMatchObject({ status: 404, body: { code: 'ticket.not_found' } });
  });

  test('appear beside the category in both languages', async () => {
    const sold = await sell({ categories: [{ hasHolderNames: true, name: 'Berdiri', nameEn: 'Standing' }] });
    expect((await details(sold)).tickets[0]).toMatchObject({ ticketCategory: 'Berdiri', ticketCategoryEn: 'Standing' });
    const read = async () => (await desk.app.request(`/v1/orders/${sold.id}`, { headers: sold.headers })).json();
    expect(await read()).toMatchObject({ lines: [{ name: 'Berdiri', nameEn: 'Standing' }] });
    const file = async (name: string) => desk.app.request(`/v1/orders/${sold.id}/${name}`, { headers: sold.headers });
    const tags = [(await file('tickets.pdf')).headers.get('etag')];
    expect(await (await file('calendar.ics')).text()).toContain('SUMMARY:Senja di Selatan');
    await open.db.execute(sql`update events set name_en = 'Southern Dusk' where id = ${sold.event.id}`);
    expect(await (await file('calendar.ics')).text()).toContain('SUMMARY:Senja di Selatan');
    await open.db.execute(sql`update orders set locale = 'en' where id = ${sold.id}`);
    expect(await (await file('calendar.ics')).text()).toContain('SUMMARY:Southern Dusk');
    tags.push((await file('tickets.pdf')).headers.get('etag'));
    expect(new Set(tags).size).toBe(2);
  });

  test('are asked for tickets of categories that carry names, and once the order is paid', async () => {
    const unpaid = await sell(named, false);
    expect((await details(unpaid)).tickets).toEqual([]);
    expect(await give(unpaid, [{ ticketId: soldTicket(unpaid, 1), holderName: 'Budi' }])).toMatchObject({
      status: 404,
      body: { code: 'ticket.not_found' },
    });
    const plain = await sell({});
    expect((await details(plain)).tickets.map(({ hasHolderName }) => hasHolderName)).toEqual([false, false]);
    expect((await give(plain, [{ ticketId: soldTicket(plain, 1), holderName: 'Budi' }])).status).toBe(404);
  });

  test('are all refused when one of them is wrong', async () => {
    const [sold, other] = [await sell(), await sell()];
    const mine = { ticketId: soldTicket(sold, 1), holderName: 'Budi' };
    expect((await give(sold, [mine, { ticketId: soldTicket(other, 1), holderName: 'Ayu' }])).status).toBe(404);
    const link = await give(sold, [mine, { ticketId: soldTicket(sold, 2), holderName: 'http://evil.example' }]);
    expect([link.status, link.body.errors]).toEqual([
      400,
      [expect.objectContaining({ path: 'tickets.1.holderName', code: 'name.not_a_name' })],
    ]);
    expect((await give(sold, [mine, mine])).body.errors?.[0]?.code).toBe('list.doubled');
    await open.db.execute(
      sql`select revoke_tickets(${sold.event.id}, ${sold.id}, ${`{${soldTicket(sold, 2)}}`}::text[], true, 'refunded', 'test')`,
    );
    expect((await give(sold, [mine, { ticketId: soldTicket(sold, 2), holderName: 'Ayu' }])).status).toBe(404);
    expect((await details(sold)).tickets).toEqual([expect.objectContaining({ holderName: null })]);
  });

  test('stay as they are once the doors are open, or from the time that the organiser has set', async () => {
    const doorsOpenAt = new Date(Date.now() + 5 * hour);
    const sold = await sell({ ...named, event: { doorsOpenAt, detailsUntilHours: 4 } });
    const mine = [{ ticketId: soldTicket(sold, 1), holderName: 'Budi' }];
    expect(await details(sold)).toMatchObject({
      isOpen: true,
      until: new Date(doorsOpenAt.getTime() - 4 * hour).toISOString(),
    });
    const set = (values: ReturnType<typeof sql>) =>
      open.db.execute(sql`update events set ${values} where id = ${sold.event.id}`);
    await set(sql`details_until_hours = 6`);
    expect((await details(sold)).isOpen).toBe(false);
    expect(await give(sold, mine)).toMatchObject({ status: 409, body: { code: 'order.details_closed' } });
    await set(sql`postponed_at = now()`);
    expect(await details(sold)).toMatchObject({ isOpen: true, until: null });
    await set(sql`postponed_at = null, details_until_hours = 0`);
    await open.db.execute(
      sql`update ticket_categories set entry_opens_at = now() - interval '1 minute' where event_id = ${sold.event.id}`,
    );
    expect((await give(sold, mine)).status).toBe(409);
  });

  test('can be changed a few times; giving the same name again costs nothing', async () => {
    const sold = await sell();
    const name = (holderName: string) => give(sold, [{ ticketId: soldTicket(sold, 1), holderName }]);
    const spelled = (number: number) => `Budi ${'I'.repeat(number)}`;
    for (let number = 1; number <= namesPerTicketMax; number += 1) {
      expect((await name(spelled(number))).status).toBe(200);
      expect((await name(spelled(number))).status).toBe(200);
    }
    expect(await name('Budi Lagi')).toMatchObject({ status: 409, body: { code: 'order.names_used_up' } });
    const [row] = await rowsOf<{ name: string }>(
      open.db,
      sql`select holder_name as name from tickets where event_id = ${sold.event.id} and id = ${soldTicket(sold, 1)}`,
    );
    expect(row?.name).toBe(spelled(namesPerTicketMax));
  });

  test('belong to the buyer: strangers, old links and other sites change nothing', async () => {
    const sold = await sell();
    const mine = [{ ticketId: soldTicket(sold, 1), holderName: 'Budi' }];
    const stranger = { ...sold, headers: bearer('nonsense') };
    expect((await give(stranger, mine)).body.code).toBe('order.not_found');
    const session = await desk.app.request(`/v1/orders/${sold.id}/session`, { method: 'POST', headers: sold.headers });
    const cookie = (session.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const elsewhere = await give({ ...sold, headers: { cookie, origin: 'https://evil.example' } }, mine);
    expect([elsewhere.status, elsewhere.body.code]).toEqual([403, 'access.cross_site']);
    await open.db.execute(sql`update orders set link_version = 2 where id = ${sold.id}`);
    expect((await give(sold, mine)).body.code).toBe('order.not_found');
    expect((await details(sold)).code).toBe('order.not_found');
  });
});
