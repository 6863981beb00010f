import { type SQL, and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Db } from '../platform/database/db.ts';
import { indexEvent } from './search/index-events.ts';
import { events, scheduleItems, ticketCategories } from './tables.ts';

export type EventRow = typeof events.$inferSelect;

export type NewEvent = typeof events.$inferInsert;

export const ofOrganizer = (organizerId: string, eventId: string) =>
  and(eq(events.id, eventId), eq(events.organizerId, organizerId));

/** Ordered by id. One row more than the limit if there is a next page. Index: events_organizer. */
export async function listEventsOfOrganizer(
  db: Db,
  organizerId: string,
  page: {
    after: string | undefined;
    limit: number;
    status: EventRow['status'] | undefined;
    /** Only these; undefined for all. */
    eventIds: readonly string[] | undefined;
  },
): Promise<EventRow[]> {
  const conditions: (SQL | undefined)[] = [eq(events.organizerId, organizerId)];
  if (page.after !== undefined) conditions.push(gt(events.id, page.after));
  if (page.status !== undefined) conditions.push(eq(events.status, page.status));
  if (page.eventIds !== undefined) conditions.push(inArray(events.id, [...page.eventIds]));
  return db
    .select()
    .from(events)
    .where(and(...conditions))
    .orderBy(asc(events.id))
    .limit(page.limit + 1);
}

/** Updates the event, its version and its search entry. The caller holds the lock of `lockEvent` and has compared the version. */
export async function updateEvent(
  tx: Db,
  event: EventRow,
  changes: Partial<Omit<NewEvent, 'id' | 'organizerId' | 'slug' | 'version'>>,
): Promise<EventRow> {
  const [row] = await tx
    .update(events)
    .set({ ...changes, version: sql`${events.version} + 1` })
    .where(and(eq(events.id, event.id), eq(events.version, event.version)))
    .returning();
  if (row === undefined) throw new Error(`event ${event.id} changed under its lock`);
  await indexEvent(tx, row);
  return row;
}

export type ScheduleItemRow = typeof scheduleItems.$inferSelect;

export type TicketCategoryRow = typeof ticketCategories.$inferSelect;

export const scheduleItemIs = (eventId: string, id: string) =>
  and(eq(scheduleItems.eventId, eventId), eq(scheduleItems.id, id));

export const ticketCategoryIs = (eventId: string, id: string) =>
  and(eq(ticketCategories.eventId, eventId), eq(ticketCategories.id, id));
