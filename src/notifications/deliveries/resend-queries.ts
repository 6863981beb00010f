import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';

/** Locks the order's row, so that two re-sends of one order are counted one after the other. */
export async function organizerHasOrder(
  db: Db,
  { organizerId, eventId, orderId }: { organizerId: string; eventId: string; orderId: string },
): Promise<boolean> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select id from orders where event_id = ${eventId} and id = ${orderId} and organizer_id = ${organizerId} for no key update`,
  );
  return rows.length > 0;
}

/** Versions of the tickets mail beyond the first that were made in the last hours. */
export async function resendsSince(db: Db, orderId: string, hours: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`
      select count(*)::int as count from deliveries
      where subject_id = ${orderId} and template = 'tickets' and channel = 'email' and version > 1 and status <> 'capped'
        and created_at > now() - make_interval(hours => ${hours})`,
  );
  return row?.count ?? 0;
}
