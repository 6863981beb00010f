import { and, eq, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import type { Clock } from '../../platform/clock.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { type NewDelivery, queueDeliveries } from '../deliveries/queue-queries.ts';
import { sendable } from '../metrics.ts';
import type { AnnouncementTemplate, Channel } from '../tables.ts';
import { audienceOf } from './audience.ts';
import { type Announcement, type AnnouncementKind, announcements } from './tables.ts';

/** Orders per transaction, and transactions per run of the job. The next run continues where this one stopped. */
const ordersPerPage = 200;
const pagesPerRun = 10;
const pauseSeconds = 1;

const announcementTemplates = {
  practical: 'event_practical',
  news: 'event_news',
  reminder: 'event_reminder',
} as const satisfies Record<AnnouncementKind, AnnouncementTemplate>;

type Page = { readonly kind: 'done' | 'more'; readonly added: readonly NewDelivery[] };

/**
 * Queues the messages of a confirmed announcement, page by page: each page's deliveries are in one transaction with the
 * mark of how far it got. An interrupted run loses nothing and repeats nothing. Each address gets one message, however
 * many orders or tickets it has. Once the announcement is cancelled, nothing more is queued.
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
  const added = await queuePage(tx, announcement, {
    recipients: await findRecipients(tx, announcement, orderIds),
    now,
  });
  const isEnd = orderIds.length < ordersPerPage;
  await advance(tx, announcement, {
    afterOrderId: orderIds.at(-1) ?? announcement.afterOrderId,
    ...(isEnd ? { status: 'sent' as const } : {}),
  });
  return { kind: isEnd ? 'done' : 'more', added };
}

/** A reminder belongs to one date of its event. */
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

/**
 * The next orders that may have recipients, in the order of the primary key. Who of them belongs to the audience is looked up for this page
 * alone: Postgres would find the whole rest of the audience to sort it, for each page again.
 */
async function nextOrders(tx: Db, { eventId, afterOrderId }: Announcement): Promise<string[]> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`
      select id from orders where event_id = ${eventId} and id > ${afterOrderId} and status in ('paid', 'partially_refunded')
      order by id limit ${ordersPerPage}`,
  );
  return rows.map((row) => row.id);
}

type Recipient = { readonly subjectId: string; readonly channel: Channel; readonly key: string };

/**
 * The addresses of a page. Each gets one message: about its first order, or about the first ticket it was given if it
 * has no order here. `deliveries_announced` finds the addresses that an earlier page has queued, each by its whole key: without the
 * `offset`, Postgres would join by the event alone, and read all that was queued so far for each address.
 */
function findRecipients(
  tx: Db,
  { id, eventId, number }: Announcement,
  orderIds: readonly string[],
): Promise<Recipient[]> {
  return rowsOf<Recipient>(
    tx,
    sql`
      select distinct on (f.channel, f.key) coalesce(f.ticket_id, f.order_id) as "subjectId", f.channel, f.key
      from (${audienceOf(sql`a.id = ${id} and o.id = any(${arrayText(orderIds)}::text[])`)}) f
      where not exists (
        select from deliveries d
        where d.event_id = ${eventId} and d.version = ${number} and d.channel = f.channel and d.recipient_key = f.key
          and d.template in ('event_practical', 'event_news', 'event_reminder') offset 0)
      order by f.channel, f.key, f.ticket_id is not null, f.order_id, f.ticket_id`,
  );
}

async function queuePage(
  tx: Db,
  { eventId, organizerId, number, kind }: Announcement,
  { recipients, now }: { recipients: readonly Recipient[]; now: Date },
): Promise<NewDelivery[]> {
  if (recipients.length === 0) return [];
  const template = announcementTemplates[kind];
  const share = kind === 'news' ? 'news' : 'announcements';
  return queueDeliveries(
    tx,
    template,
    sql`
      select m.id, ${organizerId}::text as organizer_id, ${eventId}::text as event_id, m.subject_id, ${template}::text as template,
        m.channel, m.key as recipient_key, ${number}::integer as version, ${share}::text as share
      from unnest(${arrayText(recipients.map(() => newId('dlv', now)))}::text[], ${arrayText(recipients.map(({ subjectId }) => subjectId))}::text[],
        ${arrayText(recipients.map(({ channel }) => channel))}::text[], ${arrayText(recipients.map(({ key }) => key))}::text[])
        as m (id, subject_id, channel, key)`,
  );
}
