import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/db.ts';

/**
 * Orders whose payment waits to be made, by organiser, since each organiser's gateway has a rate of its own. Staged jobs
 * stay in the outbox until they are done, so these are the orders that wait; at most `max` are looked at, by the index on
 * the name. The id of an attempt or an order names its event.
 */
export async function countWaitingOrders(db: Db, max: number): Promise<Map<string, number>> {
  const rows = await rowsOf<{ organizer_id: string; waiting: number }>(
    db,
    sql`
      select e.organizer_id, sum(staged.waiting)::int as waiting
      from (
        select coalesce(payload ->> 'eventId', 'evt_' || substr(payload ->> 'attemptId', 5, 8)) as event_id, count(*) as waiting
        from (
          select payload from outbox where name in ('order.placed', 'payment.create_attempt') limit ${max}
        ) due
        group by 1
      ) staged
      join events e on e.id = staged.event_id
      group by 1`,
  );
  return new Map(rows.map((row) => [row.organizer_id, row.waiting]));
}
