import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doorList } from '../../../src/check-in/offline/door-list.ts';
import { listAttendees } from '../../../src/desk/attendees/list-attendees.ts';
import { tellStory } from '../../../src/desk/story/tell-story.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, signedInOwner } from '../../../testkit/factories.ts';
import { bearer, json } from '../../../testkit/orders/order-desk.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order, pay } from '../../../testkit/orders/placing.ts';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';

/** Guards that an organiser can correct the names on an order, and that the tickets, the door and the desk show the new ones. */

let desk: OrganizerDesk;
beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

async function sell() {
  const event = await createEvent(desk.open.db, { organizer: desk.organizer });
  const { order: placed } = await order(desk.deps, event, { quantity: 2 });
  await pay(desk.open.db, placed.id);
  await desk.open.db.execute(sql`insert into door_settings (event_id, shows_names) values (${event.id}, true)`);
  await desk.open.db.execute(
    sql`update tickets set issued_at = issued_at - interval '1 hour' where order_id = ${placed.id}`,
  );
  const actor = await signedInOwner(desk.open.db, desk.organizer);
  const headers = bearer(orderAccessToken(desk.deps.orderTokenSecret, placed.id, 1));
  return { event, id: placed.id, actor, headers, ticket: (number: number) => `tkt_${placed.id.slice(4)}00${number}` };
}
type Sold = Awaited<ReturnType<typeof sell>>;

const correct = (id: string, body: unknown) => desk.send('PATCH', `/orders/${id}/buyer`, body);
async function rename(id: string, ticketId: string, holderName: unknown, as = desk.manager) {
  const init = json({ holderName }, 'PATCH');
  const answer = await desk.request(`/orders/${id}/tickets/${ticketId}`, {
    ...init,
    headers: { ...init.headers, ...as },
  });
  const text = await answer.text();
  return { status: answer.status, code: text === '' ? undefined : (JSON.parse(text) as { code: string }).code };
}
const guests = async ({ event, actor }: Sold, cursor?: string) => {
  const list = await doorList(desk.open, actor, { eventId: event.id, limit: 100, cursor });
  return { names: list.entries.map(({ guest }) => guest?.name).toSorted(), cursor: list.syncCursor ?? '' };
};
const namesOf = async ({ event, actor }: Sold) =>
  (await listAttendees(desk.open, actor, { eventId: event.id, limit: 10 })).map((one) => one.holderName ?? one.name);
const deliveriesOf = (id: string) => rowsOf(desk.open.db, sql`select 1 from deliveries where subject_id = ${id}`);

