import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Actor } from '../../../src/access/actor.ts';
import { createScanLane, hasAdmissions, scanTicket } from '../../../src/check-in/index.ts';
import { lockOrder } from '../../../src/orders/index.ts';
import { withdrawOrder } from '../../../src/orders/lifecycle/withdraw-order.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { withoutGuard } from '../support/without-guard.ts';
import { testTicketKeys } from '../../../testkit/check-in/ticket-keys.ts';

/** Promises 3 and 6: a ticket is either used at the door or revoked, never both. */

const rounds = 60;
const hour = 3_600_000;

/** Scans each ticket and withdraws its order at the same moment. Returns how many were both admitted and revoked. */
async function race({ url, db }: RaceDatabase): Promise<number> {
  const [door, desk] = [openTestDb(url), openTestDb(url)];
  const event = await createEvent(db, {
    categories: [{ price: 0, capacity: rounds }],
    event: { doorsOpenAt: new Date(Date.now() - hour) },
  });
  const actor: Actor = {
    kind: 'device',
    id: 'dev_race',
    role: 'door',
    eventId: event.id,
    organizerId: event.organizer.id,
    organizerSlug: event.organizer.slug,
  };
  const scans = createScanLane({ db: door.db, flushesMax: 2 });
  const ticketKeys = testTicketKeys(door.db);
  const requestFullRefund = () => Promise.reject(new Error('a free order needs no refund'));
  for (let round = 0; round < rounds; round += 1) {
    const placed = await order(placingDeps(desk), event);
    const [ticket] = await rowsOf<{ code: Buffer }>(
      db,
      sql`select code from tickets where order_id = ${placed.order.id}`,
    );
    await Promise.allSettled([
      scanTicket({ scans, ticketKeys }, actor, {
        eventId: event.id,
        code: encodeBase32(ticket?.code ?? Buffer.alloc(16)),
        scanId: randomUUID(),
        direction: undefined,
        gate: undefined,
      }),
      transaction(desk.db, async (tx) => {
        const locked = await lockOrder(tx, event.id, placed.order.id);
        if (locked !== undefined) await withdrawOrder(tx, { requestFullRefund, hasAdmissions }, locked, 'organizer');
      }),
    ]);
  }
  await Promise.all([door.close(), desk.close()]);
  const [both] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::int as count from admissions a join tickets t on t.event_id = a.event_id and t.id = a.ticket_id where t.status = 'revoked'`,
  );
  return both?.count ?? 0;
}

test('control: without the lock on the ticket, some tickets are both admitted and revoked', asControl, async () => {
  await inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [
      ['order by id for share;', 'order by id;'],
      // Keeps the window between reading the ticket and admitting it open, which otherwise is a matter of luck.
      ['with entries as (', 'perform pg_sleep(0.02);\n  with entries as ('],
    ]);
    expect(await race(database)).toBeGreaterThan(0);
  });
});

test('a ticket is used or revoked, never both', async () => {
  await inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [
      ['with entries as (', 'perform pg_sleep(0.02);\n  with entries as ('],
    ]);
    expect(await race(database)).toBe(0);
  });
});
