import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { homeTimeZone } from '../../platform/text/home.ts';
import { reportNotFound } from '../errors.ts';

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

/** The day on which a report was requested, where its reader is: in the zone of its schedule, else of its event. */
export async function dayOfReport(db: Db, reportId: string): Promise<string> {
  const [row] = await rowsOf<{ day: string }>(
    db,
    sql`
      select to_char(r.created_at at time zone coalesce(s.time_zone, e.time_zone, ${homeTimeZone}), 'YYYY-MM-DD') as day
      from reports r left join report_schedules s on s.id = r.schedule_id left join events e on e.id = r.event_id
      where r.id = ${reportId}`,
  );
  if (row === undefined) throw reportNotFound();
  return row.day;
}
