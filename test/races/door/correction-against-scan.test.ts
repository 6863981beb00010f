import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Actor } from '../../../src/access/actor.ts';
import { createScanLane, scanTicket } from '../../../src/check-in/index.ts';
import { correctBuyer } from '../../../src/orders/desk/correct-buyer.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { testTicketKeys } from '../../../testkit/check-in/ticket-keys.ts';
import { createEvent, signedInOwner } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps, testHashSecret } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, asControl, inDatabase } from '../support/race-database.ts';
import { withoutGuard } from '../support/without-guard.ts';

/**
 * A ticket that has admitted somebody keeps its code when the address of its buyer is corrected: its holder needs it to
 * leave and return.
 */

const rounds = 40;
const hour = 3_600_000;

/**
 * Scans the ticket of each order and corrects the order's address at the same moment. Returns how many tickets have
 * admitted somebody, and how many of these lost their code.
 */
async function race({ url, db }: RaceDatabase): Promise<{ admitted: number; lost: number; corrected: number }> {
  const [door, desk] = [openTestDb(url), openTestDb(url)];
  const event = await createEvent(db, {
    categories: [{ price: 0, capacity: rounds }],
    event: { doorsOpenAt: new Date(Date.now() - hour) },
  });
  const { id: organizerId, slug: organizerSlug } = event.organizer;
  const device: Actor = {
    kind: 'device',
    id: 'dev_race',
    role: 'door',
    eventId: event.id,
    organizerId,
    organizerSlug,
  };
  const owner = await signedInOwner(db, event.organizer);
  const scans = createScanLane({ db: door.db, flushesMax: 2 });
  const ticketKeys = testTicketKeys(door.db);
  const deps = { db: desk.db, config: { HASH_SECRET: testHashSecret }, buyerCorrected: () => Promise.resolve() };
  for (let round = 0; round < rounds; round += 1) {
    const { order: placed } = await order(placingDeps(desk), event);
    const [ticket] = await rowsOf<{ code: Buffer }>(db, sql`select code from tickets where order_id = ${placed.id}`);
    const scan = { eventId: event.id, scanId: randomUUID(), direction: undefined, gate: undefined };
    await Promise.allSettled([
      scanTicket({ scans, ticketKeys }, device, { ...scan, code: encodeBase32(ticket?.code ?? Buffer.alloc(0)) }),
      correctBuyer(deps, { actor: owner, orderId: placed.id, correction: { email: `right-${round}@example.test` } }),
    ]);
  }
  await Promise.all([door.close(), desk.close()]);
  const [count] = await rowsOf<{ admitted: number; lost: number; corrected: number }>(
    db,
    sql`
      select count(a.ticket_id)::int as admitted, count(a.ticket_id) filter (where t.codes_before > 0)::int as lost,
        (select count(*)::int from orders where link_version > 1) as corrected
      from tickets t left join admissions a on a.event_id = t.event_id and a.ticket_id = t.id`,
  );
  return count ?? { admitted: 0, lost: 0, corrected: 0 };
}

/** Keeps the window between the lock on the ticket and its admission open, which otherwise is a matter of luck. */
const slowly = ['with entries as (', 'perform pg_sleep(0.02);\n  with entries as ('] as const;

test('control: without the lock on the tickets, a ticket that admits somebody loses its code', asControl, async () => {
  await inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [slowly]);
    await withoutGuard(database.directUrl, 'correct_buyer_addresses', [
      ['order by t.id for update;', 'order by t.id;'],
    ]);
    expect((await race(database)).lost).toBeGreaterThan(0);
  });
});

test('a ticket that admits somebody keeps its code', async () => {
  await inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [slowly]);
    const { admitted, lost, corrected } = await race(database);
    expect(lost).toBe(0);
    expect(corrected).toBe(rounds);
    expect(admitted).toBeGreaterThan(0);
  });
});
