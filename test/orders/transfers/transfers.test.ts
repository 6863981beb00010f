import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { ticketAccessToken } from '../../../src/access/buyers/ticket-token.ts';
import { tellStory } from '../../../src/desk/story/tell-story.ts';
import { messagesPerHourMax } from '../../../src/notifications/deliveries/caps.ts';
import { lockOrder } from '../../../src/orders/lifecycle/queries.ts';
import { refundOrder } from '../../../src/orders/lifecycle/refund-order.ts';
import { transfersPerTicketMax } from '../../../src/orders/transfers/limits.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { type TestEventOptions, createEvent, signedInOwner } from '../../../testkit/factories.ts';
import { type OrderDesk, bearer, openDesk } from '../../../testkit/orders/order-desk.ts';
import { type Sold, ask, sellOrder, soldTicket } from '../../../testkit/orders/sold-order.ts';
import { useOrderDatabase } from '../support/order-database.ts';

/** Guards that a ticket which was given to somebody is theirs alone, and that its old code and old links are dead. */

const { open, deps } = await useOrderDatabase();
let desk: OrderDesk;
beforeEach(() => {
  desk = openDesk(open);
});

const sell = async (options: TestEventOptions = {}) =>
  sellOrder({ open, deps, desk }, await createEvent(open.db, options));
const someone = (name: string) => ({ name, email: `${name.toLowerCase()}.${crypto.randomUUID()}@example.test` });
const linkOf = (ticketId: string, number: number) =>
  bearer(ticketAccessToken(desk.deps.config.ORDER_TOKEN_SECRET, ticketId, number));

type Body = {
  readonly code: string;
  readonly data: readonly { readonly id: string }[];
  readonly tickets: readonly { readonly holder: { readonly name: string } | null }[];
};
async function send(path: string, headers: Record<string, string>, body?: unknown) {
  const answer = await ask(desk, path, { headers, body });
  return { ...answer, body: answer.body as Body };
}

const give = (sold: Sold, number: number, holder = someone('Budi')) =>
  send(`/v1/orders/${sold.id}/transfers`, sold.headers, { ticketId: soldTicket(sold, number), holder });
const passOn = (ticketId: string, number: number, holder = someone('Citra')) =>
  send(`/v1/tickets/${ticketId}/transfers`, linkOf(ticketId, number), { holder });

const codeOf = async (ticketId: string) =>
  (
    await rowsOf<{ hex: string }>(open.db, sql`select encode(code, 'hex') as hex from tickets where id = ${ticketId}`)
  )[0]?.hex;

