import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';

/**
 * Orders whose payment waits to be made, by organiser, since each organiser's gateway has a rate of its own. Staged jobs
 * stay in the outbox until they are done, so these are the orders that wait; at most `max` are looked at.
 */
export async function countWaitingOrders(db: Db, max: number): Promise<Map<string, number>> {
  const rows = await rowsOf<{ organizer_id: string; waiting: number }>(
    db,
    sql`
      select e.organizer_id, sum(staged.waiting)::int as waiting
      from (
        select event_id, count(*) as waiting
        from (
          select event_id from outbox where name in ('order.placed', 'payment.create_attempt') limit ${max}
        ) due
        group by 1
      ) staged
      join events e on e.id = staged.event_id
      group by 1`,
  );
  return new Map(rows.map((row) => [row.organizer_id, row.waiting]));
}
