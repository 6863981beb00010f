import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventNotFound } from '../../access/errors.ts';
import { reportNotFound } from '../errors.ts';
import { type Report, reports } from '../tables.ts';

/** The organizer's reports, newest first, one more than `limit`; by `reports_organizer`. */
export async function findReports(
  db: Db,
  { organizerId, before, limit }: { organizerId: string; before: string | undefined; limit: number },
): Promise<Report[]> {
  return db
    .select()
    .from(reports)
    .where(and(eq(reports.organizerId, organizerId), before === undefined ? undefined : lt(reports.id, before)))
    .orderBy(desc(reports.id))
    .limit(limit + 1);
}

/** @throws DomainError report.not_found, also for another organizer's */
export async function ownReport(db: Db, organizerId: string, reportId: string): Promise<Report> {
  const [report] = await db
    .select()
    .from(reports)
    .where(and(eq(reports.id, reportId), eq(reports.organizerId, organizerId)));
  if (report === undefined) throw reportNotFound();
  return report;
}

/** Reports of the organizer that wait or are being made. */
export async function countOpenReports(db: Db, organizerId: string): Promise<number> {
  return db.$count(reports, and(eq(reports.organizerId, organizerId), inArray(reports.status, ['waiting', 'making'])));
}

/** @throws DomainError event.not_found, also for another organizer's event */
export async function refuseForeignEvent(db: Db, organizerId: string, eventId: string | undefined): Promise<void> {
  if (eventId === undefined) return;
  const found = await db.$count(events, and(eq(events.id, eventId), eq(events.organizerId, organizerId)));
  if (found === 0) throw eventNotFound();
}
