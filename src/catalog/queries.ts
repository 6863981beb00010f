import { type SQL, and, asc, count, eq, gt, sql } from 'drizzle-orm';
import { organizers } from '../access/tables.ts';
import type { Db } from '../platform/database/db.ts';
import { indexEvent } from './search/queries.ts';
import { events, scheduleItems, ticketCategories } from './tables.ts';

export type EventRow = typeof events.$inferSelect;
export type NewEvent = typeof events.$inferInsert;

const ofOrganizer = (organizerId: string, eventId: string) =>
  and(eq(events.id, eventId), eq(events.organizerId, organizerId));

/** Undefined when another event has the slug. What it is found by is stored with it. */
export async function insertEvent(tx: Db, event: NewEvent): Promise<EventRow | undefined> {
  const [row] = await tx.insert(events).values(event).onConflictDoNothing({ target: events.slug }).returning();
  if (row !== undefined) await indexEvent(tx, row);
  return row;
}

export async function findEvent(db: Db, organizerId: string, eventId: string): Promise<EventRow | undefined> {
  const [row] = await db.select().from(events).where(ofOrganizer(organizerId, eventId)).limit(1);
  return row;
}

/** Keeps other organiser changes of the event out until the transaction ends; orders do not wait for it. */
export async function lockEvent(tx: Db, organizerId: string, eventId: string): Promise<EventRow | undefined> {
  const [row] = await tx.select().from(events).where(ofOrganizer(organizerId, eventId)).for('no key update');
  return row;
}

/** By id, one row more than the limit when there is a next page. Index: events_organizer. */
export async function listEventsOfOrganizer(
  db: Db,
  organizerId: string,
  page: { after: string | undefined; limit: number; status: EventRow['status'] | undefined },
): Promise<EventRow[]> {
  const conditions: (SQL | undefined)[] = [eq(events.organizerId, organizerId)];
  if (page.after !== undefined) conditions.push(gt(events.id, page.after));
  if (page.status !== undefined) conditions.push(eq(events.status, page.status));
  return db
    .select()
    .from(events)
    .where(and(...conditions))
    .orderBy(asc(events.id))
    .limit(page.limit + 1);
}

export async function countEventsOfOrganizer(db: Db, organizerId: string): Promise<number> {
  const [row] = await db.select({ count: count() }).from(events).where(eq(events.organizerId, organizerId));
  return row?.count ?? 0;
}

/** Raises the version, and stores what the event is found by now. The caller holds the lock of `lockEvent` and has compared the version. */
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

/** Postgres' time at the start of the transaction: what sale windows are judged by. */
export async function publishNow(tx: Db, event: EventRow): Promise<EventRow> {
  const [row] = await tx
    .update(events)
    .set({
      status: 'published',
      publishedAt: sql`coalesce(${events.publishedAt}, now())`,
      version: sql`${events.version} + 1`,
    })
    .where(and(eq(events.id, event.id), eq(events.status, 'draft')))
    .returning();
  if (row === undefined) throw new Error(`event ${event.id} changed under its lock`);
  return row;
}

export async function findOrganizer(db: Db, organizerId: string): Promise<{ slug: string; name: string } | undefined> {
  const [row] = await db
    .select({ slug: organizers.slug, name: organizers.name })
    .from(organizers)
    .where(eq(organizers.id, organizerId))
    .limit(1);
  return row;
}

export type ScheduleItemRow = typeof scheduleItems.$inferSelect;
export type TicketCategoryRow = typeof ticketCategories.$inferSelect;

const scheduleItemIs = (eventId: string, id: string) =>
  and(eq(scheduleItems.eventId, eventId), eq(scheduleItems.id, id));
const ticketCategoryIs = (eventId: string, id: string) =>
  and(eq(ticketCategories.eventId, eventId), eq(ticketCategories.id, id));

export async function countScheduleItems(tx: Db, eventId: string): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(scheduleItems).where(eq(scheduleItems.eventId, eventId));
  return row?.count ?? 0;
}

export async function insertScheduleItem(tx: Db, item: typeof scheduleItems.$inferInsert): Promise<ScheduleItemRow> {
  const [row] = await tx.insert(scheduleItems).values(item).returning();
  if (row === undefined) throw new Error('a schedule item was not inserted');
  return row;
}

export async function findScheduleItem(db: Db, eventId: string, id: string): Promise<ScheduleItemRow | undefined> {
  const [row] = await db.select().from(scheduleItems).where(scheduleItemIs(eventId, id));
  return row;
}

export async function updateScheduleItem(
  tx: Db,
  item: ScheduleItemRow,
  changes: Partial<Omit<ScheduleItemRow, 'eventId' | 'id'>>,
): Promise<ScheduleItemRow> {
  if (Object.keys(changes).length === 0) return item;
  const [row] = await tx.update(scheduleItems).set(changes).where(scheduleItemIs(item.eventId, item.id)).returning();
  return row ?? item;
}

export async function deleteScheduleItemRow(tx: Db, eventId: string, id: string): Promise<boolean> {
  const rows = await tx.delete(scheduleItems).where(scheduleItemIs(eventId, id)).returning({ id: scheduleItems.id });
  return rows.length > 0;
}

export async function insertTicketCategory(
  tx: Db,
  category: typeof ticketCategories.$inferInsert,
): Promise<TicketCategoryRow> {
  const [row] = await tx.insert(ticketCategories).values(category).returning();
  if (row === undefined) throw new Error('a ticket category was not inserted');
  return row;
}

export async function findTicketCategory(db: Db, eventId: string, id: string): Promise<TicketCategoryRow | undefined> {
  const [row] = await db.select().from(ticketCategories).where(ticketCategoryIs(eventId, id));
  return row;
}

export async function updateTicketCategory(
  tx: Db,
  category: TicketCategoryRow,
  changes: Partial<Omit<TicketCategoryRow, 'eventId' | 'id'>>,
): Promise<TicketCategoryRow> {
  if (Object.keys(changes).length === 0) return category;
  const [row] = await tx
    .update(ticketCategories)
    .set(changes)
    .where(ticketCategoryIs(category.eventId, category.id))
    .returning();
  return row ?? category;
}

export async function deleteTicketCategoryRow(tx: Db, eventId: string, id: string): Promise<boolean> {
  const rows = await tx
    .delete(ticketCategories)
    .where(ticketCategoryIs(eventId, id))
    .returning({ id: ticketCategories.id });
  return rows.length > 0;
}
