import { and, eq, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { type NewDelivery, queueDeliveries } from '../deliveries/queue-queries.ts';
import { textArray } from '../deliveries/subject-queries.ts';
import { sendable } from '../metrics.ts';
import type { AnnouncementTemplate } from '../tables.ts';
import { audienceOf } from './audience.ts';
import { type Announcement, type AnnouncementKind, announcements } from './tables.ts';

/** Orders told in one transaction, and transactions in one run of the job; the next run continues where this one stopped. */
const ordersPerPage = 200;
const pagesPerRun = 10;
const pauseSeconds = 1;

export const announcementTemplates = {
  practical: 'event_practical',
  news: 'event_news',
  reminder: 'event_reminder',
} as const satisfies Record<AnnouncementKind, AnnouncementTemplate>;

type Page = { readonly kind: 'done' | 'more'; readonly added: readonly NewDelivery[] };

/**
 * Queues the messages of a confirmed announcement, page by page: each page's deliveries in one transaction with the mark how far it
 * got. A run that is cut off loses nothing and repeats nothing. Each address gets one message, however many orders it has. Once the
 * announcement is cancelled, nothing more is queued.
 * @throws RetryLater while orders are left
 */
export async function sendAnnouncement(
  deps: { db: Db; clock: Clock },
  { announcementId }: { announcementId: string },
): Promise<void> {
  for (let page = 1; page <= pagesPerRun; page += 1) {
    const { kind, added } = await transaction(deps.db, (tx) => sendPage(deps, tx, announcementId));
    sendable(added);
    if (kind === 'done') return;
  }
  throw new RetryLater(pauseSeconds, 'more orders are left');
}

const done: Page = { kind: 'done', added: [] };

async function sendPage({ clock }: { clock: Clock }, tx: Db, announcementId: string): Promise<Page> {
  const [found] = await tx
    .select({ announcement: announcements, event: events })
    .from(announcements)
    .innerJoin(events, eq(events.id, announcements.eventId))
    .where(eq(announcements.id, announcementId))
    .for('update', { of: announcements });
  if (found === undefined || found.announcement.status !== 'sending') return done;
  const { announcement, event } = found;
  if (!isOccasion(announcement, event)) {
    await advance(tx, announcement, { status: 'cancelled' });
    return done;
  }
  const orderIds = await nextOrders(tx, announcement);
  const now = clock.now();
  const added =
    orderIds.length === 0
      ? []
      : await queuePage(
          tx,
          announcement,
          orderIds.map((orderId) => ({ orderId, emailId: newId('dlv', now), whatsappId: newId('dlv', now) })),
        );
  const isEnd = orderIds.length < ordersPerPage;
  await advance(tx, announcement, {
    afterOrderId: orderIds.at(-1) ?? announcement.afterOrderId,
    ...(isEnd ? { status: 'sent' as const } : {}),
  });
  return { kind: isEnd ? 'done' : 'more', added };
}

/** A reminder is of one date of its event. */
export function isOccasion(
  { kind, occasion }: Pick<Announcement, 'kind' | 'occasion'>,
  event: { readonly status: string; readonly startsAt: Date; readonly postponedAt: Date | null },
): boolean {
  if (kind !== 'reminder') return true;
  return event.status === 'published' && event.postponedAt === null && event.startsAt.toISOString() === occasion;
}

async function advance(
  tx: Db,
  { id }: Announcement,
  to: { afterOrderId?: string; status?: 'sent' | 'cancelled' },
): Promise<void> {
  await tx
    .update(announcements)
    .set({ ...to, ...(to.status === undefined ? {} : { endedAt: sql`now()` }) })
    .where(and(eq(announcements.id, id), eq(announcements.status, 'sending')));
}

async function nextOrders(tx: Db, { id, afterOrderId }: Announcement): Promise<string[]> {
  const which = sql`a.id = ${id} and o.id > ${afterOrderId}`;
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`select distinct m.order_id as id from (${audienceOf(which)}) m order by m.order_id limit ${ordersPerPage}`,
  );
  return rows.map((row) => row.id);
}

/** The first order of an address carries its message; `deliveries_announced` finds those that an earlier page has queued. */
function queuePage(
  tx: Db,
  { id, eventId, organizerId, number, kind }: Announcement,
  orders: readonly { readonly orderId: string; readonly emailId: string; readonly whatsappId: string }[],
): Promise<NewDelivery[]> {
  const template = announcementTemplates[kind];
  const share = kind === 'news' ? 'news' : 'announcements';
  const ids = (of: (order: (typeof orders)[number]) => string) => textArray(orders.map(of));
  return queueDeliveries(
    tx,
    template,
    sql`
      select case m.channel when 'email' then w.email_id else w.whatsapp_id end as id, ${organizerId}::text as organizer_id,
        ${eventId}::text as event_id, m.order_id as subject_id, ${template}::text as template, m.channel,
        m.key as recipient_key, ${number}::integer as version, ${share}::text as share
      from (
        select distinct on (f.channel, f.key) f.channel, f.key, f.order_id
        from (${audienceOf(sql`a.id = ${id} and o.id = any(${ids(({ orderId }) => orderId)})`)}) f
        order by f.channel, f.key, f.order_id) m
      join unnest(${ids(({ orderId }) => orderId)}, ${ids(({ emailId }) => emailId)}, ${ids(({ whatsappId }) => whatsappId)})
        as w (order_id, email_id, whatsapp_id) on w.order_id = m.order_id
      where not exists (
        select from deliveries d
        where d.event_id = ${eventId} and d.version = ${number} and d.channel = m.channel and d.recipient_key = m.key
          and d.template in ('event_practical', 'event_news', 'event_reminder'))`,
  );
}
