import { and, eq } from 'drizzle-orm';
import { organizers, staff } from '../../access/tables.ts';
import { events } from '../../catalog/tables.ts';
import type { Config } from '../../config.ts';
import type { ReportMailData } from '../../notifications/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { reports } from '../tables.ts';
import { findReader, platformTimeZone } from './queries.ts';
import { linkExpiry, reportLink } from './report-link.ts';

export type ReportMail = Omit<ReportMailData, 'name'> & { readonly name: string; readonly email: string };

/**
 * The content of the mail about a ready report; undefined if there is no file any more, or its member may not read
 * reports. The link is made with the mail, and works for a day from then.
 */
export function createReportMailOf(deps: {
  clock: Clock;
  config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'>;
}): (db: Db, reportId: string) => Promise<ReportMail | undefined> {
  return async (db, reportId) => {
    const [found] = await db
      .select({
        kind: reports.kind,
        rows: reports.rows,
        memberId: staff.id,
        email: staff.email,
        name: staff.name,
        locale: staff.locale,
        organizerName: organizers.name,
        eventName: events.name,
        timeZone: events.timeZone,
      })
      .from(reports)
      .innerJoin(staff, and(eq(staff.id, reports.memberId), eq(staff.organizerId, reports.organizerId)))
      .innerJoin(organizers, eq(organizers.id, reports.organizerId))
      .leftJoin(events, eq(events.id, reports.eventId))
      .where(and(eq(reports.id, reportId), eq(reports.status, 'ready')));
    // Without the rights the link would open nothing.
    if (found === undefined || (await findReader(db, found.memberId)) === undefined) return undefined;
    const { memberId, eventName, timeZone, ...rest } = found;
    const expiresAt = linkExpiry(deps.clock.now());
    return {
      ...rest,
      eventName: eventName ?? undefined,
      timeZone: timeZone ?? platformTimeZone,
      link: reportLink(deps.config, { reportId, actorId: memberId, expiresAt }),
      expiresAt,
    };
  };
}