describe('a ticket that its buyer gives to somebody', () => {
  test('has a new code, leaves the order, and opens by the link of the new holder alone', async () => {
    const sold = await sell();
    const ticketId = soldTicket(sold, 1);
    const before = await codeOf(ticketId);
    expect(await give(sold, 1, { ...someone('Budi'), name: '  Budi   Santoso ' })).toEqual({
      status: 204,
      body: undefined,
    });
    const after = await codeOf(ticketId);
    expect(after).not.toBe(before);
    const retired = await rowsOf(
      open.db,
      sql`select 1 from retired_codes where ticket_id = ${ticketId} and encode(code, 'hex') = ${before}`,
    );
    expect(retired).toHaveLength(1);

    const left = await send(`/v1/orders/${sold.id}/tickets`, sold.headers);
    expect(left.body.data.map(({ id }: { id: string }) => id)).toEqual([soldTicket(sold, 2)]);
    expect((await send(`/v1/orders/${sold.id}/tickets/${ticketId}/qr.svg`, sold.headers)).status).toBe(404);
    expect((await send(`/v1/orders/${sold.id}/transfers`, sold.headers)).body).toMatchObject({
      isOpen: true,
      tickets: [{ ticketId, holder: { name: 'Budi Santoso' } }, { holder: null }],
    });
    const held = await send(`/v1/tickets/${ticketId}`, linkOf(ticketId, 1));
    expect(held).toMatchObject({
      status: 200,
      body: { id: ticketId, holderName: 'Budi Santoso', isTransferable: true },
    });
    const [, other] = await Promise.all([
      send(`/v1/tickets/${ticketId}`, {}),
      send(`/v1/tickets/${soldTicket(sold, 2)}`, linkOf(ticketId, 1)),
    ]);
    expect([other.status, other.body.code]).toEqual([404, 'ticket.not_found']);
    for (const headers of [{}, sold.headers, linkOf(ticketId, 2), bearer('1.forged')])
      expect(await send(`/v1/tickets/${ticketId}`, headers)).toMatchObject({
        status: 404,
        body: { code: 'ticket.not_found' },
      });
  });

  test('is mailed to both, and appears in the story of the order', async () => {
    const sold = await sell();
    const holder = someone('Budi');
    await give(sold, 1, holder);
    const sent = await rowsOf<{ template: string; status: string; isBuyer: boolean }>(
      open.db,
      sql`
        select d.template, d.status, d.recipient_key = o.buyer_keys[1] as "isBuyer" from deliveries d
        join orders o on o.id = ${sold.id} where d.subject_id = ${soldTicket(sold, 1)} order by 1`,
    );
    expect(sent).toEqual([
      { template: 'ticket_given', status: 'queued', isBuyer: true },
      { template: 'ticket_received', status: 'queued', isBuyer: false },
    ]);
    const actor = await signedInOwner(open.db, sold.event.organizer);
    const { entries } = await tellStory({ db: open.db }, actor, sold.id);
    const told = entries.find(({ kind }) => kind === 'ticket.transferred');
    expect(told?.detail).toMatchObject({
      ticketId: soldTicket(sold, 1),
      holders: 'Budi',
      recipient: 'b•••@example.test',
    });
    expect(JSON.stringify(entries)).not.toContain(holder.email);
    const messages = entries.filter(
      ({ kind, detail }) => kind === 'message.queued' && detail['ticketId'] !== undefined,
    );
    const recipients = messages.map(({ detail }) => [detail['template'], detail['status'], detail['recipient']]);
    expect(recipients.toSorted()).toEqual([
      ['ticket_given', 'queued', expect.stringMatching(/^.•••@/)],
      ['ticket_received', 'queued', 'b•••@example.test'],
    ]);
  });

  test('can be transferred again by its holder, whose link then opens nothing; the buyer and strangers cannot', async () => {
    const sold = await sell();
    const ticketId = soldTicket(sold, 1);
    await give(sold, 1);
    expect(await give(sold, 1)).toMatchObject({ status: 404, body: { code: 'ticket.not_found' } });
    expect((await passOn(ticketId, 1)).status).toBe(204);
    expect((await passOn(ticketId, 1)).status).toBe(404);
    expect((await send(`/v1/tickets/${ticketId}`, linkOf(ticketId, 1))).status).toBe(404);
    expect((await send(`/v1/tickets/${ticketId}`, linkOf(ticketId, 2))).body).toMatchObject({ holderName: 'Citra' });
    // The buyer learns nothing of where the ticket went after that.
    expect((await send(`/v1/orders/${sold.id}/transfers`, sold.headers)).body.tickets[0]?.holder?.name).toBe('Budi');
    for (let number = 2; number < transfersPerTicketMax; number += 1)
      expect((await passOn(ticketId, number)).status).toBe(204);
    expect(await passOn(ticketId, transfersPerTicketMax)).toMatchObject({
      status: 409,
      body: { code: 'ticket.not_transferable', reason: 'too_often' },
    });
  });

  test('is printed and put into a calendar by its holder alone, with nothing of the order on it', async () => {
    const sold = await sell();
    const ticketId = soldTicket(sold, 1);
    await give(sold, 1);
    const file = (name: string, headers: Record<string, string>) =>
      desk.app.request(`/v1/tickets/${ticketId}/${name}`, { headers });
    for (const name of ['ticket.pdf', 'calendar.ics']) {
      for (const headers of [{}, sold.headers, linkOf(ticketId, 2)]) {
        const refused = await file(name, headers);
        expect([refused.status, await refused.json()]).toMatchObject([404, { code: 'ticket.not_found' }]);
      }
    }
    const pdf = await file('ticket.pdf', linkOf(ticketId, 1));
    expect([pdf.status, pdf.headers.get('content-type'), pdf.headers.get('cache-control')]).toEqual([
      200,
      'application/pdf',
      'private, no-store',
    ]);
    expect((await pdf.text()).slice(0, 5)).toBe('%PDF-');
    const entry = (await (await file('calendar.ics', linkOf(ticketId, 1))).text()).replaceAll('\r\n ', '');
    expect(entry).toContain(`UID:${ticketId.toLowerCase()}@antre`);
    expect(entry).not.toMatch(/order|pesanan/i);
    await passOn(ticketId, 1);
    expect((await file('ticket.pdf', linkOf(ticketId, 1))).status).toBe(404);
    await open.db.execute(sql`update events set status = 'cancelled' where id = ${sold.event.id}`);
    expect((await file('calendar.ics', linkOf(ticketId, 2))).status).toBe(404);
  });

  test('given to two people at the same moment, goes to one of them', async () => {
    const sold = await sell();
    const statuses = await Promise.all([give(sold, 1), give(sold, 1), give(sold, 1)]);
    expect(statuses.map(({ status }) => status).toSorted()).toEqual([204, 404, 404]);
  });

  test('keeps its code when the address of the order is corrected', async () => {
    const sold = await sell();
    await give(sold, 1);
    const [given, kept] = [await codeOf(soldTicket(sold, 1)), await codeOf(soldTicket(sold, 2))];
    await open.db.execute(
      sql`select correct_buyer_addresses(${sold.event.id}, ${sold.id}, 'new@example.test', 'new', '+6281234567890', 'other')`,
    );
    expect(await codeOf(soldTicket(sold, 1))).toBe(given);
    expect(await codeOf(soldTicket(sold, 2))).not.toBe(kept);
  });
});

