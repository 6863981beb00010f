import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';

/** Whether a ticket of the order has entered. If so, the buyer may no longer cancel. */
export async function hasAdmissions(db: Db, eventId: string, orderId: string): Promise<boolean> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select t.id from tickets t join admissions a on a.event_id = t.event_id and a.ticket_id = t.id
        where t.event_id = ${eventId} and t.order_id = ${orderId} limit 1`,
  );
  return rows.length > 0;
}
