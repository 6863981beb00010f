import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/db.ts';

/** Staged jobs stay in the outbox until they are done, so these are the orders that wait; by the index on the name. */
export async function countWaitingOrders(db: Db, max: number): Promise<number> {
  const [row] = await rowsOf<{ waiting: number }>(
    db,
    sql`
      select count(*)::int as waiting from (
        select 1 from outbox where name in ('order.placed', 'payment.create_attempt') limit ${max}
      ) staged`,
  );
  return row?.waiting ?? 0;
}
