import { type SQL, and, asc, eq, inArray, sql } from 'drizzle-orm';
import { invariant } from '../platform/assert.ts';
import type { Db } from '../platform/database/db.ts';
import { indexEvent } from './search/index-events.ts';
import { events, scheduleItems, ticketCategories } from './tables.ts';

export type EventRow = typeof events.$inferSelect;

export type NewEvent = typeof events.$inferInsert;

export const ofOrganizer = (organizerId: string, eventId: string) =>
  and(eq(events.id, eventId), eq(events.organizerId, organizerId));

/** The sort key of an event: whether it is over, then its start (descending for past events), then its id. */
export type EventPlace = { readonly isOver: number; readonly rank: string; readonly id: string };

/**
 * The next event first: current and future events by their start, then past ones, latest first. One row more than the
 * limit if there is a next page. Index: events_organizer.
 * @param page.asOf the time that decides which events are past; the same on every page of one reading
 */
export async function listEventsOfOrganizer(
  db: Db,
  organizerId: string,
  page: {
    asOf: string;
    after: EventPlace | undefined;
    limit: number;
    status: EventRow['status'] | undefined;
    /** Only these events; undefined for all. */
    eventIds: readonly string[] | undefined;
  },
): Promise<(EventRow & { readonly place: EventPlace })[]> {
  const hasEnded = sql`(${events.endsAt} < ${page.asOf}::timestamptz and ${events.postponedAt} is null)`;
  const isOver = sql<number>`${hasEnded}::integer`;
  const rank = sql<string>`(case when ${hasEnded} then -1 else 1 end
    * floor(extract(epoch from ${events.startsAt}) * 1000))::bigint`;
  const conditions: (SQL | undefined)[] = [eq(events.organizerId, organizerId)];
  if (page.after !== undefined) {
    const { isOver: over, rank: at, id } = page.after;
    conditions.push(sql`(${isOver}, ${rank}, ${events.id}) > (${over}::integer, ${at}::bigint, ${id}::text)`);
  }
  if (page.status !== undefined) conditions.push(eq(events.status, page.status));
  if (page.eventIds !== undefined) conditions.push(inArray(events.id, [...page.eventIds]));
  const rows = await db
    .select({ event: events, isOver, rank })
    .from(events)
    .where(and(...conditions))
    .orderBy(isOver, rank, asc(events.id))
    .limit(page.limit + 1);
  return rows.map(({ event, ...place }) => ({ ...event, place: { ...place, id: event.id } }));
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
  invariant(row !== undefined, `event ${event.id} changed under its lock`);
  await indexEvent(tx, row);
  return row;
}

export type ScheduleItemRow = typeof scheduleItems.$inferSelect;

export type TicketCategoryRow = typeof ticketCategories.$inferSelect;

export const scheduleItemIs = (eventId: string, id: string) =>
  and(eq(scheduleItems.eventId, eventId), eq(scheduleItems.id, id));

export const ticketCategoryIs = (eventId: string, id: string) =>
  and(eq(ticketCategories.eventId, eventId), eq(ticketCategories.id, id));
