import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Actor } from '../../../src/access/actor.ts';
import { createScanLane, scanTicket } from '../../../src/check-in/index.ts';
import { transferTicket } from '../../../src/orders/transfers/transfer-ticket.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { testTicketKeys } from '../../../testkit/check-in/ticket-keys.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps, testHashSecret } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, asControl, inDatabase } from '../support/race-database.ts';
import { withoutGuard } from '../support/without-guard.ts';

/** A ticket is either used at the door with its old code, or given to somebody: the old holder never enters with a ticket of the new one. */

const rounds = 60;
const hour = 3_600_000;

/** A door and a giver, each as in a process of its own, at an event whose doors are open. */
async function openScene({ url, db }: RaceDatabase) {
  const [door, giver] = [openTestDb(url), openTestDb(url)];
  const event = await createEvent(db, {
    categories: [{ price: 0, capacity: rounds + 2 }],
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
  const deps = {
    db: giver.db,
    clock: systemClock,
    config: { HASH_SECRET: testHashSecret },
    ticketTransferred: () => Promise.resolve(true),
  };
  return {
    newTicket: async (): Promise<Ticket> => {
      const { order: placed } = await order(placingDeps(giver), event);
      const [ticket] = await rowsOf<Omit<Ticket, 'orderId'>>(
        db,
        sql`select id, code from tickets where order_id = ${placed.id}`,
      );
      if (ticket === undefined) throw new Error('a free order has its ticket at once');
      return { ...ticket, orderId: placed.id };
    },
    scan: (code: Buffer) =>
      scanTicket({ scans, ticketKeys }, actor, {
        eventId: event.id,
        code: encodeBase32(code),
        scanId: randomUUID(),
        direction: undefined,
        gate: undefined,
      }),
    give: ({ id, orderId }: Ticket) =>
      transferTicket(deps, {
        ticketId: id,
        shown: { by: 'buyer', orderId, version: 1 },
        holder: { name: 'Budi', email: 'budi@example.test' },
      }),
    close: () => Promise.all([door.close(), giver.close()]),
  };
}

type Ticket = { readonly id: string; readonly code: Buffer; readonly orderId: string };

/**
 * Scans each ticket and gives it away at the same moment. Returns how many were admitted by the old code and given away
 * anyway.
 */
async function race(database: RaceDatabase): Promise<{ both: number; given: number; admitted: number }> {
  const scene = await openScene(database);
  for (let round = 0; round < rounds; round += 1) {
    const ticket = await scene.newTicket();
    await Promise.allSettled([scene.scan(ticket.code), scene.give(ticket)]);
  }
  await scene.close();
  const [count] = await rowsOf<{ both: number; given: number; admitted: number }>(
    database.db,
    sql`
      select count(*) filter (where a.ticket_id is not null and t.times_transferred > 0)::int as both,
        count(*) filter (where t.times_transferred > 0)::int as given, count(a.ticket_id)::int as admitted
      from tickets t left join admissions a on a.event_id = t.event_id and a.ticket_id = t.id`,
  );
  return count ?? { both: 0, given: 0, admitted: 0 };
}

/** Gives a ticket away, and scans its old code and its new one at a door that has scanned before. */
async function scanAfterTransfer(database: RaceDatabase) {
  const scene = await openScene(database);
  const [earlier, ticket] = [await scene.newTicket(), await scene.newTicket()];
  await scene.scan(earlier.code);
  await scene.give(ticket);
  const givenAt = performance.now();
  const { result: byOldCode } = await scene.scan(ticket.code);
  const afterMs = performance.now() - givenAt;
  const [renewed] = await rowsOf<{ code: Buffer }>(database.db, sql`select code from tickets where id = ${ticket.id}`);
  const { result: byNewCode } = await scene.scan(renewed?.code ?? Buffer.alloc(0));
  await scene.close();
  return { byOldCode, byNewCode, afterMs };
}

test(
  'control: without the lock on the ticket, the old code admits to tickets that were given away',
  asControl,
  async () => {
    await inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'check_in_tickets', [
        ['order by id for share;', 'order by id;'],
        // Keeps the window between reading the ticket and admitting it open, which otherwise is a matter of luck.
        ['with entries as (', 'perform pg_sleep(0.02);\n  with entries as ('],
      ]);
      expect((await race(database)).both).toBeGreaterThan(0);
    });
  },
);

test('a ticket is used by the old code or given away, never both', async () => {
  await inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [
      ['with entries as (', 'perform pg_sleep(0.02);\n  with entries as ('],
    ]);
    const { both, given, admitted } = await race(database);
    expect(both).toBe(0);
    expect(given + admitted).toBe(rounds);
    // Another process refuses the old code at once: nothing is remembered of it there.
    const { afterMs, ...results } = await scanAfterTransfer(database);
    expect(results).toEqual({ byOldCode: 'invalid', byNewCode: 'admitted' });
    expect(afterMs).toBeLessThan(1000);
  });
});
