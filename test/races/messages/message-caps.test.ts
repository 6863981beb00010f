import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { messagesPerHourMax } from '../../../src/notifications/deliveries/caps.ts';
import { createDeliveries } from '../../../src/notifications/deliveries/deliveries.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { withoutGuard } from '../support/without-guard.ts';

/** Guards that the cap on messages to one recipient holds over processes that queue at the same time. */

const orders = 40;
const processes = 8;

/** Free orders in one victim's name, each in another spelling; then all their mails are queued at once. */
async function rush({ url, db }: RaceDatabase) {
  const event = await createEvent(db, { categories: [{ price: 0 }] });
  const victim = someBuyer();
  const open = openTestDb(url, 2);
  const pools = Array.from({ length: processes }, () => openTestDb(url, 1));
  try {
    const deps = placingDeps(open);
    for (let index = 0; index < orders; index += 1) {
      const email = victim.email.replace('@', `+${index}@`).toUpperCase();
      await order(deps, event, { buyer: { ...victim, email } });
    }
    const placed = await rowsOf<{ id: string }>(db, sql`select id from orders where event_id = ${event.id}`);
    const rooms = pools.map((pool) => ({ clock: systemClock, deliveries: createDeliveries(pool.db) }));
    await Promise.all(
      placed.map(({ id: orderId }, index) => {
        const room = rooms[index % processes];
        if (room === undefined) throw new Error('no such process');
        return notifyOrder(room, 'tickets', { eventId: event.id, orderId });
      }),
    );
    const [counts] = await rowsOf<{ queued: number; capped: number; staged: number }>(
      db,
      sql`select count(*) filter (where status = 'queued')::int as queued, count(*) filter (where status = 'capped')::int as capped,
            (select coalesce(sum(coalesce(jsonb_array_length(payload -> 'deliveryIds'), 1)), 0)::int from outbox
             where name in ('delivery.send_tickets', 'deliveries.send_tickets')) as staged
          from deliveries`,
    );
    return counts;
  } finally {
    await Promise.all([open, ...pools].map((pool) => pool.close()));
  }
}

describe(`${orders} free orders to one recipient, queued by ${processes} processes at once`, () => {
  const { orders: max } = messagesPerHourMax.email;

  test('send as many mails as the cap allows; the others are recorded as capped', () =>
    inDatabase(async (database) => {
      expect(await rush(database)).toEqual({ queued: max, capped: orders - max, staged: max });
    }));

  test('control: counting the rows in the same statement lets more through', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'queue_deliveries', [
        [
          'i.turn > coalesce(c.granted, 0)',
          `i.turn > greatest(0, i.hourly_max - (select count(*) from deliveries x where x.channel = i.channel
             and x.recipient_key = i.recipient_key and x.share = i.share and x.status <> 'capped'))`,
        ],
        // Keeps the window between counting and committing open, which otherwise is a matter of luck.
        ['from judged j order by j.n', 'from judged j cross join (select pg_sleep(0.1)) pause order by j.n'],
      ]);
      const counts = await rush(database);
      expect(counts?.queued).toBeGreaterThan(max);
    }),
  );
});
