import { and, eq, inArray } from 'drizzle-orm';
import { organizers, staff } from '../../access/tables.ts';
import { events } from '../../catalog/tables.ts';
import type { Config } from '../../config.ts';
import type { ReportMailData } from '../../notifications/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { homeTimeZone } from '../../platform/text/home.ts';
import { tooManyRows } from '../limits.ts';
import { reports } from '../tables.ts';
import { findReader } from './queries.ts';
import { linkExpiry, reportLink } from './report-link.ts';

export type ReportMail = Omit<ReportMailData, 'name'> & { readonly name: string; readonly email: string };

/**
 * The content of the mail about a report that is ready or has failed; undefined if its file is gone, or its member may not
 * read reports. The link to the file is made with the mail, and works for a day from then.
 */
export function createReportMailOf(deps: {
  clock: Clock;
  config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'>;
}): (db: Db, reportId: string) => Promise<ReportMail | undefined> {
  return async (db, reportId) => {
    const [found] = await db
      .select({
        kind: reports.kind,
        status: reports.status,
        rows: reports.rows,
        failure: reports.failure,
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
      .where(and(eq(reports.id, reportId), inArray(reports.status, ['ready', 'failed'])));
    // Without the rights the link would open nothing.
    if (found === undefined || (await findReader(db, found.memberId)) === undefined) return undefined;
    const { kind, email, name, locale, organizerName, eventName, memberId, status, failure } = found;
    const about = { kind, email, name, locale, organizerName, eventName: eventName ?? undefined };
    if (status === 'failed') {
      const link = `${deps.config.PUBLIC_URL}/desk/reports`;
      return { ...about, report: { status, isTooLarge: failure === tooManyRows, link } };
    }
    const expiresAt = linkExpiry(deps.clock.now());
    const link = reportLink(deps.config, { reportId, actorId: memberId, expiresAt });
    const timeZone = found.timeZone ?? homeTimeZone;
    return { ...about, report: { status: 'ready', rows: found.rows, link, expiresAt, timeZone } };
  };
}
