import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { orderCode } from '../../../src/platform/ids.ts';
import { type OrderDesk, bearer, openDesk, read, tokenOf } from '../../../testkit/orders/order-desk.ts';
import { pay } from '../../../testkit/orders/placing.ts';
import { readQrPath } from '../../../testkit/check-in/qr-reader.ts';
import { useBuyerOrders } from '../support/buyer-orders.ts';

const { open, place, placePaid } = await useBuyerOrders();
let desk: OrderDesk;
beforeEach(() => {
  desk = openDesk(open);
});

const tokenFor = (id: string) => bearer(tokenOf(desk, id));
const get = (path: string, headers: Record<string, string> = {}) => desk.app.request(path, { headers });

async function firstTicketOf(orderId: string) {
  const [ticket] = (await read(await get(`/v1/orders/${orderId}/tickets`, tokenFor(orderId)))).data;
  if (ticket === undefined) throw new Error('the order has no ticket');
  return ticket;
}

describe('tickets', () => {
  test('are listed once the order is paid, each with the code that its QR shows', async () => {
    const placed = await place({ quantity: 3 });
    const list = async () => read(await get(`/v1/orders/${placed.id}/tickets`, tokenFor(placed.id)));
    expect(await list()).toEqual({ data: [], nextCursor: null, wallets: [] });
    await pay(open.db, placed.id);
    const { data } = await list();
    expect(data).toHaveLength(3);
    for (const [index, ticket] of data.entries()) {
      expect(ticket).toEqual({
        id: `tkt_${placed.id.slice(4)}00${index + 1}`,
        code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
        shortCode: ticket.code,
        ticketCategoryId: placed.lines[0]?.ticketCategoryId,
        status: 'live',
        holderName: null,
      });
      const answer = await get(`/v1/orders/${placed.id}/tickets/${ticket.id}/qr.svg`, tokenFor(placed.id));
      expect(answer.headers.get('content-type')).toBe('image/svg+xml');
      expect(answer.headers.get('cache-control')).toBe('private, no-store');
      const svg = await answer.text();
      expect(svg).toContain('viewBox="-4 -4 33 33"');
      expect(svg).toContain('fill="#ffffff"');
      expect(readQrPath(/ d="([^"]+)"/.exec(svg)?.[1] ?? '', 25, 4)).toBe(ticket.code);
    }
  });

  test('that were revoked have no QR and no page', async () => {
    const placed = await placePaid(1);
    const ticket = await firstTicketOf(placed.id);
    await open.db.execute(sql`select revoke_tickets(${placed.eventId}, ${placed.id}, null, true, 'refunded', 'test')`);
    expect((await get(`/v1/orders/${placed.id}/tickets/${ticket.id}/qr.svg`, tokenFor(placed.id))).status).toBe(404);
    const pdf = await get(`/v1/orders/${placed.id}/tickets.pdf`, tokenFor(placed.id));
    expect([pdf.status, (await read(pdf)).code]).toEqual([409, 'order.no_live_tickets']);
  });

  test('are not drawn again for a reader that has the current version', async () => {
    const placed = await placePaid(2);
    const path = `/v1/orders/${placed.id}/tickets.pdf`;
    const first = await get(path, tokenFor(placed.id));
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('private, no-store');
    const asked = { ...tokenFor(placed.id), 'if-none-match': `W/"other", ${etag}` };
    const print = vi.spyOn(desk.deps.ticketPrinter, 'print');
    expect((await get(path, asked)).status).toBe(304);
    expect(print).not.toHaveBeenCalled();
    // The version of another order does not match. A caller without access to the order learns nothing from it.
    const other = await placePaid(2);
    const others = await get(`/v1/orders/${other.id}/tickets.pdf`, { ...tokenFor(other.id), 'if-none-match': etag });
    expect(others.status).toBe(200);
    expect(others.headers.get('etag')).not.toBe(etag);
    expect((await get(path, { ...tokenFor(other.id), 'if-none-match': etag })).status).toBe(404);
    const ticket = await firstTicketOf(placed.id);
    await open.db.execute(
      sql`select revoke_tickets(${placed.eventId}, ${placed.id}, array[${ticket.id}]::text[], true, 'refunded', 'test')`,
    );
    const changed = await get(path, asked);
    expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
    print.mockRestore();
  });

  test('print as a PDF, and the event goes into a calendar', async () => {
    const placed = await placePaid(2);
    const pdf = await get(`/v1/orders/${placed.id}/tickets.pdf`, tokenFor(placed.id));
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(pdf.headers.get('content-disposition')).toBe(`attachment; filename="tickets-${orderCode(placed.id)}.pdf"`);
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .toString('latin1')
        .match(/\/Type \/Page\n/g),
    ).toHaveLength(2);
    const calendar = await get(`/v1/orders/${placed.id}/calendar.ics`, tokenFor(placed.id));
    expect(calendar.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    const entry = await calendar.text();
    expect(entry).toContain('SUMMARY:Senja di Selatan\r\n');
    expect(entry.replaceAll('\r\n ', '')).toContain(`/orders/${placed.id}\r\n`);
    expect(entry).not.toContain(tokenOf(desk, placed.id));
  });
});