describe('a transfer is refused, and changes nothing', () => {
  const refusedAs = async (sold: Sold, expected: unknown) => {
    const before = await codeOf(soldTicket(sold, 1));
    expect(await give(sold, 1)).toMatchObject(expected as object);
    expect(await codeOf(soldTicket(sold, 1))).toBe(before);
    expect(await rowsOf(open.db, sql`select 1 from ticket_transfers where ticket_id = ${soldTicket(sold, 1)}`)).toEqual(
      [],
    );
  };
  const because = (reason: string) => ({ status: 409, body: { code: 'ticket.not_transferable', reason } });

  test('after the first entry', async () => {
    const sold = await sell();
    await open.db.execute(sql`
      insert into admissions (event_id, ticket_id, admitted_at, gate, actor_id, device_id, scan_id)
      values (${sold.event.id}, ${soldTicket(sold, 1)}, now(), 'North', 'none', 'none', 'none')`);
    await refusedAs(sold, because('checked_in'));
  });

  test('for a ticket of another order, by its id', async () => {
    const [own, other] = [await sell(), await sell()];
    const ticketId = soldTicket(other, 1);
    const before = await codeOf(ticketId);
    const taken = await send(`/v1/orders/${own.id}/transfers`, own.headers, { ticketId, holder: someone('Budi') });
    expect(taken).toMatchObject({ status: 404, body: { code: 'ticket.not_found' } });
    expect(await codeOf(ticketId)).toBe(before);
  });

  test('for a refunded ticket, an event that forbids it, and one that is over or called off', async () => {
    const refunded = await sell();
    await transaction(open.db, async (tx) => {
      const locked = await lockOrder(tx, refunded.event.id, refunded.id);
      if (locked !== undefined) await refundOrder(tx, locked, { restock: true, reason: 'requested' });
    });
    await refusedAs(refunded, because('revoked'));
    const forbidden = await sell();
    await open.db.execute(sql`update events set transfers_allowed = false where id = ${forbidden.event.id}`);
    await refusedAs(forbidden, because('not_allowed'));
    const over = await sell();
    await open.db.execute(sql`
      update events set doors_open_at = now() - interval '3 hours', starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where id = ${over.event.id}`);
    await refusedAs(over, because('too_late'));
    const calledOff = await sell();
    await open.db.execute(sql`update events set status = 'cancelled' where id = ${calledOff.event.id}`);
    await refusedAs(calledOff, because('too_late'));
  });

  test('to an address that was sent enough free tickets within the hour; a paid one still reaches it', async () => {
    const holder = someone('Budi');
    const free = { categories: [{ price: 0 }] };
    const sold = await sell(free);
    for (let index = 0; index < messagesPerHourMax.email.transfers; index += 1) {
      const other = await sell(free);
      expect((await give(other, 1, holder)).status).toBe(204);
    }
    expect((await give(await sell(), 1, holder)).status).toBe(204);
    const before = await codeOf(soldTicket(sold, 1));
    expect(await give(sold, 1, holder)).toMatchObject({ status: 429, body: { code: 'ticket.transfer_limited' } });
    expect(await codeOf(soldTicket(sold, 1))).toBe(before);
  });

  test('when its buyer cancels an order of which somebody else has a ticket', async () => {
    const sold = await sell({ event: { refundableUntilHours: 1 } });
    await give(sold, 1);
    expect(await send(`/v1/orders/${sold.id}/cancellation`, sold.headers, {})).toMatchObject({
      status: 409,
      body: { code: 'order.not_cancellable', reason: 'transferred' },
    });
  });
});
