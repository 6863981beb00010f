import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';

/** The catalog's questions to orders, in the transaction that changes an event. */

/**
 * Whether anything of the event, or of one of its categories, was ever ordered. Takes the event's lane first, so that
 * no placement can happen between the answer and the end of the caller's transaction.
 */
export async function wasOrdered(tx: Db, eventId: string, ticketCategoryId?: string): Promise<boolean> {
  await tx.execute(sql`select enter_lane(${eventId})`);
  const rows = await rowsOf<{ found: number }>(
    tx,
    ticketCategoryId === undefined
      ? sql`select 1 as found from orders where event_id = ${eventId} limit 1`
      : sql`select 1 as found from order_lines where event_id = ${eventId} and ticket_category_id = ${ticketCategoryId} limit 1`,
  );
  return rows.length > 0;
}

/** Recounts each buyer's tickets after a limit per buyer was set or removed. */
export async function limitsChanged(tx: Db, eventId: string): Promise<void> {
  await tx.execute(sql`select recount_buyers(${eventId})`);
}