describe('the name of a buyer', () => {
  test('is corrected on the order, its PDF, the list of attendees and the door, without a new link or code', async () => {
    const sold = await sell();
    const pdf = async () => (await desk.ask(`/v1/orders/${sold.id}/tickets.pdf`, { headers: sold.headers })).headers;
    const [before, list] = [(await pdf()).get('etag'), await guests(sold)];
    const codes = () => rowsOf(desk.open.db, sql`select code from tickets where order_id = ${sold.id} order by id`);
    const old = await codes();
    expect(await rename(sold.id, sold.ticket(2), 'Budi Santoso')).toEqual({ status: 204, code: undefined });
    expect(await correct(sold.id, { name: '  Dewi   Lestari ' })).toMatchObject({
      status: 200,
      body: { buyer: { name: 'Dewi Lestari' } },
    });
    expect(await namesOf(sold)).toEqual(['Dewi Lestari', 'Budi Santoso']);
    expect((await pdf()).get('etag')).not.toBe(before);
    expect((await guests(sold, list.cursor)).names).toEqual(['Budi Santoso', 'Dewi Lestari']);
    expect(await codes()).toEqual(old);
    expect((await desk.ask(`/v1/orders/${sold.id}`, { headers: sold.headers })).status).toBe(200);
    expect(await deliveriesOf(sold.id)).toEqual([]);

    expect(await desk.auditOf(sold.id)).toEqual(['order.ticket_renamed', 'order.buyer_renamed']);
    const { entries } = await tellStory(desk.open, sold.actor, sold.id);
    expect(entries.flatMap(({ kind, detail }) => (kind === 'audit' ? [detail['act']] : []))).toEqual([
      'order.ticket_renamed',
      'order.buyer_renamed',
    ]);
    expect(entries.filter(({ kind }) => kind === 'tickets.named')).toMatchObject([
      { detail: { holders: 'Budi Santoso', tickets: 1 } },
    ]);
    const [found] = await rowsOf<{ name: string }>(
      desk.open.db,
      sql`select name from order_searches where order_id = ${sold.id}`,
    );
    expect(found?.name).toContain('dewi');
  });

  test('is corrected together with the address, and the same again changes nothing', async () => {
    const sold = await sell();
    for (const expected of [1, 1]) {
      const both = await correct(sold.id, { name: 'Dewi Lestari', email: 'dewi@example.test' });
      expect(both).toMatchObject({
        status: 200,
        body: { buyer: { name: 'Dewi Lestari', email: 'dewi@example.test' } },
      });
      expect(await deliveriesOf(sold.id)).toHaveLength(expected);
    }
    expect(await desk.auditOf(sold.id)).toEqual(['order.buyer_renamed', 'order.buyer_corrected']);
  });

  test('is refused together with an address that cannot be corrected, and is not changed then', async () => {
    const sold = await sell();
    await desk.open.db.execute(sql`update orders set confirmed_key = buyer_keys[1] where id = ${sold.id}`);
    expect(await correct(sold.id, { name: 'Dewi', email: 'dewi@example.test' })).toMatchObject({
      status: 409,
      body: { code: 'order.buyer_not_correctable', reason: 'confirmed' },
    });
    expect(await namesOf(sold)).toEqual(['Ayu Lestari', 'Ayu Lestari']);
    // A confirmed address says nothing about the name.
    expect((await correct(sold.id, { name: 'Dewi' })).status).toBe(200);
  });

  test.each([[{}], [{ name: '' }], [{ name: 'https://x.test' }], [{ name: 'x'.repeat(101) }], [{ phone: '1' }]])(
    'is not changed by %j',
    async (body) => {
      const sold = await sell();
      expect(await correct(sold.id, body)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
      expect(await namesOf(sold)).toEqual(['Ayu Lestari', 'Ayu Lestari']);
    },
  );
});

describe('the name on a ticket', () => {
  test('is corrected for the person whom it was given to, and nobody is written to', async () => {
    const sold = await sell();
    const ticketId = sold.ticket(1);
    await desk.open.db.execute(sql`
      insert into ticket_transfers (event_id, ticket_id, number, holder_name, holder_email, holder_key)
      values (${sold.event.id}, ${ticketId}, 1, 'Bdui', 'budi@example.test', 'key')`);
    await desk.open.db.execute(sql`
      update tickets set times_transferred = 1, holder_name = 'Bdui', named_at = now() where id = ${ticketId}`);
    expect((await rename(sold.id, ticketId, 'Budi')).status).toBe(204);
    const [transfer] = await rowsOf<{ name: string }>(
      desk.open.db,
      sql`select holder_name as name from ticket_transfers where ticket_id = ${ticketId}`,
    );
    expect(transfer?.name).toBe('Budi');
    expect(await namesOf(sold)).toEqual(['Budi', 'Ayu Lestari']);
    expect(await deliveriesOf(ticketId)).toEqual([]);
  });

  test("is refused for a ticket that is not valid, of another order, or of another organiser's order", async () => {
    const [sold, other] = [await sell(), await sell()];
    await desk.open.db.execute(
      sql`update tickets set status = 'revoked', revoked_at = now() where id = ${sold.ticket(1)}`,
    );
    const unknown = { status: 404, code: 'ticket.not_found' };
    expect(await rename(sold.id, sold.ticket(1), 'Budi')).toEqual(unknown);
    expect(await rename(sold.id, other.ticket(1), 'Budi')).toEqual(unknown);
    expect(await rename(sold.id, 'tkt_unknown', 'Budi')).toEqual(unknown);
    expect((await rename(sold.id, sold.ticket(2), 'https://x.test')).code).toBe('request.invalid');
    expect((await rename(sold.id, sold.ticket(2), 'Budi', desk.door)).status).toBe(403);
    expect((await rename(sold.id, sold.ticket(2), 'Budi', desk.stranger)).status).toBe(404);
    expect(await namesOf(sold)).toEqual(['Ayu Lestari', 'Ayu Lestari']);
    expect(await desk.auditOf(sold.id)).toEqual([]);
  });
});
