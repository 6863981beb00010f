import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';

export type ReportReader = { readonly kind: 'staff' | 'api_key'; readonly id: string; readonly organizerId: string };

/** The member or API key behind an id, if they may read reports now: active, at least a manager, and not limited to events. */
export async function findReader(db: Db, actorId: string): Promise<ReportReader | undefined> {
  const [row] = await rowsOf<ReportReader>(
    db,
    sql`
      select 'staff' as kind, id, organizer_id as "organizerId" from staff
      where id = ${actorId} and status = 'active' and role in ('owner', 'manager') and event_ids is null
      union all
      select 'api_key', id, organizer_id from api_keys where id = ${actorId} and ended_at is null and role = 'manager'`,
  );
  return row;
}
