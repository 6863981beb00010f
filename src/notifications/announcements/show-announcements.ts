import { type SQL, and, desc, eq, lt, sql } from 'drizzle-orm';
import { eventNotFound } from '../../access/errors.ts';
import { events } from '../../catalog/tables.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { announcementNotFound } from '../errors.ts';
import type { Channel } from '../tables.ts';
import { type Announcement, announcements } from './tables.ts';

type OfOrganizer = { readonly organizerId: string; readonly eventId: string };

/** @throws DomainError event.not_found, also for another organiser's event */
export async function requireOwnEvent(db: Db, { organizerId, eventId }: OfOrganizer): Promise<void> {
  const [event] = await db
    .select({ id: events.id })
    .from(events)
    .where(and(eq(events.id, eventId), eq(events.organizerId, organizerId)));
  if (event === undefined) throw eventNotFound();
}

/**
 * The announcements of an event, newest first; one row more than the limit if there is a next page.
 * @throws DomainError event.not_found
 */
export async function listAnnouncements(
  db: Db,
  { before, limit, ...of }: OfOrganizer & { before: number | undefined; limit: number },
): Promise<Announcement[]> {
  await requireOwnEvent(db, of);
  return db
    .select()
    .from(announcements)
    .where(
      and(eq(announcements.eventId, of.eventId), before === undefined ? undefined : lt(announcements.number, before)),
    )
    .orderBy(desc(announcements.number))
    .limit(limit + 1);
}

/** @throws DomainError event.not_found, announcement.not_found */
export async function showAnnouncement(
  db: Db,
  { announcementId, ...of }: OfOrganizer & { announcementId: string },
): Promise<Announcement> {
  await requireOwnEvent(db, of);
  const [row] = await db
    .select()
    .from(announcements)
    .where(and(eq(announcements.id, announcementId), eq(announcements.eventId, of.eventId)));
  if (row === undefined) throw announcementNotFound();
  return row;
}

const states = ['queued', 'sent', 'delivered', 'failed', 'heldBack'] as const;
type States = Record<(typeof states)[number], number>;
type Progress = States & { readonly waiting: number };

/**
 * How many messages are in each state on each channel.
 * @param which a condition on deliveries with an index
 */
export async function countStates(db: Db, which: SQL): Promise<Record<Channel, States>> {
  const rows = await rowsOf<{ channel: Channel; state: (typeof states)[number]; count: number }>(
    db,
    sql`
      select channel, case
          when status in ('queued', 'sending', 'unknown') then 'queued'
          when status in ('accepted', 'sent') then 'sent'
          when status in ('delivered', 'read') then 'delivered'
          when status = 'failed' then 'failed'
          else 'heldBack' end as state, count(*)::int as count
      from deliveries where ${which} group by 1, 2`,
  );
  const of = (channel: Channel): States => {
    const count = (state: (typeof states)[number]) =>
      rows.find((row) => row.channel === channel && row.state === state)?.count ?? 0;
    return {
      queued: count('queued'),
      sent: count('sent'),
      delivered: count('delivered'),
      failed: count('failed'),
      heldBack: count('heldBack'),
    };
  };
  return { email: of('email'), whatsapp: of('whatsapp') };
}

/** The states of an announcement's messages so far, on each channel. Index: deliveries_announced. */
export async function progressOf(db: Db, announcement: Announcement): Promise<Record<Channel, Progress>> {
  const counts = await countStates(
    db,
    sql`event_id = ${announcement.eventId} and version = ${announcement.number}
      and template in ('event_practical', 'event_news', 'event_reminder')`,
  );
  const isGoingOn = announcement.status === 'draft' || announcement.status === 'sending';
  const withWaiting = (own: States, expected: number): Progress => {
    const made = Object.values(own).reduce((sum, count) => sum + count, 0);
    return { waiting: isGoingOn ? Math.max(0, expected - made) : 0, ...own };
  };
  return {
    email: withWaiting(counts.email, announcement.recipientsEmail),
    whatsapp: withWaiting(counts.whatsapp, announcement.recipientsWhatsapp),
  };
}
