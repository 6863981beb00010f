import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { idsWithJob } from '../../platform/jobs/staged-jobs.ts';
import { sendAnnouncementJob } from '../jobs.ts';
import { draftsKeptHours } from './limits.ts';

/**
 * Announcements that were confirmed some time ago, are not completely sent, and have no job: it was lost or given up.
 */
export async function announcementsWithoutJob(db: Db, { minutes, limit }: { minutes: number; limit: number }) {
  return rowsOf<{ announcementId: string; eventId: string }>(
    db,
    sql`
      select a.id as "announcementId", a.event_id as "eventId" from announcements a
      where a.status = 'sending' and a.confirmed_at < now() - make_interval(mins => ${minutes})
        and a.id not in ${idsWithJob([sendAnnouncementJob], 'announcementId')}
      order by a.confirmed_at limit ${limit}`,
  );
}

/** Removes a bounded number of drafts that nobody has confirmed. */
export async function purgeDrafts(db: Db, limit: number): Promise<void> {
  await db.execute(sql`
    delete from announcements where id in (
      select id from announcements where status = 'draft' and created_at < now() - make_interval(hours => ${draftsKeptHours})
      order by created_at limit ${limit} for update skip locked) and status = 'draft'`);
}
